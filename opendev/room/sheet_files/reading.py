"""Parsing files of run sheets: their format, their rows, and errors.

A file of polls, including another program's, is read as a run sheet of these polls.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opendev.core.errors import DomainError, Malformed
from opendev.core.text import ascii_digits, clean_word, is_nested_too_deeply
from opendev.room.pasting import KIND_WORDS, read_plan_line, says_its_kind
from opendev.room.poll_files import reading as polls
from opendev.room.poll_files.gift import read_gift
from opendev.room.poll_files.lines import read_line
from opendev.room.poll_files.portable import CSV, JSON, TEXT
from opendev.room.poll_files.reading import PollFile, ReadRow, read_row
from opendev.room.poll_files.tables import check_no_more, column_of, json_of_row, rows_of_table
from opendev.room.sheet_files.portable import COLUMNS, ITEM, ITEMS, TITLE, WORDS, Kind, PlannedItem
from polls.services.reading import PollDraft, read_draft
from sessions.run_sheet.services.additions import TooManyItems
from sessions.run_sheet.services.plan import MAX_ITEMS, clean_minutes, read_item

FIELDS = ("kind", "minutes", "text", "poll", "line")
_CELLS_OF_POLLS = COLUMNS[3:]


@dataclass(frozen=True, slots=True)
class ReadItem(ReadRow):
    """A row with an item of a run sheet."""

    item: PlannedItem | None = None


class WrongRunSheetFile(Malformed):
    code, message = "wrong_run_sheet_file", gettext_lazy("This file cannot be read as a run sheet.")


class ItemsRefused(Malformed):
    code, message = "items_refused", polls.PollsRefused.message


def items_of_file(file: PollFile) -> list[PlannedItem]:
    """Return the items of the rows that can be read."""
    return [row.item for row in file.rows if isinstance(row, ReadItem) and row.item]


def read_sheet_file(content: bytes) -> PollFile:
    """Parse a file: text with one item per line, CSV, JSON, or a workbook. Its rows are `ReadItem`s.

    Raises:
        WrongRunSheetFile: it is none of these, empty, or too long. Invalid rows do not raise.
    """
    return _as_run_sheet(lambda: polls.read_content(content, _read_text, _read_tables))


def read_sheet_text(text: Any) -> PollFile:
    """Parse the text of a file; see `read_sheet_file`.

    Raises:
        WrongRunSheetFile
    """
    return _as_run_sheet(lambda: _read_text(text))


def read_sheet_items(value: Any) -> PollFile:
    """Parse a list of items in their JSON form.

    Raises:
        WrongRunSheetFile
    """
    return _as_run_sheet(lambda: _read_document({ITEMS: value}))


def _as_run_sheet(read: Callable[[], PollFile]) -> PollFile:
    """Return the parsed file, or refuse it as a run sheet."""
    try:
        return read()
    except Malformed as refusal:
        raise WrongRunSheetFile(refusal.message, fields=refusal.fields) from None


def _read_text(text: Any) -> PollFile:
    if not isinstance(text, str) or not text.strip():
        raise polls.wrong_file(_("Write one item per line."))
    if len(text) > polls.MOST_SIGNS:
        raise polls.wrong_file(_("This is too long for a run sheet."))
    text = text.removeprefix("\ufeff")
    if (document := polls.json_of(text)) is not None:
        return _read_document(document)
    if _looks_like_a_table(text):
        return _read_tables(polls.encoded(text))
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not any(says_its_kind(line) for _number, line in lines) and (questions := read_gift(text)):
        return _of_polls(polls.of_foreign(questions))
    return _file_of(TEXT, (_row(number, line, _item_of_line, line) for number, line in lines))


def _file_of(form: str, rows: Iterable[ReadRow], notes: Sequence[str] = ()) -> PollFile:
    """Return the file of these rows, reading no more than a run sheet can have.

    Raises:
        WrongPollFile: there is none, or too many.
    """
    file = PollFile(form, list(islice(rows, MAX_ITEMS + 1)), list(notes))
    if not file.rows:
        raise polls.wrong_file(_("Write one item per line."))
    if len(file.rows) > MAX_ITEMS:
        raise polls.wrong_file(TooManyItems.message)
    return file


def _row(number: int, entry: Any, read: Callable[[Any], PlannedItem], title: str) -> ReadRow:
    def read_it() -> ReadRow:
        item = read(entry)
        return ReadItem(number, item.text, item.poll, item=item)

    return read_row(number, title, read_it)


def _of_polls(file: PollFile) -> PollFile:
    """Return a file of polls as a run sheet of them."""
    rows = (
        ReadItem(row.number, row.title, row.draft, item=_item_of_poll(row.draft)) if row.draft else row
        for row in file.rows
    )
    return _file_of(file.form, rows, file.notes)


def _item_of_poll(draft: PollDraft, minutes: Any = 0) -> PlannedItem:
    return PlannedItem(Kind.POLL, draft.question, clean_minutes(minutes), draft)


def _item_of(fields: Mapping[str, Any]) -> PlannedItem:
    """Return an item that is not a poll."""
    item = read_item(fields)
    return PlannedItem(item.kind, item.text, item.minutes)


def _item_of_line(line: str) -> PlannedItem:
    fields = read_plan_line(line)
    if fields["kind"] == Kind.POLL:
        return _item_of_poll(read_draft(read_line(fields["line"])), fields["minutes"])
    return _item_of(fields)


# --- JSON


def _read_document(document: Any) -> PollFile:
    """Return the items of `{"items": […]}`; other objects are parsed as polls."""
    if not isinstance(document, Mapping) or ITEMS not in document:
        return _of_polls(polls.read_document(document))
    entries = document[ITEMS]
    if not isinstance(entries, list) or is_nested_too_deeply(entries):
        raise polls.wrong_file(_("“items” must be a list."))
    return _file_of(
        JSON,
        (_row(number, entry, _item_of_json, _title_of(entry)) for number, entry in enumerate(entries, 1)),
    )


def _title_of(entry: Any) -> str:
    """Return the text by which to find an entry that cannot be read."""
    fields = entry if isinstance(entry, Mapping) else {}
    poll = fields.get("poll")
    texts = (
        fields.get("text"),
        fields.get("line"),
        poll.get("question") if isinstance(poll, Mapping) else None,
    )
    return next((text for text in texts if isinstance(text, str)), "")


def _item_of_json(entry: Any) -> PlannedItem:
    if not isinstance(entry, Mapping):
        sentence = _("Each item must be an object.")
        raise Malformed(sentence, fields={"kind": sentence})
    if unknown := [str(name)[:40] for name in entry if name not in FIELDS]:
        sentence = _("An item has no field “%(field)s”.") % {"field": unknown[0]}
        raise Malformed(sentence, fields={unknown[0]: sentence})
    kind = clean_word(entry.get("kind"), field="kind", choices=Kind.values)
    if kind != Kind.POLL:
        _check_no_poll(entry, ("poll", "line"))
        return _item_of(entry)
    if "line" in entry and "poll" not in entry:
        draft = read_draft(read_line(_text_of(entry["line"])))
    else:
        draft = polls.draft_of_json(entry.get("poll"))
    return _item_of_poll(draft, entry.get("minutes", 0))


def _text_of(value: Any) -> str:
    if not isinstance(value, str):
        raise Malformed(_("This must be text."), fields={"line": _("This must be text.")})
    return value


def _check_no_poll(fields: Mapping[str, Any], names: Iterable[str]) -> None:
    """Refuse fields of a poll in another item.

    Raises:
        Malformed
    """
    for name in names:
        if fields.get(name):
            sentence = _("Only a poll can have this.")
            raise Malformed(sentence, fields={name: sentence})


# --- tables


def _looks_like_a_table(text: str) -> bool:
    """Return True if the first line has the headings of a table; a line that gives its kind has none."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if read_plan_line(first)["kind"] != Kind.NOTE:
        return False
    for delimiter in ",;\t|":
        cells = [column_of(cell.strip(' "')) for cell in first.split(delimiter)]
        if ITEM in cells and (TITLE in cells or "minutes" in cells):
            return True
    return polls.looks_like_a_table(text)


def _read_tables(content: bytes) -> PollFile:
    sheets, notes = polls.tables_of(content)
    for sheet in sheets:
        table = rows_of_table(sheet, heading=ITEM, columns=COLUMNS)
        if table is not None:
            rows = (_row(number, row, _item_of_row, row.get(TITLE, "")) for number, row in table)
            return _file_of(CSV, rows, notes)
    return _of_polls(polls.polls_of(sheets, notes))


def _item_of_row(row: Mapping[str, str]) -> PlannedItem:
    check_no_more(row)
    kind = _kind_of(row.get(ITEM, ""))
    minutes = _minutes_of(row.get("minutes", ""))
    of_poll = [name for name in row if name in _CELLS_OF_POLLS or name.startswith("option_")]
    if kind != Kind.POLL:
        _check_no_poll(row, of_poll)
        return _item_of({"kind": kind, "text": row.get(TITLE, ""), "minutes": minutes})
    return _item_of_poll(_poll_of_row(row, of_poll), minutes)


def _poll_of_row(row: Mapping[str, str], of_poll: Iterable[str]) -> PollDraft:
    """Return the poll of a row; if only its text is filled, that is a poll's line.

    Raises:
        Malformed: `fields` are columns.
    """
    text = row.get(TITLE, "")
    if not any(row[name] for name in of_poll):
        return read_draft(read_line(text))
    try:
        return read_draft(json_of_row({**row, "question": text}))
    except DomainError as refusal:
        named = {TITLE if name == "question" else name: why for name, why in refusal.fields.items()}
        refusal.fields = named
        raise


def _kind_of(cell: str) -> str:
    """Return the kind that a cell names, by its word or by REST's name."""
    known = {**KIND_WORDS, **{kind: kind for kind in Kind.values}}
    if kind := known.get(cell.casefold()):
        return kind
    return clean_word(cell, field=ITEM, choices=[word.casefold() for word in WORDS.values()])


def _minutes_of(cell: str) -> Any:
    is_number = cell.isdecimal() and len(cell) <= 3
    return int(ascii_digits(cell)) if is_number else cell or 0
