"""What is sent to the sockets of a session about its run sheet."""

from opendev.core.live import broadcast
from sessions.run_sheet.news import plan_news, running_news
from sessions.run_sheet.selectors import SheetWithItems


def plan_changed(found: SheetWithItems) -> None:
    """Send the plan to the session's moderators, after the commit."""
    broadcast(plan_news(found))


def running_changed(found: SheetWithItems) -> None:
    """Send the running item to the session's sockets, after the commit."""
    broadcast(running_news(found))
