"""The public JSON of sessions."""

from collections.abc import Sequence
from typing import Any

from opendev.core.text import time_text
from sessions.models import Attendee, DisplayLink, Event, EventDay, Session


def session_state(session: Session) -> dict[str, Any]:
    """Return `{id, state, cancelled, starts_at, questions}`, as frames carry a session."""
    rules = {"named": session.questions_named, "moderated": session.questions_moderated}
    return {
        "id": str(session.pk),
        "state": session.state,
        "cancelled": session.is_cancelled,
        "starts_at": time_text(session.starts_at),
        "questions": rules,
    }


def event_json(event: Event, sessions: Sequence[Session], days: Sequence[EventDay]) -> dict[str, Any]:
    """Return an event, as lists and its own address give it."""
    return {
        "id": str(event.pk),
        "slug": event.slug,
        "name": event.name,
        "series": event.series,
        "summary": event.summary,
        "time_zone": event.time_zone,
        "is_live": any(session.state == Session.State.LIVE for session in sessions),
        "session_count": len(sessions),
        "days": [{"number": day.number, "date": day.date.isoformat()} for day in days],
        "url": event.get_absolute_url(),
    }


def session_json(session: Session, present: int) -> dict[str, Any]:
    """Return a session with its people; its event, day and roles are expected to be loaded."""
    return {
        **session_state(session),
        "event": session.event.slug,
        "day": session.day.number,
        "slug": session.slug,
        "title": session.title,
        "short_title": session.short_title,
        "part": session.part,
        "topic": session.topic,
        "minutes": session.minutes,
        "place": session.place,
        "runs_by_clock": session.runs_by_clock,
        "code": session.code,
        "present": present,
        "people": people_json(session),
        "url": session.get_absolute_url(),
    }


def people_json(session: Session) -> list[dict[str, str]]:
    """Return who leads a session and who helps, in their order."""
    return [
        {
            "name": role.person.name,
            "company": role.person.company,
            "title": role.person.title,
            "role": role.role,
        }
        for role in session.people
    ]


def display_link_json(link: DisplayLink) -> dict[str, Any]:
    """Return a display link, to moderators; its token is told only when it is made."""
    return {"id": str(link.pk), "name": link.name, "created_at": time_text(link.created_at)}


def attendee_json(attendee: Attendee) -> dict[str, Any]:
    """Return an attendee, to themselves."""
    return {
        "id": str(attendee.pk),
        "event": str(attendee.event_id),
        "name": attendee.name,
        "company": attendee.company,
        "country": attendee.country,
    }
