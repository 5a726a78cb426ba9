"""Making a backup."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from opendev import __version__
from opendev.backups.archive import (
    SECRET_KEY,
    Manifest,
    encrypt,
    pack,
    parse_recipients,
)
from opendev.backups.databases import Database, applied_migrations, sync_to_disk
from opendev.backups.errors import BackupError
from opendev.backups.postgresql import PostgresDatabase
from opendev.backups.sqlite import SqliteDatabase

PREFIX = ".companion-backup-"  # of folders with an unencrypted copy while the backup is made
NAME = "companion-{:%Y%m%dT%H%M%SZ}.tar"


def own_database() -> Database:
    """Return the database of this installation."""
    if connection.vendor == "sqlite":
        return SqliteDatabase(connection.settings_dict)
    return PostgresDatabase(connection.settings_dict, url=settings.DATABASE_URL, workspace=settings.VAR_DIR)


def make_backup(target: Path, *, recipients: Sequence[str], now: datetime) -> Path:
    """Write the database and the secret key into one file, while the server runs.

    In a target that is a folder, the file is named after the time.

    Returns:
        The path of the file, which is complete and on the disk.

    Raises:
        BackupError: the file already exists, a recipient is not a key, or the database cannot be copied.
    """
    keys = parse_recipients(recipients)
    if target.is_dir():
        target = target / (NAME.format(now) + (".age" if keys else ""))
    if target.exists():
        raise BackupError(f"{target} is there already; a backup overwrites nothing.")
    database = own_database()
    with private_workspace(database.workspace) as folder:
        migrations = sorted(f"{app}.{name}" for app, name in applied_migrations(connection))
        manifest = Manifest(__version__, now.isoformat(), database.engine, migrations)
        connection.close()
        copy, key = folder / database.file_name, folder / SECRET_KEY
        database.copy_to(copy)
        key.write_text(settings.SECRET_KEY, encoding="utf-8")
        archive = folder / "archive.tar"
        pack(manifest, [key, copy], archive)
        copy.unlink()
        _publish(archive, target, keys)
    return target


def _publish(archive: Path, target: Path, keys: Sequence[object]) -> None:
    """Write the archive next to the target, and only give it its name once it is complete."""
    draft = target.with_name(f".{target.name}.part")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            if keys:
                encrypt(archive, file, keys)
            else:
                with archive.open("rb") as plain:
                    shutil.copyfileobj(plain, file, 1024 * 1024)
            file.flush()
            os.fsync(file.fileno())
        _name_anew(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    sync_to_disk(target.parent)


def _name_anew(draft: Path, target: Path) -> None:
    """Rename, without overwriting a file that was put there meanwhile."""
    try:
        os.link(draft, target)
    except FileExistsError:
        raise BackupError(f"{target} is there already; a backup overwrites nothing.") from None
    except OSError:  # a file system without hard links
        os.rename(draft, target)


@contextmanager
def private_workspace(parent: Path) -> Iterator[Path]:
    """Make a folder that only our account can read, and remove it afterwards.

    Only one process at a time works there, so leftovers of a killed one can be removed.
    """
    with (settings.VAR_DIR / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupError("Another backup or restore is under way here.") from None
        for left in parent.glob(f"{PREFIX}*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=parent) as folder:
            yield Path(folder)
