"""Polls as a table, one poll per row: written as CSV, and read from CSV and XLSX.

Columns: question, kind, min, max, anonymous, may_change, visibility, right_answer, option_1, option_2 … The kind is its
name, or the brackets of a quick poll ("scale 1-5: never … always"). An empty cell means the default.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from opendev.core.errors import DomainError, Malformed
from opendev.core.sheets import Sheet
from opendev.core.text import ascii_digits, csv_cell
from opendev.room.poll_files.lines import without_ids
from polls.kinds import MAX_OPTIONS, brackets_of, read_bracket
from polls.kinds.other import has_other
from polls.services.reading import PollDraft, read_draft

COLUMNS = ("question", "kind", "min", "max", "anonymous", "may_change", "visibility", "right_answer")
YES, NO = "yes", "no"
_TRUTH = {YES: True, NO: False, "true": True, "false": False, "1": True, "0": False}
_OPTION = re.compile(r"option_(\d{1,2})\Z")
BEYOND = ""  # the column of a row's first cell after the last heading
BYTE_ORDER_MARK = "\ufeff"  # otherwise Excel reads UTF-8 as Windows-1252


def write_table(drafts: Sequence[PollDraft]) -> str:
    """Return polls as CSV."""
    return write_rows([*COLUMNS, *option_columns(drafts)], [cells_of(draft) for draft in drafts])


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV that a spreadsheet reads as it is."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + written.getvalue()


def option_columns(drafts: Iterable[PollDraft]) -> list[str]:
    """Return the columns for the options of these polls."""
    widest = max((len(draft.options) for draft in drafts), default=2)
    return [f"option_{place}" for place in range(1, widest + 1)]


def cells_of(draft: PollDraft) -> list[str]:
    """Return the cells of a poll, with the shortest notation of its kind that is read as the same poll."""
    options = len(draft.options) + has_other(draft.rules)
    brackets = brackets_of(draft.kind, draft.rules, fewest=draft.min, most=draft.max, options=options)
    rest = [
        *(str(draft.min), str(draft.max)),
        *(YES if is_set else NO for is_set in (draft.anonymous, draft.may_change)),
        *(draft.visibility, ", ".join(str(part) for part in draft.right_answer)),
        *(text for _id, text in draft.options),
    ]
    for bracket in brackets:
        cells = [draft.question, bracket, *rest]
        columns = [*COLUMNS, *option_columns([draft])]
        if _says(dict(zip(columns, cells, strict=True)), without_ids(draft)):
            return cells
    raise AssertionError(f"no row says this poll: {draft}")


def _says(row: Mapping[str, str], poll: PollDraft) -> bool:
    try:
        return read_draft(json_of_row(row)) == poll
    except DomainError:
        return False


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; `unguarded` reverses it for all texts."""
    return f"'{text}" if text.startswith("'") and _is_guarded(text) else csv_cell(text)


def unguarded(cell: str) -> str:
    """Return a cell's text without the apostrophe added by `guarded`."""
    return cell[1:] if _is_guarded(cell) else cell


def _is_guarded(cell: str) -> bool:
    """Return True if, after apostrophes, there is text that a spreadsheet would take for a formula."""
    bare = cell.lstrip("'")
    return cell.startswith("'") and csv_cell(bare) != bare


def column_of(heading: str) -> str:
    """Return the name of a column from its heading: "Right answer" is `right_answer`, "Option 2" `option_2`."""
    return "_".join(heading.strip().casefold().replace("_", " ").split())


def is_column(name: str, known: Sequence[str] = COLUMNS) -> bool:
    """Return True if a table with these columns, in addition to options, has one of this name."""
    option = _OPTION.match(name)
    return name in known or bool(option and 1 <= int(option[1]) <= MAX_OPTIONS)


def check_columns(columns: Sequence[str], known: Sequence[str] = COLUMNS) -> None:
    """Raise if a heading is neither one of these nor an option's, or occurs twice.

    Raises:
        Malformed
    """
    for place, column in enumerate(columns):
        if column and not is_column(column, known):
            sentence = _(
                "No column is called “%(column)s”. The columns are: %(columns)s, option_1 to option_20."
            )
            words = {"column": column[:40], "columns": ", ".join(known)}
            raise Malformed(sentence % words, fields={column[:40]: sentence % words})
        if column and column in columns[:place]:
            sentence = _("The column “%(column)s” is there twice.") % {"column": column}
            raise Malformed(sentence, fields={column: sentence})


def rows_of_table(
    sheet: Sheet, *, heading: str, columns: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]] | None:
    """Return (number, cells by column) of the rows of a sheet whose first row has our headings; None for others.

    Cells after the last heading are at "".

    Args:
        heading: the one by which our tables are recognised.
        columns: those that it may have, in addition to options.

    Raises:
        Malformed: a heading that no column has, or that two have.
    """
    if not sheet.rows:
        return None
    headings = [column_of(cell) for cell in sheet.rows[0][1]]
    if heading not in headings:
        return None
    check_columns(headings, columns)
    return ((number, _cells_by_column(cells, headings)) for number, cells in sheet.rows[1:])


def _cells_by_column(cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    row = {column: unguarded(cell.strip()) for column, cell in zip(columns, cells, strict=False) if column}
    beyond = (cell.strip() for cell in cells[len(columns) :])
    return {**row, BEYOND: next(filter(None, beyond), "")}


def check_no_more(row: Mapping[str, str]) -> None:
    """Refuse a row with a cell after the last heading.

    Raises:
        Malformed
    """
    if row[BEYOND]:
        sentence = _("“%(cell)s” stands in a column without a heading.") % {"cell": row[BEYOND][:40]}
        raise Malformed(sentence, fields={"column": sentence})


def json_of_row(row: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON form of a poll from its cells by column.

    Raises:
        Malformed: a cell that is not a number, not yes or no, or not a kind.
    """
    body: dict[str, Any] = {"question": row.get("question", "")}
    for name, read in _READERS.items():
        if text := row.get(name, ""):
            body |= read(name, text)
    options = sorted((int(match[1]), row[name]) for name in row if (match := _OPTION.match(name)))
    if texts := [{"text": text} for _place, text in options if text]:
        body["options"] = texts
    return body


def _kind(name: str, text: str) -> dict[str, Any]:
    rules = read_bracket(text)
    if rules is None:
        raise _wrong(name, _("“%(kind)s” is no kind of poll.") % {"kind": text[:60]})
    return rules


def _number(name: str, text: str) -> dict[str, Any]:
    if not text.isdecimal() or len(text) > 3:
        raise _wrong(name, _("This must be a whole number."))
    return {name: int(ascii_digits(text))}


def _truth(name: str, text: str) -> dict[str, Any]:
    if text.casefold() not in _TRUTH:
        raise _wrong(name, _("This must be `yes` or `no`."))
    return {name: _TRUTH[text.casefold()]}


def _text(name: str, text: str) -> dict[str, Any]:
    return {name: text}


_READERS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "kind": _kind,
    "min": _number,
    "max": _number,
    "anonymous": _truth,
    "may_change": _truth,
    "visibility": _text,
    "right_answer": _text,
}


def _wrong(field: str, sentence: str) -> Malformed:
    return Malformed(sentence, fields={field: sentence})
