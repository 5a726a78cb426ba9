"""Browsers and attendees for every kind's doors, as in tests/room."""

from tests.room.conftest import ada, browser_of, counts_of_tries_begin_anew, live, public_origin, session

__all__ = ["ada", "browser_of", "counts_of_tries_begin_anew", "live", "public_origin", "session"]
