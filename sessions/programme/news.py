"""How a session's own state travels to its sockets."""

from typing import Any

from opendev.core.groups import EVERYBODY, Frame, News, State
from sessions.programme.models import Session
from sessions.programme.serializers import session_state

TOPIC = "session"


class SessionFrames:
    """How a session's state travels: `session.changed`, for everybody alike."""

    def changed(self, state: State, now: str) -> Frame:
        """Return the frame of a change."""
        return {"type": "session.changed", "now": now, "session": state}

    def tally(self, state: State, now: str) -> Frame:
        """Return the same: a session has no short form."""
        return self.changed(state, now)

    def gone(self, topic: str, version: int) -> Frame:
        """Return the frame of a session that was deleted."""
        return {"type": "session.gone", "version": version}


def news_of(session: Session, *, gone: bool = False) -> News:
    """Return the session for every audience alike; nothing of it where it is gone."""
    state: dict[str, Any] | None = None if gone else session_state(session)
    return News(session.pk, TOPIC, session.version + gone, {EVERYBODY: state})
