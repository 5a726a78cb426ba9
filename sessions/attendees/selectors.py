"""Attendees, and revoked passes."""

from collections.abc import Iterable

from django.db.models import QuerySet

from opendev.core.attendance import AttendeePass
from sessions.attendees.models import Attendance, Attendee, RevokedPass
from sessions.programme.models import Session


def revoked_passes(session_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return by session the attendees of its event whose pass was revoked, or who were erased: two queries for all.

    Sessions of an event without such attendees are left out.
    """
    events = dict(Session.objects.filter(pk__in=list(session_ids)).values_list("pk", "event_id"))
    by_event: dict[int, set[int]] = {}
    rows = RevokedPass.objects.filter(event__in=set(events.values())).values_list("event_id", "attendee_id")
    for event_id, attendee_id in rows:
        by_event.setdefault(event_id, set()).add(attendee_id)
    return {session: frozenset(by_event[event]) for session, event in events.items() if event in by_event}


def is_revoked(attendee_id: int) -> bool:
    """Return True if the attendee's pass was revoked, or the attendee erased."""
    return RevokedPass.objects.filter(attendee_id=attendee_id).exists()


def events_by_pass(attendee_ids: Iterable[int]) -> dict[int, int]:
    """Return {attendee: event} for those who exist and whose pass was not revoked."""
    there = Attendee.objects.filter(pk__in=attendee_ids)
    there = there.exclude(pk__in=RevokedPass.objects.values("attendee_id"))
    return dict(there.order_by().values_list("pk", "event_id"))


def attendees_with_pass(event_id: int) -> QuerySet[Attendee]:
    """Return the event's attendees whose pass was not revoked."""
    return Attendee.objects.filter(event=event_id).exclude(pk__in=RevokedPass.objects.values("attendee_id"))


def attendee_by_id(attendee_id: int, event_id: int) -> Attendee | None:
    """Return the attendee of this event; None if there is none, or their pass was revoked."""
    return attendees_with_pass(event_id).filter(pk=attendee_id).first()


def has_joined(attendee: AttendeePass, session_id: int) -> bool:
    """Return True if the attendee came to the session, and their pass was not revoked."""
    came = Attendance.objects.filter(session=session_id, attendee=attendee.attendee_id)
    return came.exclude(attendee__in=RevokedPass.objects.values("attendee_id")).exists()
