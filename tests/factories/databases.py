"""The same test on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import environ
import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from opendev.databases import database_settings
from tests.support.databases import Postgres, SqliteFiles
from tests.support.inner_server import own_file
from tests.support.server import clean_environment


@contextmanager
def connected_to(url: str) -> Iterator[None]:
    """Have the default connection of this process lead to another database meanwhile.

    With the product's options: without them SQLite says "database is locked" at once where a transaction that has read
    wants to write and another process wrote in between.
    """
    wanted = database_settings(environ.Env.db_url_config(url), settings.VAR_DIR)
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


@pytest.fixture(scope="module")
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A cluster that keeps what it acknowledged when it is killed, and that no other module uses."""
    folder = tmp_path_factory.mktemp("postgres")
    cluster = Postgres(clean_environment(VAR_DIR=str(folder)), durable=True)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
