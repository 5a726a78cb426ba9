"""Tables as files: CSV, XLSX, JSON and Markdown. All but XLSX are written while they are read."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter

from opendev.core.text import csv_cell
from opendev.exports.tables import Cell, Row, Table

BYTE_ORDER_MARK = "\ufeff"  # spreadsheets take a file without it for another encoding
PIECE = 64 * 1024  # bytes of a finished file handed on at a time


class _Line:
    """What csv.writer writes to: it gives each line back at once."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


def as_csv(tables: Sequence[Table]) -> Iterator[bytes]:
    """Write the first table; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    writer, table = csv.writer(_Line()), tables[0]
    yield BYTE_ORDER_MARK.encode() + writer.writerow(table.columns).encode()
    for row in table.rows():
        yield writer.writerow([_for_csv(cell) for cell in row]).encode()


def _for_csv(cell: Cell) -> Cell:
    return csv_cell(cell) if isinstance(cell, str) else cell


def as_json(tables: Sequence[Table]) -> Iterator[bytes]:
    """Write `{"polls": [{"session": …}, …], …}`."""
    for place, table in enumerate(tables):
        yield f"{'{' if place == 0 else ','}\n{json.dumps(table.name)}: [".encode()
        for number, row in enumerate(table.rows()):
            text = json.dumps(dict(zip(table.columns, row, strict=True)), ensure_ascii=False)
            yield f"{',' if number else ''}\n{text}".encode()
        yield b"]"
    yield b"}\n"


def as_markdown(tables: Sequence[Table]) -> Iterator[bytes]:
    """Write a table under a heading for each."""
    for table in tables:
        yield f"## {table.name.replace('_', ' ').capitalize()}\n\n".encode()
        yield _markdown_row(table.columns) + _markdown_row(["---"] * len(table.columns))
        for row in table.rows():
            yield _markdown_row(row)
        yield b"\n"


def _markdown_row(row: Row) -> bytes:
    return f"| {' | '.join(_for_markdown(cell) for cell in row)} |\n".encode()


def _for_markdown(cell: Cell) -> str:
    text = "" if cell is None else str(cell)
    for sign in "\\|<`*_[":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def as_xlsx(tables: Sequence[Table]) -> Iterator[bytes]:
    """Write a sheet for each table, row by row to a file on disk. Texts are texts: none is a formula or a link."""
    with TemporaryFile() as file:
        _write_workbook(file, tables)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _write_workbook(file: IO[bytes], tables: Sequence[Table]) -> None:
    rules = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, rules) as book:
        bold = book.add_format({"bold": True})
        for table in tables:
            sheet = book.add_worksheet(table.name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, table.columns, bold)
            for number, row in enumerate(table.rows(), 1):
                sheet.write_row(number, 0, [_for_csv(cell) for cell in row])


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: what it is called, its content type, and how tables are written in it."""

    label: str
    content_type: str
    write: Callable[[Sequence[Table]], Iterator[bytes]]
    holds_all: bool = True  # whether it holds more than one table


FORMATS: dict[str, Format] = {
    "csv": Format("CSV", "text/csv; charset=utf-8", as_csv, holds_all=False),
    "xlsx": Format("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "json": Format("JSON", "application/json", as_json),
    "md": Format("Markdown", "text/markdown; charset=utf-8", as_markdown),
}


def as_objects(tables: Sequence[Table]) -> dict[str, list[dict[str, Any]]]:
    """Return the tables as REST answers with them."""
    return {
        table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows()] for table in tables
    }
