"""The table in a list: its row of headings, its columns' fields, and its rows.

Reports begin with lines about themselves, and Zoom's have several sections with their own headings ("Panelist
Details", "Attendee Details"). So the headings are searched for in the first rows, and a line with one cell above a row
of headings begins a section; of several sections, the one about attendees is read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from opendev.core.sheets import Sheet, sheets_of, wrong_file
from sessions.registrations.lists.headings import (
    FIELDS,
    Column,
    columns_of,
    field_label,
    with_field,
    words_of,
)
from sessions.registrations.lists.states import looks_like_a_state

LOOKED_AT = 20  # rows in which to look for the headings
OF_ATTENDEES = frozenset(
    {"attendee", "attendees", "registrant", "registrants", "registration", "registrations"}
) | {
    *("participant", "participants", "guest", "guests", "teilnehmer", "inscrits", "inscritos", "asistentes"),
}
ADDRESSES_OF_TEN = 8  # of ten values in a column that counts as addresses without such a heading


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list: its number in the file, its cells, and formulas without a stored value, by position from 0."""

    number: int
    cells: tuple[str, ...]
    formulas: tuple[tuple[int, str], ...] = ()

    def cell(self, column: Column) -> str:
        """Return the text in this column."""
        return self.cells[column.place - 1].strip() if column.place <= len(self.cells) else ""

    def formula(self, column: Column) -> str:
        """Return the formula without a stored value in this column, or ""."""
        return dict(self.formulas).get(column.place - 1, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A list with recognised columns. `notes` are sentences about how it was read."""

    columns: list[Column]
    rows: list[Row]
    notes: list[str] = field(default_factory=list)

    def columns_for(self, name: str) -> list[Column]:
        """Return the columns with this field, the most certain first."""
        return sorted(
            (column for column in self.columns if column.field == name), key=lambda one: (one.tier, one.place)
        )


@dataclass(frozen=True, slots=True)
class _Part:
    """A section of a sheet: its title, the position of its headings among the sheet's rows, and its end."""

    sheet: Sheet
    title: str
    head: int
    end: int
    columns: list[Column]

    @property
    def fields(self) -> set[str]:
        return {column.field for column in self.columns} - {""}

    @property
    def weight(self) -> tuple[bool, bool, int]:
        """How likely this is the list: it has addresses, is about attendees, and has many recognised columns."""
        is_of_attendees = not OF_ATTENDEES.isdisjoint(words_of(self.title))
        return "email" in self.fields, is_of_attendees, len(self.fields)


def read_table(content: bytes, *, most_rows: int) -> Table:
    """Return the table of a file.

    Args:
        most_rows: the maximum number of rows to read, including headings and lines about the report.

    Raises:
        Malformed: the file cannot be read, or has no column of email addresses.
    """
    sheets, notes = sheets_of(content, most_rows=most_rows)
    parts = [part for sheet in sheets for part in _parts(sheet)]
    part = max(parts, key=lambda one: one.weight, default=None)
    if part is None or "email" not in part.fields:
        raise wrong_file(_no_addresses(sheets))
    rows = list(_rows(part))
    columns = _settled(part.columns, rows)
    return Table(columns, rows, [*notes, *_notes(part, parts, columns)])


def _no_addresses(sheets: Sequence[Sheet]) -> str:
    sentence = _(
        "No column of email addresses was found. One of the first %(count)d rows must hold the headings,"
        " and one heading must be “email”."
    )
    first = next((cells for sheet in sheets for _number, cells in sheet.rows), [])
    words = ", ".join(f"“{' '.join(cell.split())[:40]}”" for cell in first[:8] if cell.strip())
    seen = _("The first row says: %(words)s.") % {"words": words} if words else ""
    return " ".join(part for part in (sentence % {"count": LOOKED_AT}, seen) if part)


def _parts(sheet: Sheet) -> list[_Part]:
    """Return the sections of a sheet that have headings; a sheet without titles has one or none."""
    rows = [cells for _number, cells in sheet.rows]
    titles = [place for place in range(len(rows) - 1) if _is_title(rows, place)]
    heads = [(rows[place][0].strip(), place + 1) for place in titles]
    first_title = titles[0] if titles else len(rows)
    plain = max(
        range(min(LOOKED_AT, first_title)), key=lambda place: _likeness(columns_of(rows[place])), default=None
    )
    if plain is not None and _likeness(columns_of(rows[plain]))[0]:
        heads.insert(0, ("", plain))
    elif not any(_likeness(columns_of(rows[head]))[0] for _title, head in heads) or heads[0][1] >= LOOKED_AT:
        return _part_by_content(sheet)
    ends = [*(head - 1 for _title, head in heads[1:]), len(rows)]
    return [
        _Part(sheet, title, head, end, columns_of(rows[head]))
        for (title, head), end in zip(heads, ends, strict=True)
    ]


def _likeness(columns: Sequence[Column]) -> tuple[bool, int]:
    fields = {column.field for column in columns} - {""}
    has_addresses = any("@" in column.heading for column in columns)
    return "email" in fields and not has_addresses, 0 if has_addresses else len(fields)


def _is_title(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Return True if a row is the title of a section: only its first cell is not empty, and headings follow."""
    if not _is_single(rows[place]) or "@" in rows[place][0]:
        return False
    below = [cell for cell in rows[place + 1] if cell.strip()]
    columns = columns_of(rows[place + 1])
    known = {column.field for column in columns} - {""}
    is_of_words = all("@" not in cell and any(sign.isalpha() for sign in cell) for cell in below)
    return is_of_words and len(below) > 1 and len(known) > 1


def _is_single(cells: Sequence[str]) -> bool:
    return bool(cells) and bool(cells[0].strip()) and not any(cell.strip() for cell in cells[1:])


def _part_by_content(sheet: Sheet) -> list[_Part]:
    """Return the sheet as one section if a column contains addresses under another heading: "Username", "Contact".

    Raises:
        Malformed: several columns contain addresses.
    """
    rows = [cells for _number, cells in sheet.rows]
    first = next((n for n, cells in enumerate(rows[: LOOKED_AT + 1]) if any("@" in c for c in cells)), 0)
    if not first:
        return []
    head = first - 1
    columns = columns_of(rows[head])
    holding = [column for column in columns if column.heading and _holds_addresses(rows[first:], column)]
    if len(holding) > 1:
        names = ", ".join(f"“{column.heading}”" for column in holding)
        sentence = _("Several columns hold email addresses: %(names)s. Call the right one “email”.")
        raise wrong_file(sentence % {"names": names})
    if not holding:
        return []
    columns = [with_field(column, "email") if column is holding[0] else column for column in columns]
    return [_Part(sheet, "", head, len(rows), columns)]


def _holds_addresses(rows: Sequence[Sequence[str]], column: Column) -> bool:
    texts = [cells[column.place - 1].strip() for cells in rows if column.place <= len(cells)]
    texts = [text for text in texts if text]
    addresses = sum("@" in text and " " not in text for text in texts)
    return bool(texts) and 10 * addresses >= ADDRESSES_OF_TEN * len(texts)


def _rows(part: _Part) -> Iterator[Row]:
    """Return the rows of a section, without repeated headings."""
    head = [cell.strip() for cell in part.sheet.rows[part.head][1]]
    formulas: dict[int, list[tuple[int, str]]] = {}
    for (number, place), formula in part.sheet.formulas.items():
        formulas.setdefault(number, []).append((place, formula))
    for number, cells in part.sheet.rows[part.head + 1 : part.end]:
        if [cell.strip() for cell in cells] != head:
            yield Row(number, tuple(cells), tuple(formulas.get(number, ())))


def _settled(columns: Sequence[Column], rows: Sequence[Row]) -> list[Column]:
    """Return the columns; a column called "State" only counts as the state if it contains states."""

    def settled(column: Column) -> Column:
        if column.field or " ".join(words_of(column.heading)) not in {"state", "zustand", "etat"}:
            return column
        texts = [row.cell(column) for row in rows if row.cell(column)]
        return with_field(column, "state") if texts and all(map(looks_like_a_state, texts)) else column

    return [settled(column) for column in columns]


def _notes(part: _Part, parts: Sequence[_Part], columns: Sequence[Column]) -> Iterator[str]:
    """Return sentences about the choices made: sheet, section, row of headings, one of several columns."""
    number = part.sheet.rows[part.head][0]
    if part.sheet.name and any(other.sheet is not part.sheet for other in parts):
        others = dict.fromkeys(one.sheet.name for one in parts if one.sheet is not part.sheet)
        names = ", ".join(f"“{name}”" for name in others)
        sentence = _("Only the sheet “%(sheet)s” was read. These look like lists too: %(names)s.")
        yield sentence % {"sheet": part.sheet.name, "names": names}
    elif part.sheet.name and number != 1:
        yield _("The headings are in row %(row)d of the sheet “%(sheet)s”.") % {
            "row": number,
            "sheet": part.sheet.name,
        }
    elif number != 1:
        yield _("The headings are in row %(row)d.") % {"row": number}
    left = [other.title for other in parts if other.sheet is part.sheet and other is not part and other.title]
    if left:
        names = ", ".join(f"“{title}”" for title in left)
        yield _("These parts of the report were not read: %(names)s.") % {"names": names}
    for name in FIELDS:
        if name == "state":  # all of them count
            continue
        several = sorted((c for c in columns if c.field == name), key=lambda one: (one.tier, one.place))
        if len(several) > 1:
            names = ", ".join(f"“{one.heading}” ({_letter(one.place)})" for one in several)
            sentence = _("Several columns give the %(field)s: %(names)s. The first that is filled in counts.")
            yield sentence % {"field": field_label(name), "names": names}


def _letter(place: int) -> str:
    """Return a column's letters, as in spreadsheets."""
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
