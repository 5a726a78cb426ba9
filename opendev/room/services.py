"""Deeds that touch several apps."""

from datetime import datetime

from django.db import transaction

from opendev.core.attendance import Caller
from polls.services import close_live_polls
from sessions import services as sessions
from sessions.models import Session
from sessions.selectors.clock import due_by_clock


@transaction.atomic
def set_session_state(*, session_id: int, caller: Caller, state: str, now: datetime) -> Session:
    """Start or end a session; what is still live in it closes with it.

    Raises:
        see sessions.services.set_session_state
    """
    session = sessions.set_session_state(session_id=session_id, caller=caller, state=state, now=now)
    if session.state == Session.State.OVER:
        close_live_polls(session_id=session_id, now=now)
    return session


def start_and_end_by_clock(now: datetime) -> int:
    """Start and end the sessions that run by the clock, and their polls; return how many. Any process may call this."""
    moved = 0
    for session_id in due_by_clock(now):
        with transaction.atomic():
            session = sessions.move_by_clock(session_id=session_id, now=now)
            if session is not None and session.state == Session.State.OVER:
                close_live_polls(session_id=session_id, now=now)
            moved += session is not None
    return moved
