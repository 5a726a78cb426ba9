"""A session's own state as news for its sockets."""

from typing import Any

from opendev.core.groups import EVERYBODY, Frame, News, State
from sessions.programme.models import Session
from sessions.programme.serializers import session_state

TOPIC = "session"


class SessionFrames:
    """The frame of a session's state: `session.changed`, the same for everybody."""

    def changed(self, state: State, now: str) -> Frame:
        """Return the frame of a change."""
        return {"type": "session.changed", "now": now, "session": state}

    def tally(self, state: State, now: str) -> Frame:
        """Return the same frame: a session has no short form."""
        return self.changed(state, now)

    def gone(self, topic: str, version: int) -> Frame:
        """Return the frame of a session that was deleted."""
        return {"type": "session.gone", "version": version}


def news_of(session: Session, *, gone: bool = False) -> News:
    """Return the session, the same for every audience, or nothing if it was deleted."""
    state: dict[str, Any] | None = None if gone else session_state(session)
    return News(session.pk, TOPIC, session.version + gone, {EVERYBODY: state})
