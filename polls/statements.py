"""Statements in the words of both databases, and how a batch of rows travels in one.

On SQLite a batch travels as one JSON array, on PostgreSQL as arrays in their text form, since psycopg writes a list an
item at a time; both beside one blob that holds all binary values end to end, cut in SQL. They are joined as pairs: with
`key = ANY(...)` PostgreSQL's planner, having no statistics yet for a fresh poll, reads the whole poll for every batch.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connection


def is_sqlite() -> bool:
    """Return True on SQLite."""
    return connection.vendor == "sqlite"


@contextmanager
def sent_together() -> Iterator[None]:
    """Send statements without waiting for the answer of each; what one of them breaks is raised at the end.

    On PostgreSQL every wait gives the interpreter to the loop, and takes up to 5 ms to get it back in a storm.
    """
    if is_sqlite():
        yield
        return
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


Value = int | bool | None
Statement = tuple[str, str, list[Any]]  # the words for SQLite, those for PostgreSQL, and what either is given


def rows_of(sqlite: str, postgres: str, given: list[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement."""
    with connection.cursor() as cursor:
        execute(cursor, sqlite, postgres, given)
        return list(cursor.fetchall())


def run(sqlite: str, postgres: str, given: list[Any]) -> None:
    """Execute a statement that gives nothing back."""
    with connection.cursor() as cursor:
        execute(cursor, sqlite, postgres, given)


def execute(cursor: Any, sqlite: str, postgres: str, given: list[Any]) -> None:
    """Execute a statement in the words of this database."""
    cursor.execute(sqlite if is_sqlite() else postgres, given)


def ids_as_text(ids: Collection[int]) -> list[str]:
    """Return ids as this database takes them: a JSON array, or an array."""
    return [json.dumps(list(ids)) if is_sqlite() else array_of(ids)]


def table_of(rows: Sequence[Sequence[Value]]) -> list[str]:
    """Return rows as this database takes them: a JSON array of them, or an array a column."""
    return [json.dumps(rows)] if is_sqlite() else [array_of(column) for column in zip(*rows, strict=True)]


def array_of(values: Iterable[Value]) -> str:
    """Return a PostgreSQL array of whole numbers or truths in its text form."""
    texts = ["NULL" if value is None else str(value) for value in values]
    return f"{{{','.join(texts)}}}"


def rows_of_all(*statements: Statement) -> list[list[tuple[Any, ...]]]:
    """Return the rows of statements that are sent together."""
    with ExitStack() as stack:
        cursors = [stack.enter_context(connection.cursor()) for _ in statements]
        with sent_together():
            for cursor, statement in zip(cursors, statements, strict=True):
                execute(cursor, *statement)
        return [list(cursor.fetchall()) for cursor in cursors]


def among() -> str:
    """Return the condition that a column is among ids, as `ids_as_text` gives them."""
    return "IN (SELECT value FROM json_each(%s))" if is_sqlite() else "= ANY(%s::bigint[])"
