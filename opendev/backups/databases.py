"""The interface to a database that backups need."""

import os
from pathlib import Path
from typing import Any, Protocol

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.utils import ConnectionHandler

from opendev.backups.archive import Manifest
from opendev.backups.errors import BackupError

Migration = tuple[str, str]


class Staged(Protocol):
    """A backup's database next to the one in use, under a temporary name."""

    url: str
    settings: dict[str, Any]

    def check(self) -> None:
        """Check that the database is not damaged; raise BackupError if it is."""

    def swap(self) -> str:
        """Replace the one in use by it; return where the replaced one is kept, or ""."""

    def drop(self) -> None:
        """Remove it, unless it was swapped in."""


class Database(Protocol):
    """The database of this installation."""

    engine: str
    file_name: str
    workspace: Path

    def copy_to(self, target: Path) -> None:
        """Write a consistent copy; everything acknowledged before the call is in it."""

    def stage(self, source: Path, mark: str) -> Staged:
        """Load a copy under a temporary name that ends with the mark."""


def open_connection(settings: dict[str, Any]) -> BaseDatabaseWrapper:
    """Return a separate connection to the database of these settings; the caller closes it."""
    connection: BaseDatabaseWrapper = ConnectionHandler({"default": settings})["default"]
    return connection


def applied_migrations(connection: BaseDatabaseWrapper) -> set[Migration]:
    """Return the migrations that a database has, each as (app, name).

    Django's MigrationRecorder uses the default connection, even if given another one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return {(app, name) for app, name in cursor.fetchall()}


def check_migrations(connection: BaseDatabaseWrapper, manifest: Manifest) -> list[Migration]:
    """Return the migrations that this version would still apply to a restored database.

    Raises:
        BackupError: the database has migrations that this version does not know.
    """
    known, applied = MigrationLoader(None).disk_migrations, applied_migrations(connection)
    if unknown := sorted(f"{app}.{name}" for app, name in applied - known.keys()):
        raise BackupError(
            f"The backup was made by version {manifest.version}, whose database is ahead of this one's: "
            f"{', '.join(unknown)}. Install that version or a later one."
        )
    return sorted(known.keys() - applied)


def sync_to_disk(path: Path) -> None:
    """Wait until a file or folder is on the disk, so that it survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
