"""What is said to the sockets of a session about the session itself."""

from opendev.core.live import broadcast
from sessions.programme.models import Session
from sessions.programme.news import news_of


def session_changed(session: Session) -> None:
    """Tell the session's sockets, after the commit."""
    broadcast(news_of(session))


def session_gone(session: Session) -> None:
    """Tell the session's sockets, after the commit, that it was deleted."""
    broadcast(news_of(session, gone=True))
