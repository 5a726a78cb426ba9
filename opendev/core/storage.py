"""Whether the database takes writes: a standby, a full disk or a read-only file answers every read."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from opendev.core import outages

READ_ONLY = "SHOW transaction_read_only"  # on a standby too


class StoresNothing(Exception):
    """The database answers, and takes no writes."""


def check_takes_writes() -> None:
    """Ask the database whether it takes writes, and note the begin and the end of an outage.

    Raises:
        StoresNothing: the log has been told, once for the outage.
    """
    try:
        _ask_sqlite() if connection.vendor == "sqlite" else _ask_postgres()
    except StoresNothing as error:
        outages.storage.began(error)
        raise
    outages.storage.ended()


def _ask_postgres() -> None:
    with connection.cursor() as cursor:
        cursor.execute(READ_ONLY)
        if cursor.fetchone() == ("on",):
            raise StoresNothing("it is read-only, as a standby is")


def _ask_sqlite() -> None:
    """Take the lock for writing and let it go; during an outage write a number over itself, which a full disk refuses.

    Somebody else who writes just now is a good sign, so nobody is waited for.
    """
    path = Path(connection.settings_dict["NAME"])
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=0, isolation_level=None)
        ) as own:
            own.execute("BEGIN IMMEDIATE")
            if outages.storage.is_on:
                [number] = own.execute("PRAGMA user_version").fetchone()
                own.execute(f"PRAGMA user_version = {number:d}")
            own.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise StoresNothing(str(error)) from error
