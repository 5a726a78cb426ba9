"""What is sent to the sockets of a session about its sign-up lines."""

from opendev.core.groups import EVERYBODY, Member, News
from opendev.core.live import broadcast, broadcast_own_change, hub
from sessions.follow_ups.models import SignUpLine
from sessions.follow_ups.news import news_of, topic_of
from sessions.follow_ups.selectors.lines import line_with_names


def line_changed(line: SignUpLine) -> None:
    """Notify the session's sockets, after the commit, that a line was opened or changed."""
    broadcast(news_of(line_with_names(line.pk)))


def line_gone(line: SignUpLine) -> None:
    """Notify the session's sockets, after the commit, that a line was deleted."""
    broadcast(News(line.session_id, topic_of(line.pk), line.version, {EVERYBODY: None}))


def line_tallied(line: SignUpLine) -> None:
    """Send the session's sockets, after the commit, the names on a line."""
    broadcast(news_of(line_with_names(line.pk), whole=False))


def own_sign_up_changed(line: SignUpLine, attendee_id: int) -> None:
    """Send an attendee's sockets, after the commit, the state of their own name on a line."""
    broadcast_own_change(line.session_id, topic_of(line.pk), attendee_id)


def attendee_signed_up(session_id: int, line_id: int, attendee_id: int, *, origin: Member | None) -> None:
    """Send an attendee's sockets except `origin` the state of their own name on a line. Only on the loop."""
    hub.own_changed(session_id, topic_of(line_id), attendee_id, origin=origin)
