"""Rules that the database keeps by itself, as triggers: how one is said to SQLite and to PostgreSQL."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections


def refuse_on_sqlite(cursor: Any, trigger: str, moment: str, table: str, refused: str, *, says: str) -> None:
    """Install a trigger, anew: rows for which the condition holds are refused with what it says.

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
    """Return the PostgreSQL statement for a trigger's function: it refuses as a broken check would, or passes a row on.

    Args:
        passes: `NEW`, `OLD`, or `NULL` for triggers that come after.
    """
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {refused} THEN RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{name}',"
        f" CONSTRAINT = '{name}'; END IF; RETURN {passes}; END $$"
    )


def drop_on_sqlite(triggers: Iterable[str], *, using: str, plan: Sequence[Any]) -> None:
    """Take SQLite's triggers away before migrations: a remake of a table reads those of other tables again."""
    connection = connections[using]
    if connection.vendor == "sqlite" and plan:
        with connection.cursor() as cursor:
            for trigger in triggers:
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")
