"""The same test on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager

import environ
from django.db import connection, connections, transaction


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
