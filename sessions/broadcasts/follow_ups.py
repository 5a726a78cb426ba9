"""What is said to the sockets of a session about its sign-up lines."""

from opendev.core.live import broadcast
from sessions.models import SignUpLine
from sessions.news.follow_ups import news_of
from sessions.selectors.follow_ups import line_with_names


def line_changed(line: SignUpLine) -> None:
    """Tell the session's sockets, after the commit, that a line was opened or changed."""
    broadcast(news_of(line_with_names(line.pk)))


def line_tallied(line: SignUpLine) -> None:
    """Tell the session's sockets, after the commit, which names stand under a line."""
    broadcast(news_of(line_with_names(line.pk), whole=False))
