"""Joining with the personal link of a registration."""

from datetime import datetime

from django.db import transaction

from opendev.core.attendance import AttendeePass, new_pass
from opendev.core.errors import NotFound
from sessions.attendees.models import Attendee
from sessions.attendees.selectors import is_revoked
from sessions.attendees.services.joining import SAID, PassIsRevoked, joinable_session, note_attendance
from sessions.registrations.models import Registration


@transaction.atomic
def join_registered(
    *,
    session_id: int,
    registration_id: int,
    known: AttendeePass | None,
    has_open_line: bool,
    now: datetime,
) -> tuple[Attendee, AttendeePass]:
    """Make the holder of a personal link an attendee: the same one on every device, with one ballot.

    The first device creates the attendee, or contributes its existing one; each further device gets a pass for that
    attendee with its own device secret (docs/adr/0033). A new attendee gets the registration's personal data.

    Raises:
        NotFound: no such session, or no such registration of its event.
        SessionIsOver, SessionIsCancelled, PassIsRevoked
    """
    session = joinable_session(session_id, has_open_line=has_open_line)
    registrations = Registration.objects.select_for_update(no_key=True)
    registration = registrations.filter(pk=registration_id, event=session.event_id).first()
    if registration is None:
        raise NotFound
    attendee = registration.attendee
    if attendee is None:
        attendee = _attendee_for(registration, known, now)
        registration.attendee = attendee
        registration.save(update_fields=["attendee"])
    if is_revoked(attendee.pk):
        raise PassIsRevoked
    is_same = known is not None and known.event_id == attendee.event_id and known.attendee_id == attendee.pk
    attendee_pass = known if known is not None and is_same else new_pass(attendee.event_id, attendee.pk)
    note_attendance(session, attendee, now)
    return attendee, attendee_pass


def _attendee_for(registration: Registration, known: AttendeePass | None, now: datetime) -> Attendee:
    """Return the attendee for a registration: the device's own if it belongs to no other registration, or a new one."""
    details = {field: getattr(registration, field) for field in SAID}
    free = Attendee.objects.filter(event=registration.event_id, registration__isnull=True)
    own = free.filter(pk=known.attendee_id).first() if known else None
    if own is None:
        return Attendee.objects.create(event_id=registration.event_id, joined_at=now, **details)
    for field, value in details.items():
        setattr(own, field, getattr(own, field) or value)
    own.save(update_fields=list(SAID))
    return own
