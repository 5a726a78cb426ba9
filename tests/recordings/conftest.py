"""Recordings as their viewers and moderators meet them."""

from tests.room.conftest import browser_of

__all__ = ["browser_of"]
