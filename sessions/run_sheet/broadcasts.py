"""What is said to the sockets of a session about its run sheet."""

from opendev.core.live import broadcast
from sessions.run_sheet.news import plan_news, running_news
from sessions.run_sheet.selectors import SheetWithItems


def plan_changed(found: SheetWithItems) -> None:
    """Tell the session's moderators, after the commit, how the plan stands."""
    broadcast(plan_news(found))


def running_changed(found: SheetWithItems) -> None:
    """Tell the session's sockets, after the commit, what runs now."""
    broadcast(running_news(found))
