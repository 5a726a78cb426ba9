"""Erasing is tried on both databases."""

from tests.polls.conftest import database, shared_postgres_url

__all__ = ["database", "shared_postgres_url"]
