"""Lists of registrations as they come: CSV or XLSX, with the headings that registration systems use."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import openpyxl
import pycountry
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from opendev.core.errors import Malformed
from opendev.core.text import clean_email, clean_line
from sessions.services.joining import MAX_NAME_LENGTH

MOST_ROWS = 50_000
MOST_UNPACKED = 64 * 1024 * 1024  # bytes of a spreadsheet without its compression
MAX_URL_LENGTH = 500
XLSX_BEGINS = b"PK\x03\x04"
HEADINGS = {
    "email": ("email", "e-mail", "email address", "e-mail address", "mail"),
    "name": ("name", "full name", "attendee", "attendee name"),
    "first_name": ("first name", "given name", "firstname"),
    "last_name": ("last name", "family name", "surname", "lastname"),
    "company": ("company", "organization", "organisation", "employer", "affiliation", "company name"),
    "country": ("country", "country/region", "country/region name", "country code"),
    "call_url": ("join link", "join url", "personal link", "personal join link", "join_url", "link"),
}
_COLUMNS = {heading: column for column, headings in HEADINGS.items() for heading in headings}
_is_web_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row of a list: what it says, or which field is wrong and why."""

    number: int
    said: dict[str, str] = field(default_factory=dict)
    wrong_field: str = ""
    reason: str = ""


def rows_of(content: bytes) -> list[ReadRow]:
    """Return the rows of a CSV or XLSX file, numbered as a spreadsheet shows them; empty ones are passed over.

    Raises:
        Malformed: neither of both, no column of e-mail addresses, no rows, or more than 50,000.
    """
    table = _xlsx_rows(content) if content.startswith(XLSX_BEGINS) else _csv_rows(content)
    head = next(table, None)
    columns = [_COLUMNS.get(_folded(cell), "") for cell in head or ()]
    if "email" not in columns:
        raise _wrong(_("The first row must name the columns; one of them must be “email”."))
    rows: list[ReadRow] = []
    for number, cells in enumerate(table, 2):
        if len(rows) >= MOST_ROWS:
            raise _wrong(_("A list may have %(most)d rows at most. Split it.") % {"most": MOST_ROWS})
        if any(cell.strip() for cell in cells):
            rows.append(_read(number, dict(zip(columns, cells, strict=False))))
    if not rows:
        raise _wrong(_("The list has no rows."))
    return rows


def _folded(heading: str) -> str:
    return " ".join(heading.replace("_", " ").casefold().split())


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    """Return the rows of a CSV file in UTF-8, or in what Windows writes; parted by commas, semicolons or tabs."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise _wrong(_("This is neither a CSV file nor an XLSX file."))
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise _wrong(_("The CSV file cannot be read: %(why)s.") % {"why": error}) from error


def _xlsx_rows(content: bytes) -> Iterator[list[str]]:
    """Return the rows of the first sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise _wrong(_("This spreadsheet is too large."))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        first = book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=50, values_only=True)
        for row in first:
            yield ["" if cell is None else str(cell) for cell in row]
    except Malformed:
        raise
    except Exception as error:  # a broken file breaks its reader in a dozen ways
        raise _wrong(_("This spreadsheet cannot be read.")) from error


def _read(number: int, cells: Mapping[str, str]) -> ReadRow:
    """Return what a row says, cleaned; or the first field that is wrong."""
    names = [cells.get("name", ""), *(cells.get(part, "") for part in ("first_name", "last_name"))]
    given = {**cells, "name": names[0].strip() or " ".join(name.strip() for name in names[1:]).strip()}
    said: dict[str, str] = {}
    for column, clean in _CLEANERS.items():
        try:
            said[column] = clean(given.get(column, ""))
        except Malformed as refusal:
            return ReadRow(
                number, {"email": given.get("email", "")[:254]}, column, str(refusal.message)[:200]
            )
    return ReadRow(number, said)


def _clean_address(text: str) -> str:
    email = clean_email(text, field="email").lower()
    if not email:
        raise Malformed(_("There is no e-mail address."))
    return email


def _clean_company(text: str) -> str:
    return clean_line(text, field="company", most=MAX_NAME_LENGTH, required=False)


def _clean_name(text: str) -> str:
    return clean_line(text, field="name", most=MAX_NAME_LENGTH, required=False)


def _clean_call_url(text: str) -> str:
    url = clean_line(text, field="call_url", most=MAX_URL_LENGTH, required=False)
    if url:
        try:
            _is_web_address(url)
        except ValidationError:
            raise Malformed(_("This is not a web address.")) from None
    return url


def _clean_country(text: str) -> str:
    words = clean_line(text, field="country", most=MAX_NAME_LENGTH, required=False).casefold()
    if words and words not in _countries():
        raise Malformed(_("There is no country of this name or code."))
    return _countries()[words] if words else ""


@lru_cache
def _countries() -> dict[str, str]:
    """Return the two-letter codes by code and name, as people and systems write them."""
    found: dict[str, str] = {"uk": "GB"}
    for country in pycountry.countries:
        spellings: Sequence[Any] = [
            getattr(country, kind, None)
            for kind in ("alpha_2", "alpha_3", "name", "official_name", "common_name")
        ]
        found |= {spelling.casefold(): country.alpha_2 for spelling in spellings if spelling}
        if ", " in country.name:  # "Korea, Republic of"
            last, _comma, first = country.name.partition(", ")
            found[f"{first} {last}".casefold()] = country.alpha_2
    return found


_CLEANERS: dict[str, Callable[[str], str]] = {
    "email": _clean_address,
    "name": _clean_name,
    "company": _clean_company,
    "country": _clean_country,
    "call_url": _clean_call_url,
}


def _wrong(sentence: Any) -> Malformed:
    return Malformed(sentence, fields={"file": sentence})
