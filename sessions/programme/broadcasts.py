"""What is sent to the sockets of a session about the session itself."""

from opendev.core.live import broadcast
from sessions.programme.models import Session
from sessions.programme.news import news_of


def session_changed(session: Session) -> None:
    """Send the session's state to its sockets, after the commit."""
    broadcast(news_of(session))


def session_gone(session: Session) -> None:
    """Notify the session's sockets, after the commit, that it was deleted."""
    broadcast(news_of(session, gone=True))
