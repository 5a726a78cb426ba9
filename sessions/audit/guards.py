"""Guards of the audit log: entries cannot be changed, and not deleted for a month; enforced by the database itself.

The guards are installed after every migrate, since Django silently drops triggers when it rebuilds a SQLite table.
"""

from typing import Any

from django.db import connections

from opendev.core.audit import LEAST_AUDIT_DAYS

TABLE = "opendev_sessions_auditentry"
CHANGED, DELETED = "guard_audit_stays", "guard_audit_is_kept"

ON_SQLITE = (
    f"DROP TRIGGER IF EXISTS {CHANGED}",
    f"CREATE TRIGGER {CHANGED} BEFORE UPDATE ON {TABLE} FOR EACH ROW"
    f" BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END",
    f"DROP TRIGGER IF EXISTS {DELETED}",
    f"CREATE TRIGGER {DELETED} BEFORE DELETE ON {TABLE} FOR EACH ROW"
    f" WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-{LEAST_AUDIT_DAYS} days')"
    f" BEGIN SELECT RAISE(ABORT, '{DELETED}'); END",
)
ON_POSTGRES = f"""
CREATE OR REPLACE FUNCTION {CHANGED}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{CHANGED}', CONSTRAINT = '{CHANGED}';
END $$;
CREATE OR REPLACE TRIGGER {CHANGED} BEFORE UPDATE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION {CHANGED}();
CREATE OR REPLACE FUNCTION {DELETED}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '{LEAST_AUDIT_DAYS} days' THEN RETURN OLD; END IF;
RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{DELETED}', CONSTRAINT = '{DELETED}';
END $$;
CREATE OR REPLACE TRIGGER {DELETED} BEFORE DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION {DELETED}();
CREATE OR REPLACE TRIGGER {DELETED}_whole BEFORE TRUNCATE ON {TABLE}
FOR EACH STATEMENT EXECUTE FUNCTION {DELETED}();
"""


def install_audit_guards(*, using: str, **_: Any) -> None:
    """Refuse changing entries, and deleting young ones; a receiver of `post_migrate`, safe to call at any time."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return  # migrated back to before it existed
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in ON_SQLITE:
                cursor.execute(statement)
        elif connection.vendor == "postgresql":
            cursor.execute(ON_POSTGRES)
