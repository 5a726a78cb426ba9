"""The rows of a file: text separated by commas, semicolons, tabs or bars, or the sheets of an XLSX workbook."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import openpyxl
from django.utils.translation import gettext_lazy as _

from opendev.core.encodings import text_of
from opendev.core.errors import Malformed

MOST_UNPACKED = 64 * 1024 * 1024  # bytes of an uncompressed spreadsheet
MOST_COLUMNS = 300  # pretix alone has 46 before the questions of the event
MOST_SHEETS = 20
SAMPLE_ROWS = 40  # of text, to find its separator
NULS_OF_HUNDRED = 100  # a few are errors of the program that wrote the list; with more it is not text
DELIMITERS = ",;\t|"
XLSX_BEGINS = b"PK\x03\x04"
XLS_BEGINS = b"\xd0\xcf\x11\xe0"
SEPARATOR = re.compile(r"sep=(.)\r?\n?\Z", re.IGNORECASE)
HYPERLINK = re.compile(r'=HYPERLINK\(\s*"([^"]*)"\s*(?:[,;]\s*"([^"]*)"\s*)?\)', re.IGNORECASE)
TEXT_FORMULA = re.compile(r'="([^"]*)"')
# The format's escape for control characters, above all carriage returns; openpyxl does not decode it.
CONTROL_CHARACTER = re.compile(r"_x00([01][0-9a-fA-F])_")
ONE_FORMULA = re.compile(rb"<f[\s>/]")


@dataclass(slots=True)
class Sheet:
    """The rows that are not empty, each with its number as a spreadsheet shows it.

    `formulas` are the cells, by row number and column from 0, whose formula has no stored value.
    """

    name: str
    rows: list[tuple[int, list[str]]]
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)


def wrong_file(sentence: Any) -> Malformed:
    """Return the refusal of a file."""
    return Malformed(sentence, fields={"file": sentence})


def sheets_of(content: bytes, *, most_rows: int) -> tuple[list[Sheet], list[str]]:
    """Return the sheets of a file (of text: one), and sentences about how it was read.

    Args:
        most_rows: the maximum number of rows read from a sheet, not counting empty ones.

    Raises:
        Malformed: neither text nor a workbook, or one that is broken or too large.
    """
    if content.startswith(XLSX_BEGINS):
        return _sheets_of_workbook(content, most_rows), []
    if content.startswith(XLS_BEGINS):
        raise wrong_file(_("This is a workbook of Excel 97 to 2003. Save it as XLSX or CSV."))
    text, note = _text_of(content)
    rows = islice(_filled(_rows_of_text(text)), most_rows)
    return [Sheet("", list(rows))], [note] if note else []


def _text_of(content: bytes) -> tuple[str, str]:
    try:
        text, note = text_of(content)
    except UnicodeDecodeError:
        text, note = "\0", ""
    if NULS_OF_HUNDRED * text.count("\0") > len(text):
        raise wrong_file(_("This is neither a CSV file nor an XLSX file."))
    return text.replace("\0", ""), note


def _filled(rows: Iterable[Sequence[str]]) -> Iterator[tuple[int, list[str]]]:
    """Return the rows that are not empty, numbered from 1."""
    for number, cells in enumerate(rows, 1):
        if any(cell.strip() for cell in cells):
            yield number, list(cells)


def _rows_of_text(text: str) -> Iterator[list[str]]:
    """Return the rows. Excel's own line "sep=;" names the separator, and no spreadsheet shows it as a row."""
    first, newline, rest = text.partition("\n")
    named = SEPARATOR.match(first.strip().strip('"') if not first.startswith("sep=\t") else first)
    delimiter = named.group(1) if named else _delimiter_of(text)
    body = rest if named and newline else text
    try:
        yield from csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise wrong_file(_("The CSV file cannot be read: %(why)s.") % {"why": error}) from error


def _delimiter_of(text: str) -> str:
    """Return the separator: the one with the most rows of the same number of cells, more than one."""
    lines = "".join(text[: 256 * 1024].splitlines(keepends=True)[:SAMPLE_ROWS])

    def fits(delimiter: str) -> int:
        widths: list[int] = []
        try:
            for cells in csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter):
                widths.append(len(cells))
        except csv.Error:
            return 0
        wide = [width for width in widths if width > 1]
        return max((wide.count(width) * (width - 1) for width in set(wide)), default=0)

    return max(DELIMITERS, key=fits)


def _sheets_of_workbook(content: bytes, most_rows: int) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise wrong_file(_("This spreadsheet is too large."))
            if any(part.filename == "mimetype" for part in parts):
                raise wrong_file(_("This is an OpenDocument file. Save it as XLSX or CSV."))
            has_formulas = any(
                ONE_FORMULA.search(packed.read(part))
                for part in parts
                if part.filename.startswith("xl/worksheets/")
            )
        return list(_read_sheets(content, most_rows, has_formulas=has_formulas))
    except Malformed:
        raise
    except Exception as error:  # a broken file can raise a dozen different exceptions
        raise wrong_file(_("This spreadsheet cannot be read.")) from error


def _read_sheets(content: bytes, most_rows: int, *, has_formulas: bool) -> Iterator[Sheet]:
    """Return the sheets, without hidden ones. Formulas are read a second time, for those without a stored value."""
    values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    written = openpyxl.load_workbook(io.BytesIO(content), read_only=True) if has_formulas else None
    for sheet in values.worksheets[:MOST_SHEETS]:
        if sheet.sheet_state != "visible":
            continue
        formulas: dict[tuple[int, int], str] = {}
        rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
        if written is None:
            texts: Iterator[list[str]] = ([_text(cell) for cell in row] for row in rows)
        else:
            others = written[sheet.title].iter_rows(max_col=MOST_COLUMNS, values_only=True)
            pairs = enumerate(zip(rows, others, strict=False), 1)
            texts = (_with_formulas(number, row, other, formulas) for number, (row, other) in pairs)
        yield Sheet(sheet.title, list(islice(_filled(texts), most_rows)), formulas)


def _with_formulas(
    number: int, row: Sequence[Any], written: Sequence[Any], formulas: dict[tuple[int, int], str]
) -> list[str]:
    """Return the cells of a row. A formula without a stored value gives its literal text, or is noted."""
    cells = [_text(cell) for cell in row]
    for place, formula in enumerate(written):
        if cells[place] or not str(formula or "").startswith("="):
            continue
        text = str(formula)
        link, words = HYPERLINK.fullmatch(text), TEXT_FORMULA.fullmatch(text)
        if link:
            cells[place] = link.group(2) or link.group(1)
        elif words:
            cells[place] = words.group(1)
        else:
            formulas[number, place] = text
    return cells


def _text(cell: Any) -> str:
    """Return a cell's text. A whole number is written without a point, since spreadsheets know only one kind."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return CONTROL_CHARACTER.sub(lambda escape: chr(int(escape[1], 16)), str(cell)).replace("\0", "")
