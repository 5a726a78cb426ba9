"""Polls are proven on both databases."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.factories.databases import committing_postgres, committing_sqlite, connected_to, rolled_back

__all__ = ["committing_postgres", "committing_sqlite"]


@pytest.fixture(scope="session")
def shared_postgres_url(fresh_database: Callable[..., str]) -> str:
    """A PostgreSQL database for tests that roll back."""
    return fresh_database()


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.django_db), "postgresql"])
def database(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[str]:
    """The test runs once on each database, and leaves nothing in it."""
    if request.param == "sqlite":
        yield "sqlite"  # the mark has pytest-django open and roll back its own
        return
    url = request.getfixturevalue("shared_postgres_url")
    with django_db_blocker.unblock(), connected_to(url), rolled_back():
        yield "postgresql"
