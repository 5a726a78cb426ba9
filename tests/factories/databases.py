"""The same test on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import environ
import pytest
from django.db import connection, connections, transaction

from tests.support.databases import SqliteFiles
from tests.support.inner_server import own_file


@contextmanager
def connected_to(url: str) -> Iterator[None]:
    """Have the default connection of this process lead to another database meanwhile."""
    wanted = {**environ.Env.db_url_config(url), "CONN_MAX_AGE": None}
    usual_settings, usual_connection = connections.settings["default"], connections["default"]
    connections.settings["default"] = connections.configure_settings({"default": wanted})["default"]
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = usual_settings
        connections["default"] = usual_connection


@contextmanager
def rolled_back() -> Iterator[None]:
    """Leave nothing in the database; what only a commit would check is checked all the same."""
    with transaction.atomic():
        yield
        if not connection.needs_rollback:
            connection.check_constraints()
        transaction.set_rollback(True)


@pytest.fixture
def committing_sqlite(tmp_path: Path, sqlite_files: SqliteFiles, django_db_blocker: Any) -> Iterator[None]:
    """A SQLite file of this test's own, in which transactions commit, for several threads."""
    sqlite_files.copy_to(tmp_path / "own.sqlite3")
    with django_db_blocker.unblock(), own_file(tmp_path / "own.sqlite3"):
        yield


@pytest.fixture
def committing_postgres(fresh_database: Callable[..., str], django_db_blocker: Any) -> Iterator[str]:
    """A PostgreSQL database of this test's own, in which transactions commit; its URL."""
    url = fresh_database()
    with django_db_blocker.unblock(), connected_to(url):
        yield url
