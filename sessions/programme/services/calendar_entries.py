"""Calendar entries: each announced change of a session increments its sequence, every change updates its time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sessions.programme.models import Session


def calendar_state(session: Session) -> tuple[Any, ...]:
    """Return the session's state for its calendar entry, to compare it after a change."""
    return session.calendar_facts, session.calendar_texts


def keep_calendar(*, session: Session, before: tuple[Any, ...], now: datetime) -> None:
    """Increment the sequence if the session differs from its last announcement. The caller saves it.

    Args:
        before: its `calendar_state` before the change.
    """
    facts, _texts = before
    if session.calendar_facts != facts:
        session.calendar_sequence += 1
        session.calendar_changed_at = now
    if calendar_state(session) != before:
        session.calendar_modified_at = now


def keep_calendars_of_people(session_ids: Iterable[int], now: datetime) -> None:
    """Record that these sessions' entries changed: other people lead them, or the event has a new name."""
    Session.objects.filter(pk__in=list(session_ids)).update(calendar_modified_at=now)
