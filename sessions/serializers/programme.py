"""The public JSON of what is live and next."""

from datetime import datetime
from typing import Any

from opendev.core.text import time_text
from sessions.models import Event, Session
from sessions.selectors.now import NowAndNext
from sessions.serializers import people_json


def now_json(event: Event, standing: NowAndNext, now: datetime) -> dict[str, Any]:
    """Return what is live and what comes next in an event."""
    return {
        "event": event.slug,
        "asked_at": time_text(now),
        "live": [_slot_json(session) for session in standing.live],
        "next": [_slot_json(session) for session in standing.next],
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
