"""The public JSON of sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from opendev.core.text import time_text
from sessions.programme.models import Event, EventDay, Resource, Session
from sessions.programme.selectors.now import NowAndNext


def session_state(session: Session) -> dict[str, Any]:
    """Return `{id, state, cancelled, starts_at, questions, suggestions, reactions, screen}`, as in frames."""
    questions = {"named": session.questions_named, "moderated": session.questions_moderated}
    suggestions = {"taken": session.suggestions_open, "moderated": session.suggestions_moderated}
    return {
        "id": str(session.pk),
        "state": session.state,
        "cancelled": session.is_cancelled,
        "starts_at": time_text(session.starts_at),
        "questions": questions,
        "suggestions": suggestions,
        "reactions": {"taken": session.reactions_open, "on_screen": session.reactions_on_screen},
        "screen": {"shows": session.screen_shows, "theme": session.screen_theme},
    }


def event_json(event: Event, sessions: Sequence[Session], days: Sequence[EventDay]) -> dict[str, Any]:
    """Return an event, as in lists and at its own address."""
    return {
        "id": str(event.pk),
        "slug": event.slug,
        "name": event.name,
        "series": event.series,
        "summary": event.summary,
        "time_zone": event.time_zone,
        "language": event.language,
        "visibility": event.visibility,
        "is_live": any(session.state == Session.State.LIVE for session in sessions),
        "session_count": len(sessions),
        "days": [{"number": day.number, "date": day.date.isoformat()} for day in days],
        "url": event.get_absolute_url(),
    }


def edited_event_json(event: Event, sessions: Sequence[Session], days: Sequence[EventDay]) -> dict[str, Any]:
    """Return an event with what organisers alone read of it."""
    return {**event_json(event, sessions, days), "embed_sites": event.sites_that_embed}


def session_json(session: Session, present: int) -> dict[str, Any]:
    """Return a session with its people; its event, day and roles should be loaded."""
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
        "language": session.language,
        "runs_by_clock": session.runs_by_clock,
        "code": session.code,
        "present": present,
        "people": people_json(session),
        "url": session.get_absolute_url(),
    }


def people_json(session: Session) -> list[dict[str, str]]:
    """Return who leads a session and who helps, in order."""
    return [
        {
            "name": role.person.name,
            "company": role.person.company,
            "title": role.person.title,
            "role": role.role,
        }
        for role in session.people
    ]


def now_json(event: Event, standing: NowAndNext, now: datetime) -> dict[str, Any]:
    """Return what is live, what comes next and what is cancelled in an event."""
    return {
        "event": event.slug,
        "asked_at": time_text(now),
        "live": [_slot_json(session) for session in standing.live],
        "next": [_slot_json(session) for session in standing.next],
        "cancelled": [str(session.pk) for session in standing.cancelled],
    }


def _slot_json(session: Session) -> dict[str, Any]:
    return {
        "id": str(session.pk),
        "guid": str(session.guid),
        "slug": session.slug,
        "title": session.title,
        "state": session.state,
        "place": session.place,
        "starts_at": time_text(session.starts_at),
        "ends_at": time_text(session.ends_at),
        "minutes": session.minutes,
        "people": people_json(session),
        "url": session.get_absolute_url(),
    }


# Fields of a session that only organisers edit and only the programme shows.
EDITED = ("subtitle", "description", "prompts", "track", "kind", "call_url", "recording_url")


def edited_json(session: Session, present: int) -> dict[str, Any]:
    """Return a session with all its editable fields, for its organisers."""
    return {**session_json(session, present), **{field: getattr(session, field) for field in EDITED}}


def stage_json(session: Session) -> list[dict[str, str]]:
    """Return who leads a session, with the ids with which organisers remove them."""
    return [
        {"id": str(role.pk), **said} for role, said in zip(session.people, people_json(session), strict=True)
    ]


def resource_json(resource: Resource) -> dict[str, Any]:
    """Return a link, a picture's address, or a chart with its table."""
    return {
        "id": str(resource.pk),
        "kind": resource.kind,
        "title": resource.title,
        "url": resource.url,
        "note": resource.note,
        "unit": resource.unit,
        "rows": [{"label": label, "value": value} for label, value in resource.rows],
    }
