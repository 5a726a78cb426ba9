"""Copies of a database as an operator has them: all rows in the order in which they lie, and the raw bytes."""

import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection

Row = dict[str, Any]


@dataclass
class Dump:
    """`tables` by name; a row also has `_place` (where it lies) and `_xmin` (which transaction wrote it, or None)."""

    tables: dict[str, list[Row]]
    make_text: Callable[[], str]
    make_raw: Callable[[], bytes]
    log: Path | None = None  # of a copied SQLite database, beside it

    @cached_property
    def text(self) -> str:
        """The database as SQL."""
        return self.make_text()

    @cached_property
    def raw(self) -> bytes:
        """The bytes of all files, free pages and the write-ahead log among them, where they are files of ours."""
        return self.make_raw()

    def rows(self, table: str, poll: int) -> list[Row]:
        """A table's rows of one poll, in the order in which they lie."""
        column = "poll_id" if self.tables[table] and "poll_id" in self.tables[table][0] else "id"
        return [row for row in self.tables[table] if row[column] == poll]


def own_tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_models(include_auto_created=True)]


def read_rows(place: str) -> dict[str, list[Row]]:
    found = {}
    with connection.cursor() as cursor:
        for table in own_tables():
            cursor.execute(f'SELECT {place}, * FROM "{table}" ORDER BY 1')
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            found[table] = [{name: plain(value) for name, value in row.items()} for row in rows]
    return found


def plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def dump_sqlite(path: Path, folder: Path) -> Dump:
    """The files as they lie, which is what `cp -r` takes along, and `.dump`."""
    copy = folder / f"copy-{len(list(folder.glob('*.sqlite3')))}.sqlite3"
    files = [(beside(path, end), beside(copy, end)) for end in ("", "-wal", "-journal")]
    copies = [Path(shutil.copyfile(source, target)) for source, target in files if source.exists()]
    raw = b"".join(file.read_bytes() for file in copies)

    def text() -> str:
        with closing(sqlite3.connect(copy)) as reader:
            return "\n".join(reader.iterdump())

    log = beside(copy, "-wal")
    return Dump(
        read_rows("rowid AS _place, NULL AS _xmin"), text, lambda: raw, log if log in copies else None
    )


def beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


FRAME_HEADER, LOG_HEADER = 24, 32


def moments(log: Path) -> Iterator[sqlite3.Connection]:
    """The database as it was after each commit that its log still holds: the log is cut there, and opened."""
    whole, database = log.read_bytes(), log.with_name(log.name.removesuffix("-wal"))
    page = int.from_bytes(whole[8:12], "big") if whole else 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copyfile(database, Path(folder) / "moment.sqlite3"))
        for start in range(LOG_HEADER, len(whole), FRAME_HEADER + page):
            is_commit = int.from_bytes(whole[start + 4 : start + 8], "big") > 0
            if is_commit and whole[start + 8 : start + 16] == whole[16:24]:  # not left from an earlier round
                beside(copy, "-wal").write_bytes(whole[: start + FRAME_HEADER + page])
                beside(copy, "-shm").unlink(missing_ok=True)
                with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as reader:
                    yield reader


def dump_postgres(url: str, pg_dump: str) -> Dump:
    """The rows with the places and transactions that only a look inside shows, and pg_dump's text."""

    def text() -> str:
        command = [pg_dump, "--no-owner", url]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    return Dump(read_rows("ctid AS _place, xmin::text AS _xmin"), text, bytes)
