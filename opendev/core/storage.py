"""Whether the database accepts writes: a standby, a full disk or a read-only file still answers every read."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from opendev.core import outages

READ_ONLY = "SHOW transaction_read_only"  # on a standby too


class StoresNothing(Exception):
    """The database answers, but accepts no writes."""


def check_takes_writes() -> None:
    """Check whether the database accepts writes, and log the beginning and the end of an outage.

    Raises:
        StoresNothing: logged once for the outage.
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
    """Take and release the write lock; during an outage overwrite a number with itself, which a full disk refuses.

    If another connection is writing, that is a good sign, so there is no waiting for it.
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
