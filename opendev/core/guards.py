"""Rules that the database enforces with triggers, on SQLite and PostgreSQL."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections


def refuse_on_sqlite(cursor: Any, trigger: str, moment: str, table: str, refused: str, *, says: str) -> None:
    """Install or replace a trigger that refuses rows for which the condition holds, with its message.

    Args:
        moment: such as `INSERT`, or `UPDATE OF kind, family`.
        refused: a condition on NEW, OLD or both.
    """
    cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    cursor.execute(
        f"CREATE TRIGGER {trigger} BEFORE {moment} ON {table} FOR EACH ROW WHEN {refused}"
        f" BEGIN SELECT RAISE(ABORT, '{says}'); END"
    )


def refusing_function(name: str, refused: str, *, passes: str) -> str:
    """Return the PostgreSQL statement for a trigger's function: it refuses a row like a failed check, or passes it on.

    Args:
        passes: `NEW`, `OLD`, or `NULL` for triggers that come after.
    """
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {refused} THEN RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{name}',"
        f" CONSTRAINT = '{name}'; END IF; RETURN {passes}; END $$"
    )


def drop_on_sqlite(triggers: Iterable[str], *, using: str, plan: Sequence[Any]) -> None:
    """Drop SQLite's triggers before migrations: rebuilding a table parses the triggers of other tables again."""
    connection = connections[using]
    if connection.vendor == "sqlite" and plan:
        with connection.cursor() as cursor:
            for trigger in triggers:
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")
