"""Calendars (RFC 5545): one entry per session, with the same identity when the session is moved, renamed or cancelled.

Calendar programs read zones from the calendar, but only partly: three of those that we tried only read the first date
of a list of onsets. So each onset has its own STANDARD or DAYLIGHT, and times that local time cannot express, such as
the second 02:30 of a night in autumn, are in UTC.

`UID` is the session's guid, so that reloading a calendar finds the entry; `SEQUENCE` grows with each change
that people who have it in their calendar must learn of (services/calendar_entries.py). Times are in the
event's zone, which is described in the calendar itself, so that no program has to know it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Timezone, TimezoneDaylight, TimezoneStandard, vText
from icalendar import Event as Entry

from sessions.programme.models import Event, Session

PRODUCT = "-//OpenDev Companion//Programme//EN"
READ_AGAIN = timedelta(minutes=15)  # how often subscribed calendars should be reloaded
AROUND = timedelta(days=370)  # the zone is described with a year around the sessions, not for a century


def calendar_of(event: Event, sessions: Sequence[Session], *, name: str, base_url: str) -> bytes:
    """Return a calendar with these sessions.

    Args:
        event: whose zone the times are in.
        sessions: with their days and people loaded; cancelled ones are included, and marked.
        name: the calendar's name.
        base_url: the product's base address, without a trailing slash.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar["name"] = calendar["x-wr-calname"] = vText(name)  # `add` does not escape commas here
    calendar.add("x-wr-timezone", event.time_zone)
    calendar.add("refresh-interval", READ_AGAIN, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    if sessions:
        calendar.add_component(_zone(event, sessions))
    for session in sessions:
        calendar.add_component(_entry(event, session, base_url))
    return bytes(calendar.to_ical())


def state_of(event: Event, sessions: Sequence[Session], *, name: str, base_url: str) -> str:
    """Return a text that changes whenever the result of `calendar_of` would; much cheaper than a calendar."""
    facts = [
        (one.guid, one.calendar_sequence, one.last_modified, *one.calendar_facts, one.by_line_long, one.topic)
        for one in sessions
    ]
    whole = (
        PRODUCT,
        get_language(),
        name,
        base_url,
        event.slug,
        event.time_zone,
        facts,
        [s.slug for s in sessions],
    )
    return hashlib.sha256(repr(whole).encode()).hexdigest()[:32]


def _zone(event: Event, sessions: Sequence[Session]) -> Timezone:
    """Return the description of the event's zone around the sessions, with a component for each onset.

    RFC 5545 allows lists of dates for irregular onsets, but ical.js, ts-ics and vobject only read the first date.
    """
    moments = [session.starts_at for session in sessions]
    begins, ends = (min(moments) - AROUND).replace(second=0, microsecond=0), max(moments) + AROUND
    zone = Timezone()
    zone.add("tzid", event.time_zone)
    first = (begins, _offset(begins, event.zone))
    for onset, before in (first, *_onsets(event.zone, begins, ends)):
        local = onset.astimezone(event.zone)
        part = TimezoneDaylight() if local.dst() else TimezoneStandard()
        part.add("dtstart", (onset + before).replace(tzinfo=None))  # in local time before the change
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", local.utcoffset())
        part.add("tzname", local.tzname())
        zone.add_component(part)
    return zone


def _onsets(zone: tzinfo, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, timedelta]]:
    """Return the times at which the zone's offset changes, to the minute, each with the offset before it."""
    moment = begins
    while moment < ends:
        later = moment + timedelta(days=1)
        before = _offset(moment, zone)
        if _offset(later, zone) != before:
            low, high = moment, later
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) // 2
                middle = middle.replace(second=0, microsecond=0)
                low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
            yield high, before
        moment = later


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)


def _times(event: Event, session: Session) -> list[datetime]:
    """Return start and end in the event's zone, or in UTC if one of them is too close to a change of its offset."""
    times = [moment.astimezone(event.zone) for moment in (session.starts_at, session.ends_at)]
    return [time.astimezone(UTC) for time in times] if any(map(_is_by_a_change, times)) else times


def _is_by_a_change(time: datetime) -> bool:
    """Return True if programs misread a local time: one that occurs twice, or one in the hours around a change.

    Some compare the local time with the time of the change as if both were in UTC.
    """
    is_doubled = time.replace(fold=0).utcoffset() != time.replace(fold=1).utcoffset()
    zone, as_utc = time.tzinfo or UTC, time.replace(tzinfo=UTC)
    return is_doubled or _offset(as_utc, zone) != time.utcoffset()


def _entry(event: Event, session: Session, base_url: str) -> Entry:
    room = base_url + session.get_absolute_url()
    entry = Entry()
    entry.add("uid", str(session.guid))
    entry.add("sequence", session.calendar_sequence)
    entry.add("dtstamp", session.last_modified)
    entry.add("last-modified", session.last_modified)
    starts_at, ends_at = _times(event, session)
    entry.add("dtstart", starts_at)
    entry.add("dtend", ends_at)
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
