"""What is said to the sockets of a session about its pad by those who act in a web process."""

from etherpad_links.news import news_of
from etherpad_links.selectors import pad_states
from opendev.core.live import broadcast


def pad_changed(session_id: int) -> None:
    """Tell the session's sockets, after the commit, where its pad is and what is known of it."""
    for found in pad_states([session_id]):
        broadcast(news_of(found))
