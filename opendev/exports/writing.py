"""Tables as files: CSV, XLSX, JSON and Markdown. All except XLSX are streamed while the tables are read."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from opendev.core.text import csv_cell, time_text
from opendev.exports.tables import Cell, Row, Table

BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets assume another encoding
DATE_FORMAT = "yyyy-mm-dd hh:mm:ss"  # of a spreadsheet's cells
PIECE = 64 * 1024  # bytes of a finished file sent at a time


class _Line:
    """The target of csv.writer: it returns each line at once."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


def as_csv(tables: Sequence[Table]) -> Iterator[bytes]:
    """Write the first table; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    writer, table = csv.writer(_Line()), tables[0]
    yield BYTE_ORDER_MARK.encode() + writer.writerow(table.columns).encode()
    for row in table.rows():
        yield writer.writerow([_for_csv(cell, table.zone) for cell in row]).encode()


def _for_csv(cell: Cell, zone: tzinfo) -> str | int | float | None:
    return csv_cell(cell) if isinstance(cell, str) else _plain(cell, zone)


def _plain(cell: Cell, zone: tzinfo) -> str | int | float | None:
    """Return a time in the zone, with its offset from UTC; other cells unchanged."""
    return cell.astimezone(zone).isoformat(timespec="seconds") if isinstance(cell, datetime) else cell


def as_json(tables: Sequence[Table]) -> Iterator[bytes]:
    """Write `{"polls": [{"session": …}, …], …}`."""
    for place, table in enumerate(tables):
        yield f"{'{' if place == 0 else ','}\n{json.dumps(table.name)}: [".encode()
        for number, row in enumerate(table.rows()):
            cells = (_plain(cell, table.zone) for cell in row)
            text = json.dumps(dict(zip(table.columns, cells, strict=True)), ensure_ascii=False)
            yield f"{',' if number else ''}\n{text}".encode()
        yield b"]"
    yield b"}\n"


def as_markdown(tables: Sequence[Table]) -> Iterator[bytes]:
    """Write each table under a heading."""
    for table in tables:
        yield f"## {table.name.replace('_', ' ').capitalize()}\n\n".encode()
        yield _markdown_row(table.columns) + _markdown_row(["---"] * len(table.columns))
        for row in table.rows():
            yield _markdown_row([_plain(cell, table.zone) for cell in row])
        yield b"\n"


def _markdown_row(row: Row) -> bytes:
    return f"| {' | '.join(_for_markdown(cell) for cell in row)} |\n".encode()


def _for_markdown(cell: Cell) -> str:
    text = "" if cell is None else str(cell)
    for sign in "\\|<`*_[":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def as_xlsx(tables: Sequence[Table]) -> Iterator[bytes]:
    """Write a sheet per table, row by row to a file on disk.

    Texts are text cells, never formulas or links, so none needs an apostrophe. Times are dates in the event's zone.
    """
    with TemporaryFile() as file:
        _write_workbook(file, tables)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _write_workbook(file: IO[bytes], tables: Sequence[Table]) -> None:
    rules = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, rules) as book:
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": DATE_FORMAT})
        for table in tables:
            sheet = book.add_worksheet(table.name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, table.columns, bold)
            for place, column in enumerate(table.columns):
                if column.endswith("_at"):
                    sheet.set_column(place, place, len(DATE_FORMAT))
                    sheet.write_comment(0, place, _("Time zone: %(zone)s") % {"zone": table.zone})
            for number, row in enumerate(table.rows(), 1):
                for place, cell in enumerate(row):
                    if isinstance(cell, datetime):  # a spreadsheet's date has no zone
                        wall = cell.astimezone(table.zone).replace(tzinfo=None, microsecond=0)
                        sheet.write_datetime(number, place, wall, moment)
                    else:
                        sheet.write(number, place, cell)


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its name, its content type, and the function that writes tables."""

    label: str
    content_type: str
    write: Callable[[Sequence[Table]], Iterator[bytes]]
    holds_all: bool = True  # whether it can have more than one table


FORMATS: dict[str, Format] = {
    "csv": Format("CSV", "text/csv; charset=utf-8", as_csv, holds_all=False),
    "xlsx": Format("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "json": Format("JSON", "application/json", as_json),
    "md": Format("Markdown", "text/markdown; charset=utf-8", as_markdown),
}


def as_objects(tables: Sequence[Table]) -> dict[str, list[dict[str, Any]]]:
    """Return the tables for REST: times in UTC, as everywhere in REST."""
    return {
        table.name: [dict(zip(table.columns, map(_for_rest, row), strict=True)) for row in table.rows()]
        for table in tables
    }


def _for_rest(cell: Cell) -> str | int | float | None:
    return time_text(cell) if isinstance(cell, datetime) else cell
