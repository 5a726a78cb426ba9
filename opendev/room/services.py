"""Deeds that touch several apps."""

from datetime import datetime

from django.db import transaction

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, NotFound
from polls.services import close_live_polls
from sessions import services as sessions
from sessions.models import Session
from sessions.selectors.now import due_by_clock


@transaction.atomic
def set_session_state(*, session_id: int, caller: Caller | None, state: str, now: datetime) -> Session:
    """Start or end a session; what is still live in it closes with it.

    Raises:
        see sessions.services.set_session_state
    """
    session = sessions.set_session_state(session_id=session_id, caller=caller, state=state, now=now)
    if session.state == Session.State.OVER:
        close_live_polls(session_id=session_id, now=now)
    return session


def run_by_clock(now: datetime) -> int:
    """Start and end the sessions that run by the clock; return how many. Several processes may call this at once."""
    moved = 0
    for session_id, state in due_by_clock(now):
        try:
            set_session_state(session_id=session_id, caller=None, state=state, now=now)
            moved += 1
        except (Conflict, NotFound):  # somebody was faster
            continue
    return moved
