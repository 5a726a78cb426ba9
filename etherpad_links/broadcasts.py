"""What web processes send to the sockets of a session about its pad."""

from etherpad_links.news import news_of
from etherpad_links.selectors import pad_states
from opendev.core.live import broadcast


def pad_changed(session_id: int) -> None:
    """Send the state of its pad to the session's sockets, after the commit."""
    for found in pad_states([session_id]):
        broadcast(news_of(found))
