"""Attendees: joining a session."""

from datetime import datetime
from typing import Any

import pycountry
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import AttendeePass, new_pass
from opendev.core.errors import Conflict, Malformed, NotFound
from opendev.core.text import clean_line
from sessions.models import Attendance, Attendee, Session, SignUpLine

MAX_NAME_LENGTH = 120


class SessionIsOver(Conflict):
    code, message = "session_is_over", _("This session is over. Its results stay on this page.")


@transaction.atomic
def join_session(
    *,
    session_id: int,
    known: AttendeePass | None,
    name: Any = "",
    company: Any = "",
    country: Any = "",
    now: datetime,
) -> tuple[Attendee, AttendeePass]:
    """Make the caller an attendee of the session's event, and note that they came to this session.

    A session that is over is joined by nobody, except to sign up on a line of it that is still open.

    A device that has a pass of the event keeps it, and its ballots; what it says of itself replaces what it said
    before, where it says anything.

    Raises:
        NotFound: no such session.
        SessionIsOver: nobody can join any more.
        Malformed: a name or company that is no text or too long, a country that is not in ISO 3166-1.
    """
    session = Session.objects.filter(pk=session_id).first()
    if session is None:
        raise NotFound
    is_over = session.state == Session.State.OVER
    if is_over and not session.sign_up_lines.filter(state=SignUpLine.State.OPEN).exists():
        raise SessionIsOver
    said = _clean_said(name=name, company=company, country=country)
    attendee, attendee_pass = _known_or_new(session.event_id, known, said, now)
    if not is_over:
        Attendance.objects.get_or_create(session=session, attendee=attendee, defaults={"joined_at": now})
    return attendee, attendee_pass


def _known_or_new(
    event_id: int, known: AttendeePass | None, said: dict[str, str], now: datetime
) -> tuple[Attendee, AttendeePass]:
    """Return the attendee whose pass it is, with what they say of themselves now, or a new one."""
    attendee = Attendee.objects.filter(pk=known.attendee_id, event=event_id).first() if known else None
    if attendee is None or known is None or known.event_id != event_id:
        attendee = Attendee.objects.create(event_id=event_id, joined_at=now, **said)
        return attendee, new_pass(event_id, attendee.pk)
    if any(said.values()):
        Attendee.objects.filter(pk=attendee.pk).update(
            **{field: value for field, value in said.items() if value}
        )
        attendee.refresh_from_db()
    return attendee, known


def _clean_said(*, name: Any, company: Any, country: Any) -> dict[str, str]:
    return {
        "name": clean_line(name, field="name", most=MAX_NAME_LENGTH, required=False),
        "company": clean_line(company, field="company", most=MAX_NAME_LENGTH, required=False),
        "country": _clean_country(country),
    }


def _clean_country(value: Any) -> str:
    code = clean_line(value, field="country", most=MAX_NAME_LENGTH, required=False).upper()
    if code and pycountry.countries.get(alpha_2=code) is None:
        sentence = _("Choose a country from the list.")
        raise Malformed(sentence, fields={"country": sentence})
    return code
