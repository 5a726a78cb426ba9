"""What is said to the sockets of a session about its suggested follow-ups."""

from opendev.core.groups import Member
from opendev.core.live import broadcast, hub
from sessions.suggestions.models import Suggestion
from sessions.suggestions.news import news_of, topic_of


def suggestion_changed(suggestion: Suggestion) -> None:
    """Tell those who may know of it, after the commit, that a suggestion changed; the others that it is gone."""
    broadcast(news_of(suggestion))


def suggestion_tallied(suggestion: Suggestion) -> None:
    """Tell those who may know of it, after the commit, how many support the suggestion."""
    broadcast(news_of(suggestion, whole=False))


def suggestion_gone(suggestion: Suggestion) -> None:
    """Tell those who knew of it, after the commit, that a suggestion is no longer there."""
    broadcast(news_of(suggestion, gone=True))


def attendee_supported(
    session_id: int, suggestion_id: int, attendee_id: int, *, origin: Member | None
) -> None:
    """Tell an attendee's sockets but `origin` whether they support a suggestion. Only on the loop."""
    hub.own_changed(session_id, topic_of(suggestion_id), attendee_id, origin=origin)
