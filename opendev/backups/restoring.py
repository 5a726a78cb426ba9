"""Restore a backup, or check that it can be restored."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connections

from opendev.backups.archive import (
    SECRET_KEY,
    Manifest,
    decrypt,
    is_encrypted,
    read_identities,
    unpack,
)
from opendev.backups.databases import Staged, check_migrations, open_connection
from opendev.backups.errors import BackupError
from opendev.backups.making import own_database, private_workspace

Say = Callable[[str], None]


def check_backup(file: Path, *, identity: Path | None, now: datetime, say: Say) -> None:
    """Restore a backup next to the database in use, check it, and remove it again.

    Raises:
        BackupError: it cannot be restored.
    """
    with _staged(file, identity=identity, now=now, migrates=True, say=say):
        pass


def restore_backup(file: Path, *, identity: Path | None, now: datetime, migrates: bool, say: Say) -> None:
    """Replace the database and the secret key in use with a backup, and keep the old ones under another name.

    Raises:
        BackupError: it cannot be restored, or the server is running; nothing was changed.
    """
    with _staged(file, identity=identity, now=now, migrates=migrates, say=say) as (staged, secret_key):
        connections.close_all()  # our own connection would be in the way
        aside = staged.swap()
        if aside:
            say(f"The database that was in use is kept as {aside}. Remove it when you no longer need it.")
        _put_secret_key(secret_key, now=now, is_replaced=bool(aside), say=say)


@contextmanager
def _staged(
    file: Path, *, identity: Path | None, now: datetime, migrates: bool, say: Say
) -> Iterator[tuple[Staged, str]]:
    """Load a backup under a temporary name, and check it: hashes, the database's own check, migrations, tallies."""
    database = own_database()
    with private_workspace(database.workspace) as folder:
        manifest = _read(file, folder, identity)
        if manifest.engine != database.engine:
            raise BackupError(
                f"This is a backup of {manifest.engine}, but DATABASE_URL names {database.engine}."
            )
        say(f"Made on {manifest.made_at} by version {manifest.version}; the hashes match.")
        staged = database.stage(folder / database.file_name, f"{now:%Y%m%d_%H%M%S}")
        try:
            staged.check()
            _bring_up_to_date(staged, manifest, migrates=migrates, say=say)
            say(_manage("recount", staged.url).strip())
            yield staged, (folder / SECRET_KEY).read_text(encoding="utf-8").strip()
        finally:
            staged.drop()


def _read(file: Path, folder: Path, identity: Path | None) -> Manifest:
    if not is_encrypted(file):
        return unpack(file, folder)
    if identity is None:
        raise BackupError(f"{file} is encrypted. Name the key file with --identity.")
    plain = folder / "archive.tar"
    decrypt(file, plain, read_identities(identity))
    manifest = unpack(plain, folder)
    plain.unlink()
    return manifest


def _bring_up_to_date(staged: Staged, manifest: Manifest, *, migrates: bool, say: Say) -> None:
    connection = open_connection(staged.settings)
    try:
        missing = check_migrations(connection, manifest)
    finally:
        connection.close()
    if not missing:
        say("The migrations match this version.")
    elif migrates:
        _manage("migrate", staged.url, "--noinput", "--verbosity=0")
        say(f"Migrated to this version: {len(missing)} migrations.")
    else:
        raise BackupError(
            f"The backup is from version {manifest.version}, {len(missing)} migrations behind: add --migrate."
        )


def _manage(command: str, url: str, *arguments: str) -> str:
    """Run one of our commands on another database, and return its output."""
    answer = subprocess.run(
        [sys.executable, "-m", "django", command, *arguments],
        cwd=settings.ROOT,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise BackupError(f"The restored database fails `{command}`: {answer.stderr.strip()}")
    return answer.stdout


def _put_secret_key(key: str, *, now: datetime, is_replaced: bool, say: Say) -> None:
    """Store the backup's key where this installation keeps its own, unless the environment sets one."""
    if key == settings.SECRET_KEY:
        return
    path = settings.SECRET_KEY_FILE
    if path is None:
        say(
            "SECRET_KEY in the environment differs from the backup's. Sign-ins, passes, personal links and "
            "stored keys of pad servers stay void until you set SECRET_KEY to the backup's key, or add that "
            f"key to SECRET_KEY_FALLBACKS. You can find it in the backup, in the file {SECRET_KEY}."
        )
        return
    if is_replaced:
        os.rename(path, path.with_name(f"{path.name}.before-{now:%Y%m%d_%H%M%S}"))
    draft = path.with_name(f".{path.name}.restored")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    say("The backup's secret key is now in use.")
