"""Backup and restore of SQLite's file."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from opendev.backups.databases import open_connection, sync_to_disk
from opendev.backups.errors import BackupError

BESIDE = ("", "-wal", "-shm")


class SqliteDatabase:
    """The installation's file."""

    engine, file_name = "sqlite", "database.sqlite3"

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.path = Path(settings["NAME"]).absolute()
        self.workspace = self.path.parent

    def copy_to(self, target: Path) -> None:
        """Copy everything that is committed when the call begins. It only reads, so votes go on meanwhile.

        VACUUM INTO leaves out deleted data, and includes the write-ahead log.
        It does not wait for the disk, so we do.
        """
        if not self.path.exists():
            raise BackupError(f"There is no database at {self.path}.")
        connection = open_connection(
            self.settings
        )  # Django's connection: VACUUM compiles the constraints, which call Django's functions
        try:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(target)])
        finally:
            connection.close()
        sync_to_disk(target)

    def stage(self, source: Path, mark: str) -> "StagedFile":
        """Use a copy in its place: in the workspace, on the same disk, so that the swap is a rename."""
        return StagedFile(self, source, mark)


class StagedFile:
    """A restored file in the workspace."""

    def __init__(self, database: SqliteDatabase, path: Path, mark: str) -> None:
        self.database, self.path, self.mark = database, path, mark
        self.url = f"sqlite:///{path}"
        self.settings = {**database.settings, "NAME": str(path)}

    def check(self) -> None:
        """Let SQLite check each page, index, constraint and reference."""
        connection = open_connection(self.settings)
        try:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA integrity_check(5)")
                problems = [row[0] for row in cursor.fetchall() if row[0] != "ok"]
                cursor.execute("PRAGMA foreign_key_check")
                problems += [f"{row[0]} {row[1]} points at nothing in {row[2]}" for row in cursor.fetchall()]
        finally:
            connection.close()
        if problems:
            raise BackupError(f"The database of the backup is damaged: {'; '.join(problems[:5])}.")

    def swap(self) -> str:
        """Rename both files. The old one's log is renamed with it: next to the new one it would destroy it.

        Raises:
            BackupError: the database in use is open elsewhere.
        """
        active = self.database.path
        was_there = active.exists()
        if was_there and is_open_elsewhere(active):
            raise BackupError(f"Stop the server first: {active} is open in another process.")
        if is_open_elsewhere(self.path):  # moves our own commands' log into the file
            raise BackupError(f"{self.path} is open in another process.")
        sync_to_disk(self.path)
        aside = active.with_name(f"{active.name}.before-{self.mark}")
        for ending in BESIDE:
            with suppress(FileNotFoundError):
                os.rename(f"{active}{ending}", f"{aside}{ending}")
        os.rename(self.path, active)
        sync_to_disk(active.parent)
        return str(aside) if was_there else ""

    def drop(self) -> None:
        """Do nothing: it is removed with the workspace."""


def is_open_elsewhere(path: Path) -> bool:
    """Return True if another connection has the file open.

    Switching the write-ahead log off needs exclusive access, and moves its content into the file.
    The server switches it on again when it starts.
    """
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=0)) as own:
            [mode] = own.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:  # damaged, which may be why it is replaced
        return False
    return bool(mode != "delete")
