"""Each test has a database of its own, on SQLite and on PostgreSQL, that an attacker then gets a copy of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.factories.databases import connected_to
from tests.secrecy.dumps import Dump, dump_postgres, dump_sqlite
from tests.support.databases import SqliteFiles
from tests.support.inner_server import own_file
from tests.support.programs import find


@dataclass
class Copied:
    """A database, and how a copy of it is taken."""

    kind: str
    dump: Callable[[], Dump]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_files: SqliteFiles, django_db_blocker: Any
) -> Iterator[Copied]:
    if request.param == "sqlite":
        path, folder = tmp_path / "db.sqlite3", tmp_path / "copies"
        folder.mkdir()
        sqlite_files.copy_to(path)
        with django_db_blocker.unblock(), own_file(path):
            yield Copied("sqlite", lambda: dump_sqlite(path, folder))
        return
    url = request.getfixturevalue("fresh_database")()
    pg_dump = find("pg_dump", also="/usr/lib/postgresql:*/bin/pg_dump")
    with django_db_blocker.unblock(), connected_to(url):
        yield Copied("postgresql", lambda: dump_postgres(url, str(pg_dump)))
