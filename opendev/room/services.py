"""Deeds that touch several apps."""

from datetime import datetime

from django.db import transaction

from opendev.core.attendance import Caller
from polls.services import close_live_polls
from sessions import services as sessions
from sessions.models import Session


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
