"""Erasing is tried on both databases."""

from tests.polls.conftest import committing_postgres, committing_sqlite, database, shared_postgres_url

__all__ = ["committing_postgres", "committing_sqlite", "database", "shared_postgres_url"]
