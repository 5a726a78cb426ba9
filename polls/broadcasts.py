"""What is sent to the sockets of a session about its polls."""

from collections.abc import Iterable
from contextlib import AbstractContextManager

from opendev.core.groups import Member, News
from opendev.core.live import broadcast, hub
from polls.models import Poll
from polls.news import news_of, topic_of
from polls.serializers import Options


def poll_changed(poll: Poll, options: Options) -> None:
    """Notify the session's sockets, after the commit, that a poll changed."""
    broadcast(news_of(poll, options))


def attendee_voted(
    session_id: int, poll_id: int, attendee_id: int, *, voted: bool, origin: Member | None = None
) -> None:
    """Move the attendee's sockets to (or from) those who voted; all but `origin` get their own answer. On the loop."""
    hub.part_changed(session_id, topic_of(poll_id), attendee_id, takes_part=voted, origin=origin)


def together() -> AbstractContextManager[None]:
    """Send everything that is written to a socket inside the context in one write. Only on the loop."""
    return hub.writer.together()


def publish(news: Iterable[News]) -> None:
    """Pass on the news of a batch that has committed. Only on the loop."""
    for item in news:
        hub.publish(item)
