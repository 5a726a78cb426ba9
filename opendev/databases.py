"""Settings of the database connection: nothing acknowledged is lost, and nothing waits for ever."""

from pathlib import Path
from typing import Any

SQLITE = "django.db.backends.sqlite3"

# One writer at a time on SQLite: IMMEDIATE takes the lock when a transaction begins, so the busy timeout applies and
# "database is locked" does not strike half-way. FULL: acknowledged data survives a power cut.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
}
# To notice when the database's host vanishes; if it is the same machine these mean nothing.
POSTGRES_OPTIONS = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def database_settings(database: dict[str, Any], var_dir: Path) -> dict[str, Any]:
    """Return Django's settings for a database; options of its URL win over ours on PostgreSQL."""
    kept = {**database, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    if database["ENGINE"] == SQLITE:
        return {**kept, "OPTIONS": SQLITE_OPTIONS, "TEST": {"NAME": str(var_dir / "test.sqlite3")}}
    # With PgBouncer in transaction mode a cursor ends with its transaction; exports read their rows at once.
    kept.setdefault("DISABLE_SERVER_SIDE_CURSORS", True)
    return {**kept, "OPTIONS": {**POSTGRES_OPTIONS, **database.get("OPTIONS", {})}}
