"""`manage.py backup` and `restore`: what goes in comes out, and what cannot be restored changes nothing."""

import io
import json
import sqlite3
import stat
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from opendev.machine import read_or_make_secret_key
from tests.factories.databases import connected_to
from tests.support.inner_server import own_file

pytestmark = [pytest.mark.usefixtures("unblocked"), pytest.mark.timeout(300)]

CODES = "SELECT code FROM opendev_sessions_session ORDER BY id"


class Installation:
    """A folder with a database and a secret key of its own; its commands run in this process."""

    def __init__(self, folder: Path, url: str = "") -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.database, self.url = folder, folder / "db.sqlite3", url

    def manage(self, *arguments: str) -> str:
        key = self.folder / "secret_key"
        said = io.StringIO()
        connected = connected_to(self.url) if self.url else own_file(self.database)
        values = {"VAR_DIR": self.folder, "SECRET_KEY": read_or_make_secret_key(key), "SECRET_KEY_FILE": key}
        with connected, override_settings(**values, DATABASE_URL=self.url, BACKUP_RECIPIENTS=[]):
            call_command(*arguments, stdout=said)
        return said.getvalue()

    def refuses(self, *arguments: str) -> str:
        with pytest.raises(CommandError) as refusal:
            self.manage(*arguments)
        return str(refusal.value)

    def codes(self) -> list[str]:
        with closing(sqlite3.connect(self.database)) as connection:
            return [code for (code,) in connection.execute(CODES)]

    @property
    def secret_key(self) -> str:
        return (self.folder / "secret_key").read_text()

    def names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


def status(server) -> int:
    with server.http() as visitor:
        return visitor.get("/").status_code


@pytest.fixture
def unblocked(django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def demo(tmp_path: Path, sqlite_files) -> Installation:
    """An installation with the demo event."""
    installation = Installation(tmp_path / "first")
    sqlite_files.copy_to(installation.database, demo=True)
    return installation


@pytest.fixture
def empty(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "second")


@pytest.fixture
def backup(demo: Installation, tmp_path: Path) -> Path:
    return Path(demo.manage("backup", str(tmp_path)).strip())


def test_backup_is_restored_into_an_empty_folder_with_its_secret_key(
    demo: Installation, empty: Installation, backup: Path
):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert backup.name.startswith("companion-")
    with tarfile.open(backup) as tar:
        assert tar.getnames() == ["manifest.json", "secret_key", "database.sqlite3"]
        file = tar.extractfile("manifest.json")
        assert file is not None
        assert json.load(file)["engine"] == "sqlite"
    said = empty.manage("restore", str(backup))
    assert "Restored." in said
    assert empty.codes() == demo.codes() != []
    assert empty.secret_key == demo.secret_key
    assert empty.names() == {"db.sqlite3", "secret_key", "backup.lock"}


def test_restore_keeps_what_was_in_use_and_takes_its_log_away(demo: Installation, backup: Path):
    with closing(sqlite3.connect(demo.database)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE later (x)")
        connection.commit()
        stale = Path(f"{demo.database}-wal").read_bytes()
    Path(f"{demo.database}-wal").write_bytes(stale)  # as a crash leaves it
    said = demo.manage("restore", str(backup))
    [aside] = [name for name in demo.names() if ".before-" in name]
    assert aside in said
    assert not Path(f"{demo.database}-wal").exists()
    with closing(sqlite3.connect(demo.database)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'later'").fetchone() is None
    with closing(sqlite3.connect(demo.folder / aside)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'later'").fetchone()


def test_backup_overwrites_nothing_and_refuses_what_is_no_key(demo: Installation, backup: Path):
    before = backup.read_bytes()
    assert "overwrites nothing" in demo.refuses("backup", str(backup))
    assert backup.read_bytes() == before
    assert "is no recipient" in demo.refuses("backup", str(backup.parent), "--recipient", "age1nonsense")
    assert "No such file" in demo.refuses("backup", str(backup.parent / "nowhere" / "file"))
    assert [name for name in demo.names() if name.startswith(".")] == []


def test_encrypted_backup_opens_with_its_key_alone_and_leaves_nothing_when_it_is_truncated(
    demo: Installation, tmp_path: Path
):
    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    key, wrong = tmp_path / "key.txt", tmp_path / "wrong.txt"
    key.write_text(f"# created: today\n# public key: {identity.to_public()}\n{identity}\n")
    wrong.write_text(f"{other}\n")
    path = Path(demo.manage("backup", str(tmp_path), "--recipient", str(identity.to_public())).strip())
    assert path.suffix == ".age"
    assert demo.secret_key.encode() not in path.read_bytes()
    assert "This backup restores." in demo.manage("restore", str(path), "--check", "--identity", str(key))
    assert "--identity" in demo.refuses("restore", str(path))
    assert "cannot be decrypted" in demo.refuses("restore", str(path), "--identity", str(wrong))
    cut = tmp_path / "cut.age"
    cut.write_bytes(path.read_bytes()[:-100_000])
    assert "cannot be decrypted" in demo.refuses("restore", str(cut), "--identity", str(key))
    assert [name for name in demo.names() if name.startswith(".") or "before" in name] == []


def test_damaged_backup_is_refused(demo: Installation, backup: Path, tmp_path: Path):
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    damaged = tmp_path / "damaged.tar"
    damaged.write_bytes(content)
    assert "is damaged" in demo.refuses("restore", str(damaged))
    damaged.write_bytes(content[:5000])
    assert "damaged" in demo.refuses("restore", str(damaged))
    damaged.write_bytes(b"something else")
    assert "is no backup" in demo.refuses("restore", str(damaged))


def test_backup_of_an_earlier_version_is_brought_up_to_date_when_asked(
    demo: Installation, empty: Installation, tmp_path: Path
):
    demo.manage("migrate", "etherpad_links", "0004", "--verbosity=0")
    path = demo.manage("backup", str(tmp_path)).strip()
    assert "This backup restores." in demo.manage("restore", path, "--check")
    assert "add --migrate" in empty.refuses("restore", path)
    assert not empty.database.exists()
    assert "Migrated to this version" in empty.manage("restore", path, "--migrate")
    empty.manage("migrate", "--check")


def test_restore_waits_for_the_server_to_be_stopped_and_a_check_does_not(start_server, tmp_path: Path):
    server = start_server(demo=True)
    path = server.manage("backup", str(tmp_path)).strip()
    assert "This backup restores." in server.manage("restore", path, "--check")
    with pytest.raises(AssertionError, match="Stop the server first"):
        server.manage("restore", path)
    assert status(server) == 200
    server.stop()
    assert "Restored." in server.manage("restore", path)
    server.start()
    assert status(server) == 200


def test_backup_of_postgresql_is_restored_once_nobody_is_connected(
    fresh_database, postgres_url: str, tmp_path: Path
):
    url = fresh_database(demo=True)
    installation = Installation(tmp_path / "postgresql", url)
    path = installation.manage("backup", str(tmp_path)).strip()
    assert "This backup restores." in installation.manage("restore", path, "--check")
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE polls_option SET text = 'lost'")
        connection.commit()
        assert "Stop the server first" in installation.refuses("restore", path)
    assert "Restored." in installation.manage("restore", path)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM polls_option WHERE text = 'lost'").fetchone() == (0,)
    name = url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(postgres_url) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{name}\\_%"])
        assert [row[0][: len(name) + 8] for row in rows] == [f"{name}_before_"]
