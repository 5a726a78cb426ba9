"""Lists of registrations: the cleaned values of each row, and remarks for the organiser.

A row is valid, invalid (its address or another field cannot be used), or not a registration (cancelled, on the waiting
list). Something unimportant that is unknown, such as a country, is left empty with a remark: nobody is lost because
of it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from opendev.core.countries import country_code
from opendev.core.errors import Malformed
from opendev.core.sheets import wrong_file
from opendev.core.text import MAX_NAME_LENGTH, clean_email, clean_line
from sessions.registrations.lists import WEAK_TIER, Column, Row, Table, is_no_registration, read_table

MOST_ROWS = 50_000
MOST_LINES_ABOUT_THE_REPORT = 100
MAX_URL_LENGTH = 500
MAX_VALUE_LENGTH = 200  # of a value that is shown with its error
NO_ANSWERS = frozenset(
    {
        *(
            "n/a",
            "n.a.",
            "n. a.",
            "#n/a",
            "-",
            "--",
            "---",
            "–",
            "—",
            "/",
            ".",
            "?",
            "none",
            "null",
            "nil",
            "unknown",
        ),
        *(
            "not applicable",
            "not specified",
            "no answer",
            "prefer not to say",
            "k.a.",
            "k. a.",
            "keine angabe",
        ),
        *("keine", "unbekannt", "aucun", "aucune", "ninguno", "ninguna", "n/d", "sin respuesta"),
    }
)
NO_COUNTRY = frozenset(
    {"other", "andere", "anderes", "sonstige", "autre", "otro", "select", "please select", "global"}
)
NAMED_ADDRESS = re.compile(r"[^<>]*<([^<>\s]+@[^<>\s]+)>")  # Ada One <ada@example.org>
_is_web_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row of a list: its values, or which field is invalid, why, and its text."""

    number: int
    said: dict[str, str] = field(default_factory=dict)
    wrong_field: str = ""
    reason: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark about a row that is imported nevertheless, or is not a registration.

    `value` is the country, state or formula in the file; "" for names and addresses, which a report does not contain.
    """

    row: int
    field: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class RegistrationList:
    """A parsed list. `left_out` counts the rows that are not registrations; each has a remark."""

    rows: list[ReadRow]
    columns: list[Column]
    notes: list[str]
    remarks: list[Remark]
    left_out: int


def rows_of(content: bytes) -> list[ReadRow]:
    """Return the rows of a list, without those that are not registrations.

    Raises:
        Malformed
    """
    return read_list(content).rows


def read_list(content: bytes) -> RegistrationList:
    """Parse a CSV or XLSX file; rows are numbered as in a spreadsheet, and empty ones ignored.

    Raises:
        Malformed: neither of the two, no column of email addresses, no rows, or more than 50,000.
    """
    table = read_table(content, most_rows=MOST_ROWS + MOST_LINES_ABOUT_THE_REPORT)
    if len(table.rows) > MOST_ROWS:
        raise wrong_file(_("A list can have at most %(most)d rows. Split it.") % {"most": MOST_ROWS})
    if not table.rows:
        raise wrong_file(_("The list has no rows."))
    remarks: list[Remark] = []
    rows = []
    for row in table.rows:
        if remark := _why_left_out(table, row):
            remarks.append(remark)
        else:
            rows.append(_read(table, row, remarks))
    left_out = len(table.rows) - len(rows)
    remarks += _shared_addresses(rows)
    return RegistrationList(
        rows, table.columns, table.notes, sorted(remarks, key=lambda remark: remark.row), left_out
    )


def _why_left_out(table: Table, row: Row) -> Remark | None:
    for column in table.columns_for("state"):
        state = row.cell(column)
        if is_no_registration(column.heading, state):
            return Remark(
                row.number, "state", _short(state), _("This is not a registration, so it was left out.")
            )
    return None


def _shared_addresses(rows: list[ReadRow]) -> Iterator[Remark]:
    """Return a remark for each row with the address of an earlier row but another name: both become one person."""
    names: dict[str, tuple[int, str]] = {}
    for row in rows:
        email, name = row.said.get("email", ""), row.said.get("name", "")
        if row.wrong_field or not name:
            continue
        first, other = names.setdefault(email, (row.number, name))
        if other.casefold() != name.casefold():
            reason = _(
                "Row %(row)d has the same email address and another name. They became one registration."
            )
            yield Remark(row.number, "name", "", reason % {"row": first})


def _read(table: Table, row: Row, remarks: list[Remark]) -> ReadRow:
    """Return the cleaned values of a row, or its first invalid field."""
    texts = {name: _pick(table, row, name, remarks) for name in ("email", "company", "country", "call_url")}
    texts["name"] = _whole_name(table, row, remarks)
    values: dict[str, str] = {}
    for name, clean in _CLEANERS.items():
        try:
            values[name] = clean(texts[name])
        except Malformed as refusal:
            formula = "" if texts[name] else _formula(table, row, name)
            reason = _no_value() if formula else str(refusal.message)[:200]
            email = texts["email"][:254]
            return ReadRow(row.number, {"email": email}, name, reason, _short(texts[name] or formula))
    if texts["country"] and not values["country"]:
        reason = _("No country of this name or code is known. The country was left empty.")
        remarks.append(Remark(row.number, "country", _short(texts["country"]), reason))
    return ReadRow(row.number, values)


def _pick(
    table: Table, row: Row, name: str, remarks: list[Remark], *, tiers: range = range(WEAK_TIER + 9)
) -> str:
    """Return the first text that is not empty in a field's columns, among those that are certain enough."""
    columns = [column for column in table.columns_for(name) if column.tier in tiers]
    for column in columns:
        text = row.cell(column)
        if text and not _says_nothing(name, text):
            if name == "email" and column is not columns[0]:
                reason = _("“%(empty)s” is empty, so “%(heading)s” was used.")
                words = {"empty": columns[0].heading, "heading": column.heading}
                remarks.append(Remark(row.number, name, "", reason % words))
            return text
    if name != "email" and (formula := _formula(table, row, name)):
        remarks.append(Remark(row.number, name, _short(formula), _no_value()))
    return ""


def _formula(table: Table, row: Row, name: str) -> str:
    formulas = (row.formula(column) for column in table.columns_for(name))
    return next((formula for formula in formulas if formula), "")


def _no_value() -> str:
    return _("This formula has no stored value. Open the list in a spreadsheet program and save it there.")


def _says_nothing(name: str, text: str) -> bool:
    folded = " ".join(text.casefold().split())
    return folded in NO_ANSWERS or (name == "country" and folded in NO_COUNTRY)


def _whole_name(table: Table, row: Row, remarks: list[Remark]) -> str:
    """Return the name, whole or joined. If there is only a first name, "Name" or "Nom" is the family name."""
    sure, makeshift = range(WEAK_TIER + 1), range(WEAK_TIER + 1, WEAK_TIER + 9)
    whole = _pick(table, row, "name", remarks, tiers=sure)
    first, last = (_pick(table, row, name, remarks) for name in ("first_name", "last_name"))
    if not whole:
        parts = f"{first} {last}".strip()
        return parts or _pick(table, row, "name", remarks, tiers=makeshift)
    is_family_name = first and not table.columns_for("last_name")
    if is_family_name and first.casefold() not in whole.casefold():
        return f"{first} {whole}"
    return whole


def _short(text: str) -> str:
    """Return a value that can be stored and shown."""
    return "".join(sign for sign in text if unicodedata.category(sign)[0] != "C")[:MAX_VALUE_LENGTH]


def _clean_address(text: str) -> str:
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    named = NAMED_ADDRESS.fullmatch(seen)
    address = named.group(1) if named else seen.removeprefix("mailto:")
    email = clean_email(address, field="email").lower()
    if not email:
        raise Malformed(_("The email address is missing."))
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


_CLEANERS: dict[str, Callable[[str], str]] = {
    "email": _clean_address,
    "name": _clean_name,
    "company": _clean_company,
    "country": country_code,
    "call_url": _clean_call_url,
}
