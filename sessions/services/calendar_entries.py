"""What calendars hear of a session: each change that matters counts its sequence up."""

from datetime import datetime
from typing import Any

from sessions.models import Session


def keep_calendar(*, session: Session, before: tuple[Any, ...], now: datetime) -> None:
    """Count the sequence up where the session is no longer what calendars were told. The caller saves it.

    Args:
        before: its `calendar_facts` before the change.
    """
    if session.calendar_facts != before:
        session.calendar_sequence += 1
        session.calendar_changed_at = now
