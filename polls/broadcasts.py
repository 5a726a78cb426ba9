"""What is said to the sockets of a session about its polls."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from opendev.core.groups import Member, News
from opendev.core.live import broadcast, hub
from polls.models import Option, Poll
from polls.news import news_of, topic_of


def poll_changed(poll: Poll, options: Sequence[Option]) -> None:
    """Tell the session's sockets, after the commit, that a poll changed."""
    broadcast(news_of(poll, options))


def poll_tallied(poll: Poll, options: Sequence[Option]) -> None:
    """Tell the session's sockets, after the commit, how a poll stands."""
    broadcast(news_of(poll, options, whole=False))


def attendee_voted(
    session_id: int, poll_id: int, attendee_id: int, *, voted: bool, origin: Member | None = None
) -> None:
    """Move the attendee's sockets to (or from) those who voted; all but `origin` hear their own answer. On the loop."""
    hub.attendee_voted(session_id, topic_of(poll_id), attendee_id, voted=voted, origin=origin)


def together() -> AbstractContextManager[None]:
    """Have what each socket is told meanwhile leave in one write. Only on the loop."""
    return hub.writer.together()


def holding() -> AbstractContextManager[list[News]]:
    """Keep what this thread says meanwhile in a list; each is to be passed to `say_on_loop`."""
    return hub.holding()


def say_on_loop(news: News) -> None:
    """Say news that were held. Only on the loop."""
    hub.say_on_loop(news)
