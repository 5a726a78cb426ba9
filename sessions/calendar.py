"""Calendars (RFC 5545): an entry a session, whose identity stays when the session is moved, renamed or cancelled.

`UID` is the session's guid, so that a calendar that is loaded again finds its entry; `SEQUENCE` grows with each change
that somebody who put it into their calendar has to hear of (sessions/services/calendar_entries.py). Times stand in the
event's zone, which is described in the calendar itself, so that no program has to know it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from icalendar import Calendar, Timezone
from icalendar import Event as Entry

from sessions.models import Event, Session

PRODUCT = "-//OpenDev Companion//Programme//EN"
READ_AGAIN = timedelta(minutes=15)  # how often calendars that are subscribed to should ask
AROUND = timedelta(days=370)  # the zone is described with a year around the sessions, not for a century


def calendar_of(event: Event, sessions: Sequence[Session], *, name: str, base_url: str) -> bytes:
    """Return a calendar with these sessions.

    Args:
        event: whose zone the times are in.
        sessions: with their days and people loaded; cancelled ones stay in, and say so.
        name: what the calendar is called.
        base_url: what the product's addresses begin with, without a slash at the end.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", event.time_zone)
    calendar.add("refresh-interval", READ_AGAIN, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    if sessions:
        calendar.add_component(_zone(event, sessions))
    for session in sessions:
        calendar.add_component(_entry(event, session, base_url))
    return bytes(calendar.to_ical())


def _zone(event: Event, sessions: Sequence[Session]) -> Timezone:
    days: list[date] = [session.starts_at.date() for session in sessions]
    return Timezone.from_tzinfo(event.zone, event.time_zone, min(days) - AROUND, max(days) + AROUND)


def _entry(event: Event, session: Session, base_url: str) -> Entry:
    room = base_url + session.get_absolute_url()
    entry = Entry()
    entry.add("uid", str(session.guid))
    entry.add("sequence", session.calendar_sequence)
    entry.add("dtstamp", session.calendar_changed_at)
    entry.add("last-modified", session.calendar_changed_at)
    entry.add("dtstart", session.starts_at.astimezone(event.zone))
    entry.add("dtend", session.ends_at.astimezone(event.zone))
    entry.add("summary", session.title_with_part)
    entry.add("description", _about(session, room))
    entry.add("location", session.place or room)
    entry.add("url", room)
    entry.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    entry.add("transp", "TRANSPARENT" if session.is_cancelled else "OPAQUE")
    return entry


def _about(session: Session, room: str) -> str:
    parts: list[Any] = [
        _("This session is cancelled.") if session.is_cancelled else "",
        session.by_line_long,
        session.topic,
        _("The room: %(address)s") % {"address": room},
    ]
    return "\n\n".join(str(part) for part in parts if part)
