"""Validation of texts that people send, for pages, REST and sockets."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from opendev.core.errors import Malformed, NotFound
from opendev.core.invisible import is_visible, without_invisible

# Control characters break logs, CSV files and pads; NUL is refused by PostgreSQL. Tab and line ends may be typed.
MAX_NAME_LENGTH = 120  # of a person or a company
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_BLANKS = re.compile(r"\s+")
_LINE_END = re.compile(r"\r\n?")
# How a formula begins, also in full-width characters, which some spreadsheets treat like the ordinary ones.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
MAX_ID = 2**63 - 1
ERASED = "[erased]"  # replaces the words of an erased person
MAX_EMAIL_LENGTH = 254  # of a deliverable address (RFC 5321)


def clean_line(value: Any, *, field: str, most: int, required: bool = True) -> str:
    """Return a one-line text: trimmed, runs of white space collapsed, in Unicode's composed form (NFC).

    Characters that are invisible or change direction are removed (invisible.py).

    Args:
        value: the input; anything.
        field: the field's name, for the error.
        most: the maximum length, in code points.

    Raises:
        Malformed: not a text, empty although required, too long, with control characters, or without a visible
            character.
    """
    return _clean(value, lambda text: _BLANKS.sub(" ", text), field=field, most=most, required=required)


def clean_text(value: Any, *, field: str, most: int, required: bool = True) -> str:
    """Return a text of several lines: trimmed, line ends as "\\n", in Unicode's composed form (NFC).

    The arguments and errors are those of `clean_line`.
    """
    return _clean(value, lambda text: _LINE_END.sub("\n", text), field=field, most=most, required=required)


def _clean(value: Any, fold: Callable[[str], str], *, field: str, most: int, required: bool) -> str:
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise _wrong(field, _("This must be text."))
    if _CONTROL.search(value):
        raise _wrong(field, _("This contains characters that cannot be displayed."))
    text = unicodedata.normalize("NFC", fold(without_invisible(value)).strip())
    if not is_visible(text) and (text or value.strip()):
        raise _wrong(field, _("This contains nothing visible."))
    if required and not text:
        raise _wrong(field, _("This must not be empty."))
    if len(text) > most:
        raise _wrong(
            field,
            _("This can have at most %(most)d characters. It has %(count)d.")
            % {"most": most, "count": len(text)},
        )
    return text


def clean_yes_or_no(value: Any, *, field: str) -> bool:
    """Return a JSON boolean.

    Raises:
        Malformed: anything else.
    """
    if not isinstance(value, bool):
        raise _wrong(field, _("This must be true or false."))
    return value


def clean_word(value: Any, *, field: str, choices: Sequence[str]) -> str:
    """Return one of these words.

    Raises:
        Malformed: anything else.
    """
    if not isinstance(value, str) or value not in choices:
        raise _wrong(field, _("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)})
    return value


def clean_email(value: Any, *, field: str) -> str:
    """Return an email address, or "" if it is missing.

    Raises:
        Malformed: a text that is not an address.
    """
    address = clean_line(value, field=field, most=MAX_EMAIL_LENGTH, required=False)
    if address:
        try:
            validate_email(address)
        except ValidationError:
            raise _wrong(field, _("This is not an email address.")) from None
    return address


def clean_id(value: Any, *, field: str) -> int:
    """Return a database id from its text form, in which ids are sent.

    Raises:
        Malformed: not the digits of a 63-bit number.
    """
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        number = int(value)
        if number <= MAX_ID:
            return number
    raise _wrong(field, _("This is not an id."))


def id_in_address(text: str) -> int:
    """Return an id from an address.

    Raises:
        NotFound
    """
    try:
        return clean_id(text, field="id")
    except Malformed:
        raise NotFound from None


def _wrong(field: str, sentence: Any) -> Malformed:
    return Malformed(sentence, fields={field: sentence})


def ascii_digits(text: str) -> str:
    """Return the decimal digits of a text, in any script, as 0 to 9, without the other characters."""
    digits = (unicodedata.decimal(sign, None) for sign in text)
    return "".join(str(digit) for digit in digits if digit is not None)


def time_text(moment: datetime | None) -> str | None:
    """Return ISO 8601 in UTC, or None."""
    return None if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def csv_cell(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula."""
    is_formula = text.startswith(("\t", "\r")) or text.lstrip().startswith(_FORMULA_SIGNS)
    return f"'{text}" if is_formula else text


MAX_NESTING = 32  # nested lists and objects; our own input has four levels


def is_nested_too_deeply(value: object, text: str = "") -> bool:
    """Return True if a JSON value is nested more deeply than any valid input.

    The depth that Python itself can parse depends on its version. If the source text is given, and opens few
    lists and objects, the value is not examined.
    """
    if text and text.count("[") + text.count("{") <= MAX_NESTING:
        return False
    level = [value]
    for _depth in range(MAX_NESTING):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
        ]
        if not level:
            return False
    return True


def folded(text: str) -> str:
    """Return text as it is searched: in lower case and without accents. `programme_filter.js` folds the same way."""
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in parts if not unicodedata.category(sign).startswith("M"))
