"""Acts that touch several apps."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from opendev.core.attendance import Caller
from polls.services import close_live_polls
from sessions.programme.models import Session
from sessions.questions.services.queue import settle_on_air
from sessions.run_sheet.services.running import stop_running
from sessions.states.selectors import due_by_clock
from sessions.states.services import change_state, move_by_clock


def set_session_state(*, session_id: int, caller: Caller, state: str, now: datetime) -> Session:
    """Start or end a session; what is still going on in it ends with it.

    Raises:
        see change_state
    """
    return change_state(session_id=session_id, caller=caller, state=state, end=end_session, now=now)


def start_and_end_by_clock(now: datetime) -> int:
    """Start and end the sessions that run by the clock; return how many. Any process may call this."""
    moved = [
        move_by_clock(session_id=session_id, end=end_session, now=now) for session_id in due_by_clock(now)
    ]
    return sum(session is not None for session in moved)


@contextmanager
def end_session(session: Session, now: datetime) -> Iterator[None]:
    """Settle what is going on in a session that ends inside this. The caller holds the session's lock.

    Before the end a question on air counts as answered and the run sheet stops; after it live polls are closed.
    """
    settle_on_air(session_id=session.pk, now=now)
    stop_running(session=session, now=now)
    yield
    close_live_polls(session_id=session.pk, now=now)
