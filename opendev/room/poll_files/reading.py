"""Parsing files of polls: their format, their rows, and errors.

A row is a line of text, a row of a table as numbered by a spreadsheet, or an entry of a JSON list, from 1.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opendev.core.encodings import text_of
from opendev.core.errors import DomainError, Malformed
from opendev.core.sheets import SEPARATOR, XLS_BEGINS, XLSX_BEGINS, Sheet, sheets_of
from opendev.core.text import is_nested_too_deeply
from opendev.room.poll_files.foreign import FIRST_HEADINGS, Entry, ForeignFile, read_foreign
from opendev.room.poll_files.gift import read_gift
from opendev.room.poll_files.lines import read_line
from opendev.room.poll_files.portable import CSV, FIELDS, JSON, TEXT
from opendev.room.poll_files.tables import (
    COLUMNS,
    check_no_more,
    column_of,
    is_column,
    json_of_row,
    rows_of_table,
)
from polls.kinds import with_preset
from polls.services.reading import PollDraft, read_draft

MOST_POLLS = 100
MOST_ROWS = 50_000  # of a sheet: exports of answers are long
MOST_SIGNS = 200_000  # of a file's text
FILE = "file"
_BEGINS_AS_JSON = re.compile(r'\s*(\{\s*"(?:polls|items)"\s*:|\[\s*\{\s*"\w+"\s*:)')


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row of a file: its poll, or why it has none.

    Attributes:
        number: as its reader counts, from 1.
        title: the question, or the text of a line that cannot be read, to find it by.
        code, fields: of the refusal; a sentence for each field.
    """

    number: int
    title: str
    draft: PollDraft | None = None
    code: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def is_refused(self) -> bool:
        """Whether it cannot be read."""
        return bool(self.code)


@dataclass(frozen=True, slots=True)
class PollFile:
    """A parsed file. `form` is its format; `notes` are sentences about how it was read."""

    form: str
    rows: list[ReadRow]
    notes: list[str] = field(default_factory=list)

    @property
    def drafts(self) -> list[PollDraft]:
        """The polls of the rows that can be read."""
        return [row.draft for row in self.rows if row.draft is not None]

    @property
    def refused(self) -> list[ReadRow]:
        """The rows that cannot."""
        return [row for row in self.rows if row.is_refused]


class WrongPollFile(Malformed):
    code, message = "wrong_poll_file", gettext_lazy("This file cannot be read as polls.")


class PollsRefused(Malformed):
    code, message = "polls_refused", gettext_lazy("Some rows cannot be imported, so nothing was.")


def check_rows(file: PollFile, refusal: type[Malformed] = PollsRefused) -> None:
    """Refuse a file with rows that cannot be read.

    Raises:
        PollsRefused, or what is given: `fields` are named "3.options", by row and field.
    """
    fields = {
        f"{row.number}.{name}": sentence for row in file.refused for name, sentence in row.fields.items()
    }
    if file.refused:
        raise refusal(fields=fields)


def is_workbook(content: bytes) -> bool:
    """Return True if a file is a workbook, False if it is text."""
    return content.startswith((XLSX_BEGINS, XLS_BEGINS))


def read_file(content: bytes) -> PollFile:
    """Parse a file: text with one poll per line, CSV, JSON, or a workbook.

    Raises:
        WrongPollFile: it is none of these, empty, or too long. Invalid rows do not raise.
    """
    return read_content(content, read_text, read_tables)


def read_content(
    content: bytes, read_text: Callable[[str], PollFile], read_tables: Callable[[bytes], PollFile]
) -> PollFile:
    """Return a file's content, parsed as text or as a workbook, with a note if its encoding is an older one.

    Raises:
        WrongPollFile
    """
    if is_workbook(content):
        return read_tables(content)
    try:
        text, note = text_of(content)
    except UnicodeDecodeError:
        raise wrong_file(_("This file is neither text nor a workbook.")) from None
    if "\0" in text:
        raise wrong_file(_("This file is neither text nor a workbook."))
    file = read_text(text)
    return replace(file, notes=[note, *file.notes]) if note else file


def read_text(text: Any) -> PollFile:
    """Parse the text of a file; see `read_file`.

    Raises:
        WrongPollFile
    """
    if not isinstance(text, str) or not text.strip():
        raise wrong_file(_("Paste polls, or choose a file."))
    if len(text) > MOST_SIGNS:
        raise wrong_file(_("This is too long for a file of polls."))
    text = text.removeprefix("\ufeff")
    if (document := json_of(text)) is not None:
        return read_document(document)
    if looks_like_a_table(text):
        return read_tables(encoded(text))
    lines = ((number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip())
    rows = [_read(number, line, _draft_of_line, line) for number, line in islice(lines, MOST_POLLS + 1)]
    if any(row.is_refused for row in rows) and (questions := read_gift(text)):
        return of_foreign(questions)  # if every line is a poll, braces are ordinary characters
    return _file_of(TEXT, rows)


def _draft_of_line(line: str) -> PollDraft:
    return read_draft(read_line(line))


def encoded(text: str) -> bytes:
    """Return a text in the form that a file has.

    Raises:
        WrongPollFile: it contains half a character.
    """
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise wrong_file(_("This contains characters that cannot be displayed.")) from None


def read_polls(value: Any) -> PollFile:
    """Parse a list of polls in their JSON form.

    Raises:
        WrongPollFile
    """
    return read_document(value)


def _file_of(form: str, rows: Iterable[ReadRow], notes: Sequence[str] = ()) -> PollFile:
    """Return the file of these rows, reading no more than a file may have.

    Raises:
        WrongPollFile: there is none, or too many.
    """
    file = PollFile(form, list(islice(rows, MOST_POLLS + 1)), list(notes))
    if not file.rows:
        raise wrong_file(_("There is no poll in it."))
    if len(file.rows) > MOST_POLLS:
        raise wrong_file(_("A file can have at most %(most)d polls. Split it.") % {"most": MOST_POLLS})
    return file


def wrong_file(sentence: Any) -> WrongPollFile:
    """Return the refusal of a whole file."""
    return WrongPollFile(sentence, fields={FILE: sentence})


def _read(number: int, entry: Any, read: Callable[[Any], PollDraft], title: str) -> ReadRow:
    def read_poll() -> ReadRow:
        draft = read(entry)
        return ReadRow(number, draft.question, draft)

    return read_row(number, title, read_poll)


def read_row(number: int, title: str, read: Callable[[], ReadRow]) -> ReadRow:
    """Return the row from `read`, or one with the reason why `read` refused it."""
    title = " ".join(title.split())[:300]
    try:
        return read()
    except DomainError as refusal:
        fields = {name: str(sentence) for name, sentence in refusal.fields.items()}
        return ReadRow(number, title, None, refusal.code, fields or {"question": str(refusal.message)})


# --- JSON


def json_of(text: str) -> Any:
    """Return a text's JSON, or None if it is something else: a question may begin with a brace.

    Raises:
        WrongPollFile: it begins like JSON, but is invalid.
    """
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        if not _BEGINS_AS_JSON.match(text):
            return None
        line = getattr(error, "lineno", 1)
        raise wrong_file(_("This JSON is broken at line %(line)d.") % {"line": line}) from None
    except RecursionError:
        raise wrong_file(_("This JSON is nested too deeply.")) from None


def read_document(document: Any) -> PollFile:
    """Return the polls of `{"polls": […]}`, or of the list alone.

    Raises:
        WrongPollFile
    """
    entries = document.get("polls") if isinstance(document, Mapping) else document
    if not isinstance(entries, list) or is_nested_too_deeply(entries):
        raise wrong_file(_("The JSON must be a list of polls, or an object with “polls”."))
    rows = (_read(number, entry, draft_of_json, _title_of(entry)) for number, entry in enumerate(entries, 1))
    return _file_of(JSON, rows)


def _title_of(entry: Any) -> str:
    title = entry.get("question") if isinstance(entry, Mapping) else None
    return title if isinstance(title, str) else ""


def draft_of_json(entry: Any) -> PollDraft:
    """Return a poll from its JSON form.

    Raises:
        Malformed: also for a field that polls do not have, so that no misspelt one is lost.
    """
    if not isinstance(entry, Mapping):
        sentence = _("Each poll must be an object.")
        raise Malformed(sentence, fields={"question": sentence})
    if unknown := [name for name in entry if name not in {*FIELDS, "preset"}]:
        sentence = _("A poll has no field “%(field)s”.") % {"field": str(unknown[0])[:40]}
        raise Malformed(sentence, fields={str(unknown[0])[:40]: sentence})
    return read_draft(with_preset(_without_option_ids(entry)))


def _without_option_ids(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a poll without its options' ids, which belong to another session."""
    options = entry.get("options")
    if not isinstance(options, list):
        return dict(entry)
    bare = [{"text": option.get("text")} if isinstance(option, Mapping) else option for option in options]
    return {**entry, "options": bare}


# --- tables


def looks_like_a_table(text: str) -> bool:
    """Return True if the first line has our headings: then it is CSV, otherwise each line is a poll."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    headings = [cell.strip(' "').casefold() for cell in re.split("[,;\t|]", first)]
    if headings[:2] in FIRST_HEADINGS:
        return True
    if " / " in first:
        return False
    if SEPARATOR.match(first):
        return True
    for delimiter in ",;\t|":
        cells = [column_of(cell.strip(' "')) for cell in first.split(delimiter)]
        if "question" in cells and any(is_column(cell) for cell in cells if cell != "question"):
            return True
    return False


def read_tables(content: bytes) -> PollFile:
    """Return the polls of a table: of text, or of a workbook's sheets.

    Raises:
        WrongPollFile
    """
    return polls_of(*tables_of(content))


def tables_of(content: bytes) -> tuple[list[Sheet], list[str]]:
    """Return the sheets of a file, and sentences about how it was read.

    Raises:
        WrongPollFile
    """
    try:
        return sheets_of(content, most_rows=MOST_ROWS)
    except Malformed as refusal:
        raise WrongPollFile(refusal.message, fields={FILE: refusal.message}) from None


def polls_of(sheets: Sequence[Sheet], notes: Sequence[str]) -> PollFile:
    """Return the polls of sheets, our own or those of another program.

    Raises:
        WrongPollFile
    """
    try:
        if foreign := read_foreign(sheets):
            return of_foreign(foreign, notes)
        tables = (rows_of_table(sheet, heading="question", columns=COLUMNS) for sheet in sheets)
        table = next((table for table in tables if table is not None), None)
    except WrongPollFile:
        raise
    except Malformed as refusal:
        raise WrongPollFile(refusal.message, fields=refusal.fields) from None
    if table is not None:
        return _file_of(CSV, (_row_of(number, row) for number, row in table), notes)
    raise wrong_file(_("No row has the headings of a table of polls. One of them is “question”."))


def of_foreign(foreign: ForeignFile, notes: Sequence[str] = ()) -> PollFile:
    """Return the polls of another program's file.

    Raises:
        WrongPollFile: there is none, or too many.
    """
    rows = (_read(entry.row, entry, _draft_of_entry, entry.title) for entry in foreign.entries)
    return _file_of(foreign.program, rows, [*notes, *foreign.notes])


def _draft_of_entry(entry: Entry) -> PollDraft:
    return read_draft(entry.read())


def _row_of(number: int, row: Mapping[str, str]) -> ReadRow:
    return _read(number, row, _draft_of_row, row.get("question", ""))


def _draft_of_row(row: Mapping[str, str]) -> PollDraft:
    check_no_more(row)
    return read_draft(json_of_row(row))
