"""Attendees: joining a session."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import AttendeePass, new_pass
from opendev.core.countries import country_names
from opendev.core.errors import Malformed, NotAllowed, NotFound
from opendev.core.text import MAX_NAME_LENGTH, clean_line
from sessions.attendees.models import Attendance, Attendee
from sessions.attendees.selectors import is_revoked
from sessions.programme.models import Session
from sessions.programme.refusals import SessionIsCancelled, SessionIsOver

SAID = ("name", "company", "country")  # what an attendee may say of itself


class PassIsRevoked(NotAllowed):
    code, message = "pass_is_revoked", _("A moderator ended your access to this event.")


class Unsaid:
    """The type of UNSAID."""


UNSAID = Unsaid()  # a field that a client did not send; one that it sent empty clears what was there


@transaction.atomic
def join_session(
    *,
    session_id: int,
    known: AttendeePass | None,
    name: Any = UNSAID,
    company: Any = UNSAID,
    country: Any = UNSAID,
    has_open_line: bool,
    now: datetime,
) -> tuple[Attendee, AttendeePass]:
    """Make the caller an attendee of the session's event, and note that they came to this session.

    A session that is over or cancelled is joined by nobody, except to sign up on a line of it that is still open.

    A device that has a pass of the event keeps it, and its ballots; what it says of itself replaces what it said
    before. "" and None clear a field, UNSAID leaves it.

    Args:
        has_open_line: whether a sign-up line of the session still takes names.

    Raises:
        NotFound: no such session.
        SessionIsOver: nobody can join any more.
        SessionIsCancelled: it does not take place.
        PassIsRevoked: the device's pass was.
        Malformed: a name or company that is no text or too long, a country whose two-letter code is not known.
    """
    session = joinable_session(session_id, has_open_line=has_open_line)
    said = _clean_said(name=name, company=company, country=country)
    attendee, attendee_pass = _known_or_new(session.event_id, known, said, now)
    note_attendance(session, attendee, now)
    return attendee, attendee_pass


def joinable_session(session_id: int, *, has_open_line: bool) -> Session:
    """Return the session, which can be joined; after its end only while a sign-up line of it is open.

    Raises:
        NotFound, SessionIsOver, SessionIsCancelled
    """
    session = Session.objects.filter(pk=session_id).first()
    if session is None:
        raise NotFound
    is_over = session.state == Session.State.OVER
    is_closed = is_over or session.is_cancelled
    if is_closed and not has_open_line:
        raise SessionIsOver if is_over else SessionIsCancelled
    return session


def note_attendance(session: Session, attendee: Attendee, now: datetime) -> None:
    """Note that an attendee came to the session, unless it is over or cancelled."""
    if session.state != Session.State.OVER and not session.is_cancelled:
        Attendance.objects.get_or_create(session=session, attendee=attendee, defaults={"joined_at": now})


def _known_or_new(
    event_id: int, known: AttendeePass | None, said: dict[str, str], now: datetime
) -> tuple[Attendee, AttendeePass]:
    """Return the attendee whose pass it is, with what they say of themselves now, or a new one."""
    attendee = Attendee.objects.filter(pk=known.attendee_id, event=event_id).first() if known else None
    if attendee is None or known is None or known.event_id != event_id:
        attendee = Attendee.objects.create(event_id=event_id, joined_at=now, **said)
        return attendee, new_pass(event_id, attendee.pk)
    if is_revoked(attendee.pk):
        raise PassIsRevoked
    if said:
        Attendee.objects.filter(pk=attendee.pk).update(**said)
        attendee.refresh_from_db()
    return attendee, known


def _clean_said(**fields: Any) -> dict[str, str]:
    """Return what was said, checked; what was not said is not in it."""
    said = {field: value for field, value in fields.items() if value is not UNSAID}
    return {
        field: _clean_country(value)
        if field == "country"
        else clean_line(value, field=field, most=MAX_NAME_LENGTH, required=False)
        for field, value in said.items()
    }


def _clean_country(value: Any) -> str:
    code = clean_line(value, field="country", most=MAX_NAME_LENGTH, required=False).upper()
    if code and code not in country_names():
        sentence = _("Choose a country from the list.")
        raise Malformed(sentence, fields={"country": sentence})
    return code
