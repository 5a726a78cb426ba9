"""Where a merged migration looks for it."""

from sessions.programme.models.sessions import new_code

__all__ = ["new_code"]
