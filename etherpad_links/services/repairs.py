"""Moderators' repairs if the heading of a sign-up line cannot be found in the pad."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from etherpad_links.broadcasts import pad_changed
from etherpad_links.models import EtherpadLink, PadLine
from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed, NotFound
from sessions.follow_ups.models import SignUpLine
from sessions.programme.services.rights import check_moderates


class NotInAPad(Conflict):
    code, message = "not_in_a_pad", _("This session has no pad for this follow-up.")


@transaction.atomic
def point_to_heading(*, line_id: int, caller: Caller, number: Any) -> PadLine:
    """Choose which line of the pad is the sign-up line's heading; the worker does the rest.

    Raises:
        NotFound, NotSignedIn, NotModerator
        NotInAPad
        Malformed: not the number of a non-empty line in the last known pad; or another line's heading.
    """
    place, link = _lock(line_id, caller)
    lines = link.copy.text.split("\n") if hasattr(link, "copy") else []
    is_number = isinstance(number, int) and not isinstance(number, bool)
    if not is_number or not 1 <= number <= len(lines) or not lines[number - 1].strip():
        sentence = _("Give the number of a line in the pad that is not empty.")
        raise Malformed(sentence, fields={"number": sentence})
    others = PadLine.objects.filter(line__session=link.session_id, state=PadLine.State.OK, number=number)
    if others.exclude(line=line_id).exists():
        sentence = _("This is the heading of another follow-up. Give the number of a different line.")
        raise Malformed(sentence, fields={"number": sentence})
    place.pointed_at, place.wants_heading = number, False
    return _save(place, link)


@transaction.atomic
def write_heading_anew(*, line_id: int, caller: Caller) -> PadLine:
    """Ask the worker to write the line's heading at the pad's end. Repeating it does nothing.

    Raises:
        NotFound, NotSignedIn, NotModerator
        NotInAPad
    """
    place, link = _lock(line_id, caller)
    place.pointed_at, place.wants_heading = None, True
    return _save(place, link)


def _lock(line_id: int, caller: Caller) -> tuple[PadLine, EtherpadLink]:
    line = SignUpLine.objects.select_for_update(no_key=True, of=("self",)).filter(pk=line_id).first()
    if line is None:
        raise NotFound
    check_moderates(caller=caller, session_id=line.session_id)
    link = EtherpadLink.objects.filter(session=line.session_id).select_related("copy").first()
    if link is None:
        raise NotInAPad
    place = PadLine.objects.filter(line=line).first() or PadLine(line=line, heading=line.title)
    return place, link


def _save(place: PadLine, link: EtherpadLink) -> PadLine:
    place.save()
    EtherpadLink.objects.filter(pk=link.pk).update(version=F("version") + 1)
    pad_changed(link.session_id)
    return place
