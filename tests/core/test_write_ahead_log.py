"""SQLite's log is emptied when it is asked to, holds up no writer for long, and waits for who reads."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from opendev.core import write_ahead_log
from opendev.core.write_ahead_log import BUSY_TIMEOUT_S, EVERY_S, SAY_AFTER_S, Emptier, empty_log
from tests.factories.databases import committing_sqlite

__all__ = ["committing_sqlite"]

pytestmark = pytest.mark.usefixtures("committing_sqlite")
MANY = 10 * BUSY_TIMEOUT_S


def log_size() -> int:
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    return log.stat().st_size if log.exists() else 0


def write(name: str = "somebody") -> None:
    User.objects.create(username=name)


@pytest.fixture
def open_reader() -> Iterator[sqlite3.Connection]:
    """A connection that holds a snapshot, as a backup or an open shell does."""
    write("before")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM auth_user").fetchone()
        yield reader


@pytest.fixture
def emptier(monkeypatch: pytest.MonkeyPatch) -> Emptier:
    own = Emptier()
    monkeypatch.setattr(write_ahead_log, "emptier", own)
    return own


def test_log_is_cut_to_nothing_and_the_file_alone_is_whole(tmp_path):
    write()
    assert log_size() > 0
    assert empty_log()
    assert log_size() == 0
    copy = tmp_path / "copy.sqlite3"
    copy.write_bytes(Path(connection.settings_dict["NAME"]).read_bytes())
    with closing(sqlite3.connect(copy)) as reader:
        assert reader.execute("SELECT username FROM auth_user").fetchall() == [("somebody",)]


def test_beside_an_open_reader_the_answer_is_no_and_comes_at_once(open_reader):
    write()
    began = time.monotonic()
    assert not empty_log()
    assert time.monotonic() - began < MANY, "every writer would have been held up for so long"
    assert log_size() > 0
    open_reader.execute("COMMIT")
    assert empty_log()
    assert log_size() == 0


def test_beside_an_open_writer_the_answer_is_no_and_the_writer_goes_on():
    with transaction.atomic():
        write()
        assert not empty_log()
    assert empty_log()


def test_what_was_asked_for_is_tried_again_until_it_is_done(open_reader, emptier, monkeypatch):
    emptier.is_watched = True
    now, tries = 1_000.0, []
    monkeypatch.setattr(write_ahead_log.time, "monotonic", lambda: now)
    monkeypatch.setattr(write_ahead_log, "empty_log", lambda: tries.append(now) or empty_log())
    emptier.ask()
    while now < 1_020:
        emptier.round()
        now += 0.5
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert pauses == [0.5, 1, 2, 4, 8]
    assert log_size() > 0
    open_reader.execute("COMMIT")
    now += 8
    emptier.round()
    assert log_size() == 0
    tried = len(tries)
    now += 1
    emptier.round()
    assert len(tries) == tried, "there is nothing to do"


def test_log_is_emptied_once_a_minute_without_being_asked(emptier, monkeypatch):
    now = 1_000.0
    monkeypatch.setattr(write_ahead_log.time, "monotonic", lambda: now)
    emptier.round()
    write()
    now += EVERY_S - 1
    emptier.round()
    assert log_size() > 0
    now += 1
    emptier.round()
    assert log_size() == 0


def test_reader_that_stays_is_told_of_once(open_reader, emptier, monkeypatch, caplog):
    now = 1_000.0
    monkeypatch.setattr(write_ahead_log.time, "monotonic", lambda: now)
    monkeypatch.setattr(write_ahead_log.log, "propagate", True)
    caplog.set_level(logging.WARNING)
    write()
    while now < 1_000 + 3 * SAY_AFTER_S:
        emptier.round()
        now += 1
    assert len([line for line in caplog.messages if "cannot be emptied" in line]) == 1


def test_nobody_watching_it_is_emptied_with_the_commit_and_not_before_it(emptier):
    write("before")
    with transaction.atomic():
        write()
        write_ahead_log.empty_log_after_commit()
        assert log_size() > 0
    assert log_size() == 0


def test_transaction_that_fails_asks_for_nothing(emptier):
    write()
    with transaction.atomic():
        write_ahead_log.empty_log_after_commit()
        transaction.set_rollback(True)
    assert log_size() > 0


def test_missing_file_is_not_made():
    name = connection.settings_dict["NAME"]
    connection.close()
    for end in ("", "-wal", "-shm"):
        Path(f"{name}{end}").unlink(missing_ok=True)
    assert not empty_log()
    assert not Path(name).exists()
