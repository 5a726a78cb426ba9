"""Exports as those who may have them fetch them."""

from tests.room.conftest import browser_of

__all__ = ["browser_of"]
