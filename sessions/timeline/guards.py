"""Rules that Django's constraints cannot say, kept by the database itself: what stands in the timeline stays.

They are installed anew after every migrate, since Django's table remake on SQLite drops triggers silently.
"""

from typing import Any

from django.db import connections

TABLE = "opendev_sessions_timelineentry"
NAME = "guard_timeline_stays"


def install_guards(*, using: str, **_: Any) -> None:
    """Refuse changing and deleting entries; a receiver of `post_migrate`, safe to call again at any time."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return  # migrated backwards to before it existed
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for event in ("UPDATE", "DELETE"):
                trigger = f"{NAME}_{event.lower()}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")
                cursor.execute(
                    f"CREATE TRIGGER {trigger} BEFORE {event} ON {TABLE} FOR EACH ROW"
                    f" BEGIN SELECT RAISE(ABORT, '{NAME}'); END"
                )
        elif connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{NAME}',"
                f" CONSTRAINT = '{NAME}'; END $$"
            )
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {NAME} BEFORE UPDATE OR DELETE ON {TABLE}"
                f" FOR EACH ROW EXECUTE FUNCTION {NAME}()"
            )
