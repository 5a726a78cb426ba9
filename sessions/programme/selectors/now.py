"""What is live now, and what comes next, by the sessions' states."""

from collections.abc import Sequence
from dataclasses import dataclass

from sessions.programme.models import Session


@dataclass(frozen=True, slots=True)
class NowAndNext:
    """The sessions that are live, that begin next, and that are cancelled.

    If the event has several rooms, several may begin next.
    """

    live: list[Session]
    next: list[Session]
    cancelled: list[Session]


def now_and_next(sessions: Sequence[Session]) -> NowAndNext:
    """Return what is live and what comes next among an event's sessions.

    A session that was never started does not stay "next" forever: it is skipped once a later one has
    started. Breaks and cancelled sessions are neither.
    """
    taking_place = [session for session in sessions if session.takes_place]
    begun = [
        session.starts_at
        for session in taking_place
        if session.state in {Session.State.LIVE, Session.State.OVER}
    ]
    reached = max(begun, default=None)
    ahead = [
        session
        for session in taking_place
        if session.state == Session.State.UPCOMING and (reached is None or session.starts_at >= reached)
    ]
    first = min((session.starts_at for session in ahead), default=None)
    return NowAndNext(
        live=[session for session in taking_place if session.state == Session.State.LIVE],
        next=[session for session in ahead if session.starts_at == first],
        cancelled=[session for session in sessions if session.is_cancelled],
    )
