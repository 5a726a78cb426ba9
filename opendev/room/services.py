"""Actions that involve several apps."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from opendev.core.attendance import Caller
from opendev.core.text import clean_yes_or_no
from opendev.room.rehearsals import clear_rehearsal
from polls.services import close_live_polls
from sessions.programme.models import Session
from sessions.programme.services.locks import lock_session
from sessions.programme.services.rehearsals import RehearsalIsOn, rehearsal_of
from sessions.programme.services.rights import check_moderates
from sessions.questions.services.queue import settle_on_air
from sessions.run_sheet.services.running import stop_running
from sessions.states.selectors import due_by_clock
from sessions.states.services import change_state, move_by_clock


@transaction.atomic
def set_session_state(
    *, session_id: int, caller: Caller, state: str, now: datetime, end_rehearsal: Any = False
) -> Session:
    """Start or end a session, together with everything in progress in it.

    Args:
        end_rehearsal: True if the moderator agreed to clear its rehearsal with the start.

    Raises:
        RehearsalIsOn: it has a rehearsal, and `end_rehearsal` is not set.
        see change_state
    """
    session = lock_session(session_id)
    check_moderates(caller=caller, session_id=session_id)
    was_asked = clean_yes_or_no(end_rehearsal, field="end_rehearsal")
    if state == Session.State.LIVE and rehearsal_of(session_id):
        if not was_asked:
            raise RehearsalIsOn
        clear_rehearsal(session, caller)
    return change_state(session_id=session_id, caller=caller, state=state, end=end_session, now=now)


def start_and_end_by_clock(now: datetime) -> int:
    """Start and end sessions that run automatically; return how many. Any process may call this."""
    return sum(_move_by_clock(session_id, now) for session_id in due_by_clock(now))


@transaction.atomic
def _move_by_clock(session_id: int, now: datetime) -> bool:
    """Start or end a session that is due; a forgotten rehearsal of it is cleared, since nobody can be asked."""
    session = move_by_clock(session_id=session_id, end=end_session, now=now)
    if session and session.state == Session.State.LIVE and rehearsal_of(session_id):
        clear_rehearsal(session, None)
    return session is not None


@contextmanager
def end_session(session: Session, now: datetime) -> Iterator[None]:
    """Settle everything in progress in a session that ends inside this context. The caller holds the session's lock.

    Before the end, a question on air counts as answered and the run sheet stops; after it, live polls are closed.
    """
    settle_on_air(session_id=session.pk, now=now)
    stop_running(session=session, now=now)
    yield
    close_live_polls(session_id=session.pk, now=now)
