"""Copies of a database as an operator has them: all rows in the order in which they lie, and the raw bytes."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
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

    @cached_property
    def text(self) -> str:
        """The database as SQL."""
        return self.make_text()

    @cached_property
    def raw(self) -> bytes:
        """The file's bytes, where there is one file."""
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
    """The file after a checkpoint, since the write-ahead log keeps what it kept until then, and `.dump`."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = Path(shutil.copyfile(path, folder / f"copy-{len(list(folder.iterdir()))}.sqlite3"))

    def text() -> str:
        with closing(sqlite3.connect(copy)) as reader:
            return "\n".join(reader.iterdump())

    return Dump(read_rows("rowid AS _place, NULL AS _xmin"), text, copy.read_bytes)


def dump_postgres(url: str, pg_dump: str) -> Dump:
    """The rows with the places and transactions that only a look inside shows, and pg_dump's text."""

    def text() -> str:
        command = [pg_dump, "--no-owner", url]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    return Dump(read_rows("ctid AS _place, xmin::text AS _xmin"), text, bytes)
