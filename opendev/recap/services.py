"""Actions on a recap that need more than one app: drafting, saving the editor's page, publishing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotFound
from opendev.core.languages import shared_language
from opendev.core.text import clean_text
from opendev.core.web.typed import EditedMeanwhile, changed_to, compare, digest, read_seen
from opendev.recap.document import BASE, BOX, Worked, to_publish
from opendev.recap.draft import draft
from opendev.recap.working import draft_language, worked_recap
from sessions.programme.models import Event
from sessions.programme.services.locks import lock_event
from sessions.programme.services.rights import check_organises
from sessions.recap.models import MAX_PARAGRAPH_LENGTH, RecapDraft, RecapEdit, RecapVersion
from sessions.recap.selectors import recap_version
from sessions.recap.services.writing import edit_recap, keep_recap_draft, record_version


class ParagraphChanged(EditedMeanwhile):
    """A paragraph has changed since its sender read it."""

    message = _("Someone else rewrote this paragraph. Nothing was saved.")

    def __init__(self, text: str) -> None:
        sentence = _("It now reads “%(text)s”. Send that as seen to replace it.")
        super().__init__(fields={"text": sentence % {"text": text or "—"}})


def draft_recap(*, event_id: int, caller: Caller, now: datetime) -> RecapDraft:
    """Draft the recap again from the data; the editor's changes stay. For organisers.

    It reads outside of the transaction that stores it: a large event takes seconds, and votes must not wait for it.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound
    check_organises(caller=caller, event_id=event_id)
    language = event.spoken_language
    with shared_language(language):  # everybody will read it, not only the caller
        paragraphs = [paragraph.as_json() for paragraph in draft(event)]
    return keep_recap_draft(
        event_id=event_id, caller=caller, language=language, paragraphs=paragraphs, now=now
    )


@transaction.atomic
def publish_recap(*, event_id: int, caller: Caller, now: datetime) -> RecapVersion:
    """Publish the draft with its edits. For organisers.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, NoRecapDraft
    """
    language = draft_language(event_id)
    with shared_language(language):
        paragraphs = [paragraph.as_json() for paragraph in to_publish(worked_recap(event_id))]
    return record_version(event_id=event_id, caller=caller, language=language, paragraphs=paragraphs, now=now)


@transaction.atomic
def republish_recap(*, event_id: int, number: object, caller: Caller, now: datetime) -> RecapVersion:
    """Publish an earlier version as a new one. For organisers.

    Raises:
        NotFound: no such event or version.
        NotSignedIn, NotOrganiser, NoRecapDraft
    """
    check_organises(caller=caller, event_id=event_id)
    version = recap_version(event_id, number) if isinstance(number, int) else None
    if version is None:
        raise NotFound
    words = {"language": version.language, "paragraphs": version.paragraphs}
    return record_version(event_id=event_id, caller=caller, **words, now=now)


@transaction.atomic
def rewrite_paragraph(
    *, event_id: int, caller: Caller, key: str, given: Mapping[str, Any], now: datetime
) -> RecapEdit:
    """Edit one paragraph like `edit_recap`, unless that would replace text that its sender has not seen.

    `seen` is the text of the paragraph as the sender read it, by default the drafted text.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, NoRecapDraft
        ParagraphChanged: somebody has rewritten it since; `fields` quotes its current text.
        Malformed: a text that is too long or cannot be shown.
    """
    lock_event(event_id=event_id, caller=caller)
    worked = next((one for one in worked_recap(event_id) if one.drafted.key == key), None)
    if worked is not None and isinstance(given.get("text", False), str | None):
        seen = worked.drafted.text
        if given.get("seen") is not None:
            seen = clean_text(given["seen"], field="seen", most=MAX_PARAGRAPH_LENGTH, required=False)
        after = worked.drafted.text if given["text"] is None else given["text"]
        if digest(worked.text) not in (digest(seen), digest(after)):
            raise ParagraphChanged(worked.text)
    return edit_recap(event_id=event_id, caller=caller, key=key, given=given, now=now)


def words_of(worked: list[Worked]) -> dict[str, str]:
    """Return the values of the boxes of the editor's page, by their names."""
    return {one.box: one.text for one in worked if one.can_be_rewritten}


def seen_words_of(worked: list[Worked]) -> dict[str, str]:
    """Return what an editor sees of each box: its text, and the drafted one that it is based on."""
    drafted = {f"{BASE}{one.drafted.key}": one.drafted.text for one in worked if one.can_be_rewritten}
    return {**words_of(worked), **drafted}


@transaction.atomic
def save_words(
    *, event_id: int, caller: Caller, typed: Mapping[str, str], now: datetime, replaced: str = ""
) -> int:
    """Save all boxes of the editor's page that were changed, or none; return how many. For organisers.

    Args:
        typed: the boxes by name (`text-` and the paragraph's key), and `seen` (opendev/core/web/typed.py).
        replaced: the key of a paragraph whose text the pressed button replaces.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, NoRecapDraft
        EditedMeanwhile: somebody else has changed one of these paragraphs, or its draft is gone; `fields` names it.
        Malformed: a text that is too long or cannot be shown; `fields` names the box.
    """
    lock_event(event_id=event_id, caller=caller)
    worked = {one.box: one for one in worked_recap(event_id)}
    lost = [box for box in typed if box.startswith(BOX) and box not in worked and typed[box].strip()]
    if lost:
        raise EditedMeanwhile(fields=dict.fromkeys(lost, _("The draft no longer has this paragraph.")))
    words, seen = words_of(list(worked.values())), read_seen(typed)
    changes = compare(typed, words)
    changes.check()
    box = f"{BOX}{replaced}"
    if box in words and seen.get(box, digest(words[box])) != digest(words[box]):
        raise EditedMeanwhile(fields={box: changed_to(words[box])})
    mistakes = {}
    for box, text in changes.changed.items():
        one = worked[box]
        edit = {"text": text}
        if one.edit is not None and seen.get(f"{BASE}{one.drafted.key}") != digest(one.drafted.text):
            edit["base"] = one.edit.base  # drafted again since: the editor has yet to see it
        try:
            edit_recap(event_id=event_id, caller=caller, key=one.drafted.key, given=edit, now=now)
        except Malformed as refusal:
            mistakes[box] = refusal.fields.get("text", refusal.message)
    if mistakes:
        raise Malformed(_("Nothing was saved. Check the marked fields."), fields=mistakes)
    return len(changes.changed)
