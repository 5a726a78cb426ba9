"""The JSON of the programme: what is live and next, and what is edited of it."""

from datetime import datetime
from typing import Any

from opendev.core.text import time_text
from sessions.models import Event, Resource, Session
from sessions.selectors.now import NowAndNext
from sessions.serializers import people_json, session_json


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


# What organisers say of a session, and what nothing but its programme shows.
EDITED = ("subtitle", "description", "prompts", "track", "kind", "language", "call_url", "recording_url")


def edited_json(session: Session, present: int) -> dict[str, Any]:
    """Return a session with all that can be edited of it, to its organisers."""
    return {**session_json(session, present), **{field: getattr(session, field) for field in EDITED}}


def stage_json(session: Session) -> list[dict[str, str]]:
    """Return who leads a session, with the ids by which organisers take them off the stage."""
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
