"""Registrations as organisers bring them, and as those who registered join."""

from tests.room.conftest import browser_of, counts_of_tries_begin_anew

__all__ = ["browser_of", "counts_of_tries_begin_anew"]
