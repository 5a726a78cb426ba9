"""Text typed into a page with several forms: what changed since the page was shown, and what others changed.

A page that several people may edit contains a hidden field `seen`: for each of its boxes, a digest of the box's text
when the page was shown. From it a save knows which boxes its sender changed, and which of those somebody else
has changed since.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from opendev.core.errors import Conflict

SEEN = "seen"  # the name of the hidden field
_KEPT = "typed"  # the key in Django's session
_LONGEST_KEPT = 20_000  # characters per page: text that waits for its button is short


class EditedMeanwhile(Conflict):
    code = "edited_meanwhile"
    message = _(
        "Someone else changed this page while you were writing. Nothing was saved, and everything you typed "
        "is still here. Check the marked fields, then save again."
    )


def digest(text: str) -> str:
    """Return a short digest of a box's text; line ends and outer spaces do not count, as in `clean_text`."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def seen_of(current: Mapping[str, str]) -> str:
    """Return the value of the field `seen` for a page whose boxes contain these texts."""
    return json.dumps({field: digest(text) for field, text in current.items()}, separators=(",", ":"))


def read_seen(posted: Mapping[str, str]) -> dict[str, str]:
    """Return the digests by box, or {} if none were sent or they are not ours."""
    try:
        seen = json.loads(posted.get(SEEN, ""))
    except ValueError:
        return {}
    if not isinstance(seen, dict):
        return {}
    return {field: mark for field, mark in seen.items() if isinstance(mark, str)}


def changed_to(text: str) -> str:
    """Return the sentence that quotes somebody else's new text of a box."""
    sentence = _("Someone else changed this to “%(text)s”. Save again to replace it with yours.")
    return sentence % {"text": text or "—"}


@dataclass(frozen=True, slots=True)
class Typed:
    """The posted texts of a page's boxes, compared with what the page had shown and with the current ones."""

    changed: dict[str, str]  # the boxes that the sender changed
    conflicts: dict[str, str]  # those that somebody else changed too, with their texts

    def check(self, ids: Iterable[str] = ()) -> None:
        """Raise if somebody else changed the same boxes.

        Args:
            ids: the boxes whose texts are ids, which mean nothing to a reader.

        Raises:
            EditedMeanwhile: `fields` names each box, and quotes its current text.
        """
        if self.conflicts:
            unquoted = dict.fromkeys(
                ids, _("Someone else changed this. Save again to replace it with yours.")
            )
            fields = {
                field: unquoted.get(field) or changed_to(text) for field, text in self.conflicts.items()
            }
            raise EditedMeanwhile(fields=fields)


def compare(posted: Mapping[str, str], current: Mapping[str, str]) -> Typed:
    """Compare the posted boxes with the current texts. Without `seen`, everything that was sent counts as changed."""
    seen = read_seen(posted)
    changed = {
        field: posted[field]
        for field, text in current.items()
        if field in posted and digest(posted[field]) not in (seen.get(field), digest(text))
    }
    conflicts = {
        field: current[field] for field in changed if field in seen and seen[field] != digest(current[field])
    }
    return Typed(changed, conflicts)


def shown(posted: Mapping[str, str], current: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a refused page's boxes: what its sender typed, or the current text if they typed nothing."""
    return {**current, **compare(posted, current).changed}


# --- text typed for another button


def keep(request: HttpRequest, page: str, fields: Iterable[str], *, ticked: str = "") -> None:
    """Keep text that was typed for another button than the pressed one, until the page named `page` is shown again.

    Args:
        ticked: the name of boxes of which several may be ticked; kept as one text, the values with commas between.
    """
    typed = {field: request.POST[field] for field in fields if request.POST.get(field, "").strip()}
    if ticked and request.POST.getlist(ticked):
        typed[ticked] = ",".join(request.POST.getlist(ticked))
    if typed and sum(map(len, typed.values())) <= _LONGEST_KEPT:
        request.session[_KEPT] = {page: typed}


def kept(request: HttpRequest, page: str) -> dict[str, Any]:
    """Return and forget what was kept for a page."""
    waiting = request.session.get(_KEPT, {})
    if page not in waiting:
        return {}
    typed = dict(waiting[page])
    del request.session[_KEPT]
    return typed
