"""Where a merged migration looks for it."""

from sessions.follow_ups.models import new_line_code

__all__ = ["new_line_code"]
