"""Polls as a table, a poll a row: written as CSV, and read from the cells of CSV and XLSX.

Columns: question, kind, min, max, anonymous, may_change, visibility, right_answer, option_1, option_2 … The kind is its
name, or all that a quick poll says in brackets ("scale 1-5: never … always"). An empty cell means the usual.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from opendev.core.errors import DomainError, Malformed
from opendev.core.text import ascii_digits, csv_cell
from opendev.room.poll_files.lines import without_ids
from polls.kinds import MAX_OPTIONS, brackets_of, read_bracket
from polls.kinds.other import has_other
from polls.services.reading import PollDraft, read_draft

COLUMNS = ("question", "kind", "min", "max", "anonymous", "may_change", "visibility", "right_answer")
YES, NO = "yes", "no"
_TRUTH = {YES: True, NO: False, "true": True, "false": False, "1": True, "0": False}
_OPTION = re.compile(r"option_(\d{1,2})\Z")
BYTE_ORDER_MARK = "\ufeff"  # or Excel reads UTF-8 as Windows-1252


def write_table(drafts: Sequence[PollDraft]) -> str:
    """Return polls as CSV."""
    widest = max((len(draft.options) for draft in drafts), default=2)
    columns = [*COLUMNS, *(f"option_{place}" for place in range(1, widest + 1))]
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in _cells_of(draft)] for draft in drafts)
    return BYTE_ORDER_MARK + written.getvalue()


def _cells_of(draft: PollDraft) -> list[str]:
    """Return the cells of a poll; the shortest words for its kind that are read as the same poll."""
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
        columns = [*COLUMNS, *(f"option_{place}" for place in range(1, len(draft.options) + 1))]
        if _says(dict(zip(columns, cells, strict=True)), without_ids(draft)):
            return cells
    raise AssertionError(f"no row says this poll: {draft}")


def _says(row: Mapping[str, str], poll: PollDraft) -> bool:
    try:
        return read_draft(json_of_row(row)) == poll
    except DomainError:
        return False


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; `unguarded` is the way back of all texts."""
    return f"'{text}" if text.startswith("'") and _is_guarded(text) else csv_cell(text)


def unguarded(cell: str) -> str:
    """Return what a cell says without the apostrophe that `guarded` put before it."""
    return cell[1:] if _is_guarded(cell) else cell


def _is_guarded(cell: str) -> bool:
    """Return True if behind apostrophes stands what a spreadsheet would take for a formula."""
    bare = cell.lstrip("'")
    return cell.startswith("'") and csv_cell(bare) != bare


def column_of(heading: str) -> str:
    """Return the name of a column from its heading: "Right answer" is `right_answer`, "Option 2" `option_2`."""
    return "_".join(heading.strip().casefold().replace("_", " ").split())


def is_column(name: str) -> bool:
    """Return True if a table of polls has a column of this name."""
    option = _OPTION.match(name)
    return name in COLUMNS or bool(option and 1 <= int(option[1]) <= MAX_OPTIONS)


def check_columns(columns: Sequence[str]) -> None:
    """Raise where a heading is none of ours, or is there twice.

    Raises:
        Malformed
    """
    for place, column in enumerate(columns):
        if column and not is_column(column):
            sentence = _(
                "No column is called “%(column)s”. The columns are: %(columns)s, option_1 to option_20."
            )
            words = {"column": column[:40], "columns": ", ".join(COLUMNS)}
            raise Malformed(sentence % words, fields={column[:40]: sentence % words})
        if column and column in columns[:place]:
            sentence = _("The column “%(column)s” is there twice.") % {"column": column}
            raise Malformed(sentence, fields={column: sentence})


def json_of_row(row: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON form of a poll from its cells by column.

    Raises:
        Malformed: a cell that is no number, not yes or no, or no kind.
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
