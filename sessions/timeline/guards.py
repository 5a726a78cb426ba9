"""Rules that Django's constraints cannot express, enforced by the database itself: the timeline is append-only.

The wording of a question can be overwritten with `[erased]`, and with nothing else (docs/adr/0071).

The timeline of an existing session cannot be deleted: it is deleted after its session, when an event is erased
(docs/adr/0075). Only that of a rehearsal can be (docs/adr/0065). So that nothing else can become a rehearsal, an event
is one from the start or never, and no session moves into one.

They are installed after every migrate, since Django silently drops triggers when it rebuilds a SQLite table. Before a
migrate they are dropped on SQLite, which parses the triggers of other tables again when a rebuild renames one.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connections

from opendev.core.guards import drop_on_sqlite, refuse_on_sqlite, refusing_function
from opendev.core.text import ERASED

TABLE, EVENTS, SESSIONS = (
    "opendev_sessions_timelineentry",
    "opendev_sessions_event",
    "opendev_sessions_session",
)
NAME = "guard_timeline_stays"
IS_REHEARSED = (
    "EXISTS (SELECT 1 FROM opendev_sessions_session s JOIN opendev_sessions_event e ON e.id = s.event_id"
    " WHERE s.id = OLD.session_id AND e.rehearses_id IS NOT NULL)"
)
IS_THERE = "EXISTS (SELECT 1 FROM opendev_sessions_session s WHERE s.id = OLD.session_id)"
BECOMES_REHEARSAL = "OLD.rehearses_id IS NULL AND NEW.rehearses_id IS NOT NULL"
MOVES_INTO_REHEARSAL = (
    "OLD.event_id <> NEW.event_id"
    " AND EXISTS (SELECT 1 FROM opendev_sessions_event e WHERE e.id = NEW.event_id AND e.rehearses_id IS NOT NULL)"
)
SAME = ("id", "session_id", "at", "verb", "subject", "actor", "actor_name")
IS_ERASED = (
    f"OLD.verb LIKE 'question.%' AND NEW.title = '{ERASED}'"
    f" AND {' AND '.join(f'OLD.{column} IS NOT DISTINCT FROM NEW.{column}' for column in SAME)}"
)
GUARDS = {
    # name: (table, moment, condition under which the row is refused)
    f"{NAME}_update": (TABLE, "UPDATE", f"NOT ({IS_ERASED})"),
    f"{NAME}_delete": (TABLE, "DELETE", f"{IS_THERE} AND NOT {IS_REHEARSED}"),
    "guard_timeline_event_becomes_no_rehearsal": (EVENTS, "UPDATE OF rehearses_id", BECOMES_REHEARSAL),
    "guard_timeline_session_moves_into_no_rehearsal": (SESSIONS, "UPDATE OF event_id", MOVES_INTO_REHEARSAL),
}


def install_guards(*, using: str, **_: Any) -> None:
    """Install the guards; a receiver of `post_migrate`, safe to call at any time."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if not _is_there(connection, cursor):
            return  # migrated back to before it existed
        for name, (table, moment, refused) in GUARDS.items():
            if connection.vendor == "sqlite":
                refuse_on_sqlite(cursor, name, moment, table, refused, says=name)
            elif connection.vendor == "postgresql":
                passes = "OLD" if moment == "DELETE" else "NEW"
                cursor.execute(refusing_function(name, refused, passes=passes))
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER {name} BEFORE {moment} ON {table}"
                    f" FOR EACH ROW EXECUTE FUNCTION {name}()"
                )
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER IF EXISTS {NAME} ON {TABLE}")  # one function for both
            cursor.execute(f"DROP FUNCTION IF EXISTS {NAME}()")


def remove_guards(*, using: str, plan: Sequence[Any] = (), **_: Any) -> None:
    """Drop SQLite's triggers before migrations run; a receiver of `pre_migrate`."""
    drop_on_sqlite(GUARDS, using=using, plan=plan)


def _is_there(connection: Any, cursor: Any) -> bool:
    """Return True if the tables have the columns that the guards use."""
    if TABLE not in connection.introspection.table_names(cursor):
        return False
    columns = connection.introspection.get_table_description(cursor, EVENTS)
    return any(column.name == "rehearses_id" for column in columns)
