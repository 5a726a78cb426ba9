"""The stages of the faults, and the table at the end. `make soak` lets each fault strike ten times."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from opendev.home.management.commands.serve import server_command
from tests.conftest import link_static
from tests.factories.databases import connected_to, own_postgres
from tests.faults.stage import Stage, table
from tests.journeys.conftest import play, shared_demo
from tests.support.databases import Postgres
from tests.support.inner_server import own_file
from tests.support.server import Server, clean_environment

__all__ = ["own_postgres", "play", "shared_demo"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every fault takes `seed`; under `--soak` it comes ten times."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(10 if metafunc.config.getoption("soak") else 1))


@pytest.fixture
def only_in_soak(soaks: bool) -> None:
    """Both hangs take half a minute; killed and restarted ones stay in the gate."""
    if not soaks:
        pytest.skip("`make soak` has it")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for line in table():
        terminalreporter.write_line(line)


@pytest.fixture
def on_sqlite(start_server: Any, django_db_blocker: Any) -> Iterator[Stage]:
    """One process on SQLite, as `make run` starts it."""
    server = start_server(start=False)
    with django_db_blocker.unblock():
        stage = Stage(server, partial(own_file, server.folder / "db.sqlite3"))
        stage.start()
        yield stage


@pytest.fixture
def own_connection(own_postgres: Postgres) -> Callable[[], AbstractContextManager[Any]]:
    return partial(connected_to, own_postgres.fresh_database())


@pytest.fixture
def on_two_workers(
    start_server: Any, own_postgres: Postgres, own_redis: Any, django_db_blocker: Any
) -> Iterator[Stage]:
    """Two workers on PostgreSQL and Redis of their own."""
    url = own_postgres.fresh_database()
    server = start_server(database=url, REDIS_URL=own_redis.url, WORKERS="2", start=False)
    with django_db_blocker.unblock():
        stage = Stage(server, partial(connected_to, url))
        stage.start(workers=2)
        yield stage


class FatalServer(Server):
    """Serves tests.faults.fatal with the flags of `manage.py serve`."""

    def command(self) -> list[str]:
        command = server_command(host="127.0.0.1", port=self.port, workers=2)
        return [
            "tests.faults.fatal:application" if part == "opendev.asgi:application" else part
            for part in command
        ]


@pytest.fixture
def on_two_fatal_workers(
    tmp_path: Path, collected_static: Path, own_postgres: Postgres, own_redis: Any, django_db_blocker: Any
) -> Iterator[Stage]:
    """Two workers, of which the one dies that finds a file after a commit."""
    url, folder = own_postgres.fresh_database(), tmp_path / "fatal"
    link_static(collected_static, folder)
    server = FatalServer(folder, clean_environment(DATABASE_URL=url, REDIS_URL=own_redis.url, WORKERS="2"))
    try:
        with django_db_blocker.unblock():
            stage = Stage(server, partial(connected_to, url))
            stage.start(workers=2)
            yield stage
    finally:
        server.stop()
