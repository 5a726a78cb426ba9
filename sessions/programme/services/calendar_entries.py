"""What calendars hear of a session: each change that matters counts its sequence up, every change its time."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sessions.programme.models import Session


def calendar_state(session: Session) -> tuple[Any, ...]:
    """Return what a calendar's entry says of a session itself, to be compared after a change."""
    return session.calendar_facts, session.calendar_texts


def keep_calendar(*, session: Session, before: tuple[Any, ...], now: datetime) -> None:
    """Count the sequence up where the session is no longer what calendars were told. The caller saves it.

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
    """Note that other people lead these sessions, or the event is called otherwise: their entries changed."""
    Session.objects.filter(pk__in=list(session_ids)).update(calendar_modified_at=now)
