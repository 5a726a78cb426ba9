"""Names that people typed in a pad: claims, which are linked to a person only by a moderator's confirmation.

The pad is read by a process, not a person: recording, changing and removing need no caller.
"""

import unicodedata
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed
from opendev.core.text import MAX_NAME_LENGTH, clean_line
from sessions.attendees.models import Attendee
from sessions.follow_ups.models import SignUp
from sessions.follow_ups.selectors.lines import fold_name
from sessions.follow_ups.services.lines import count_and_tell, lock_line, lock_sign_up
from sessions.programme.services.rights import check_moderates


class NotFromThePad(Conflict):
    code, message = "not_from_the_pad", _("This name was not typed in the notes.")


def _clean_name(name: str) -> str:
    """Return the typed text as a name that can be shown: without control characters, cut if it is too long."""
    return clean_line(_shown(name, MAX_NAME_LENGTH), field="name", most=MAX_NAME_LENGTH)


def _clean_company(company: str) -> str:
    """Return a typed company the same way; "" for none."""
    return clean_line(_shown(company, MAX_NAME_LENGTH), field="company", most=MAX_NAME_LENGTH, required=False)


def _shown(text: str, most: int) -> str:
    shown = "".join(sign for sign in text if unicodedata.category(sign) not in {"Cc", "Cs"} or sign.isspace())
    return " ".join(shown.split())[:most]


@transaction.atomic
def record_pad_name(*, line_id: int, name: str, company: str = "", now: datetime) -> SignUp:
    """Record a name that was found below the line's heading in its pad, even if the line is closed.

    A name that was there before and was removed is the same sign-up again, so that a line that was cut and pasted
    keeps its person; one that a moderator removed stays removed.

    Raises:
        NotFound: no such line.
        Malformed: the name has no visible character.
    """
    line, name, company = lock_line(line_id), _clean_name(name), _clean_company(company)
    gone = line.sign_ups.filter(source=SignUp.Source.PAD, withdrawn_at__isnull=False).order_by("-pk")
    sign_up = next((known for known in gone if fold_name(known.name) == fold_name(name)), None)
    if sign_up is None:
        sign_up = SignUp(line=line, source=SignUp.Source.PAD, signed_up_at=now)
    sign_up.name, sign_up.company, sign_up.withdrawn_at = name, company, None
    sign_up.save()
    count_and_tell(line, sign_up.attendee_id)
    return sign_up


@transaction.atomic
def update_pad_name(*, sign_up_id: int, name: str, company: str = "") -> SignUp:
    """Record that a name in the pad was changed there. If it became another name, it is no longer linked to anybody.

    Raises:
        NotFound
        NotFromThePad: somebody signed up with it here; their name stays.
        Malformed: the name has no visible character.
    """
    sign_up, line = lock_sign_up(sign_up_id)
    _check_is_from_pad(sign_up)
    name, company = _clean_name(name), _clean_company(company)
    if (name, company) == (sign_up.name, sign_up.company):
        return sign_up
    attendee_id = sign_up.attendee_id
    if fold_name(name) != fold_name(sign_up.name):
        _part(sign_up)
    sign_up.name, sign_up.company = name, company
    sign_up.save()
    count_and_tell(line, attendee_id)
    return sign_up


@transaction.atomic
def withdraw_pad_name(*, sign_up_id: int, now: datetime) -> SignUp:
    """Record that a name is no longer in the pad. Repeating it does nothing.

    Raises:
        NotFound
        NotFromThePad: somebody signed up with it here; only they can withdraw it.
    """
    sign_up, line = lock_sign_up(sign_up_id)
    _check_is_from_pad(sign_up)
    if sign_up.withdrawn_at is None:
        sign_up.withdrawn_at = now
        sign_up.save()
        count_and_tell(line, sign_up.attendee_id)
    return sign_up


@transaction.atomic
def join_pad_name(*, sign_up_id: int, caller: Caller, attendee_id: int, now: datetime) -> SignUp:
    """Assign a name from the pad to this attendee: only moderators do this, it never happens automatically.

    If the attendee signed up on the line too, the name from the pad counts as their second one.

    Raises:
        NotFound: no such name; NotSignedIn, NotModerator
        NotFromThePad: the name was not typed in the pad.
        Malformed: the attendee belongs to another event.
    """
    sign_up, line = lock_sign_up(sign_up_id)
    check_moderates(caller=caller, session_id=line.session_id)
    _check_is_from_pad(sign_up)
    attendee = Attendee.objects.filter(pk=attendee_id, event=line.session.event_id).first()
    if attendee is None:
        sentence = _("Choose somebody who has joined this event.")
        raise Malformed(sentence, fields={"attendee": sentence})
    other = SignUp.objects.filter(line=line, attendee=attendee).exclude(pk=sign_up.pk).first()
    sign_up.attendee, sign_up.same_as = (None, other) if other else (attendee, None)
    sign_up.confirmed_at, sign_up.confirmed_by_id = now, caller.user_id
    sign_up.save()
    count_and_tell(line, attendee.pk)
    return sign_up


@transaction.atomic
def part_pad_name(*, sign_up_id: int, caller: Caller) -> SignUp:
    """Undo the assignment of a name from the pad: it is a claim again.

    Raises:
        NotFound, NotSignedIn, NotModerator, NotFromThePad
    """
    sign_up, line = lock_sign_up(sign_up_id)
    check_moderates(caller=caller, session_id=line.session_id)
    _check_is_from_pad(sign_up)
    attendee_id = sign_up.attendee_id
    _part(sign_up)
    sign_up.save()
    count_and_tell(line, attendee_id)
    return sign_up


def _part(sign_up: SignUp) -> None:
    sign_up.attendee = sign_up.same_as = None
    sign_up.confirmed_at = sign_up.confirmed_by = None


def _check_is_from_pad(sign_up: SignUp) -> None:
    if sign_up.source != SignUp.Source.PAD:
        raise NotFromThePad
