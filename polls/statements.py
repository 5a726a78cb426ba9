"""SQL statements for both databases, and batches of rows as their parameters.

On SQLite a batch is one JSON array, on PostgreSQL arrays in their text form, since psycopg writes lists item by item.
In both, one blob contains all binary values end to end, cut in SQL. They are joined as pairs: with
`key = ANY(...)`, PostgreSQL's planner, without statistics for a new poll, reads the whole poll for every batch.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections


def is_sqlite() -> bool:
    """Return True on SQLite."""
    # Asked some twenty times a batch; `connection.vendor` would look for this thread's connection each time.
    return "sqlite" in connections.settings[DEFAULT_DB_ALIAS]["ENGINE"]


@contextmanager
def sent_together() -> Iterator[None]:
    """Send statements without waiting for each answer; errors are raised at the end.

    On PostgreSQL every wait releases the interpreter to the loop, and takes up to 5 ms to get it back in a storm.
    """
    if is_sqlite():
        yield
        return
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


Value = int | bool | None
Statement = tuple[str, str, list[Any]]  # the SQL for SQLite, the SQL for PostgreSQL, and the parameters


def rows_of(sqlite: str, postgres: str, given: list[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement."""
    with connection.cursor() as cursor:
        execute(cursor, sqlite, postgres, given)
        return list(cursor.fetchall())


def run(sqlite: str, postgres: str, given: list[Any]) -> None:
    """Execute a statement without a result."""
    with connection.cursor() as cursor:
        execute(cursor, sqlite, postgres, given)


def execute(cursor: Any, sqlite: str, postgres: str, given: list[Any]) -> None:
    """Execute a statement in this database's SQL."""
    cursor.execute(sqlite if is_sqlite() else postgres, given)


def ids_as_text(ids: Collection[int]) -> list[str]:
    """Return ids as a parameter for this database: a JSON array, or an array."""
    return [json.dumps(list(ids)) if is_sqlite() else array_of(ids)]


def table_of(rows: Sequence[Sequence[Value]]) -> list[str]:
    """Return rows as a parameter for this database: a JSON array of rows, or one array per column."""
    return [json.dumps(rows)] if is_sqlite() else [array_of(column) for column in zip(*rows, strict=True)]


def array_of(values: Iterable[Value]) -> str:
    """Return a PostgreSQL array of integers or booleans in its text form."""
    texts = ["NULL" if value is None else str(value) for value in values]
    return f"{{{','.join(texts)}}}"


def rows_of_all(*statements: Statement) -> list[list[tuple[Any, ...]]]:
    """Send statements together and return their rows."""
    if is_sqlite():
        return [rows_of(*statement) for statement in statements]
    with ExitStack() as stack:
        cursors = [stack.enter_context(connection.cursor()) for _ in statements]
        with sent_together():
            for cursor, statement in zip(cursors, statements, strict=True):
                execute(cursor, *statement)
        return [list(cursor.fetchall()) for cursor in cursors]


def among() -> str:
    """Return the condition that a column is among ids from `ids_as_text`."""
    return "IN (SELECT value FROM json_each(%s))" if is_sqlite() else "= ANY(%s::bigint[])"
