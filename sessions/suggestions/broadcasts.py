"""What is sent to the sockets of a session about its suggested follow-ups."""

from opendev.core.groups import Member
from opendev.core.live import broadcast, hub
from sessions.suggestions.models import Suggestion
from sessions.suggestions.news import news_of, topic_of


def suggestion_changed(suggestion: Suggestion) -> None:
    """Send a changed suggestion, after the commit, to those who may see it, and to the others that it is gone."""
    broadcast(news_of(suggestion))


def suggestion_tallied(suggestion: Suggestion) -> None:
    """Send a suggestion's number of supporters, after the commit, to those who may see it."""
    broadcast(news_of(suggestion, whole=False))


def suggestion_gone(suggestion: Suggestion) -> None:
    """Notify those who saw a suggestion, after the commit, that it is gone."""
    broadcast(news_of(suggestion, gone=True))


def attendee_supported(
    session_id: int, suggestion_id: int, attendee_id: int, *, origin: Member | None
) -> None:
    """Send an attendee's sockets except `origin` whether they support a suggestion. Only on the loop."""
    hub.own_changed(session_id, topic_of(suggestion_id), attendee_id, origin=origin)
