"""Parsing and validating the fields of the organisers' forms."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext_lazy as _

from opendev.core.errors import Malformed
from opendev.core.languages import codes, language_tag, offered
from opendev.core.text import clean_line, clean_text, clean_word
from sessions.programme.models.embedding import read_sites
from sessions.programme.models.events import validate_time_zone
from sessions.programme.models.resources import WEB_ADDRESS

Readers = Mapping[str, Callable[[Any, str], Any]]
LONGEST_SESSION_MINUTES = 7 * 24 * 60


def wrong(field: str, sentence: Any) -> Malformed:
    """Return the error for one field."""
    return Malformed(sentence, fields={field: sentence})


def read_fields(given: Mapping[str, Any], readers: Readers) -> dict[str, Any]:
    """Return the given fields, checked; all errors at once.

    Raises:
        Malformed: `fields` names each.
    """
    values: dict[str, Any] = {}
    mistakes: dict[str, Any] = {}
    for field, read in readers.items():
        if field in given:
            try:
                values[field] = read(given[field], field)
            except Malformed as refusal:
                mistakes |= refusal.fields or {field: refusal.message}
    if mistakes:
        raise Malformed(_("Nothing was saved. Check the marked fields."), fields=mistakes)
    return values


def a_line(most: int, *, required: bool = False) -> Callable[[Any, str], str]:
    """Return a reader for texts on one line."""
    return lambda value, field: clean_line(value, field=field, most=most, required=required)


def a_text(most: int) -> Callable[[Any, str], str]:
    """Return a reader for texts of several lines."""
    return lambda value, field: clean_text(value, field=field, most=most, required=False)


def check_names_nobody(url: str, field: str) -> None:
    """Refuse web addresses with a user name or password: they make one host look like another.

    Raises:
        Malformed
    """
    if "@" in urlsplit(url).netloc:
        raise wrong(field, _("Leave out the user name. Write the address like this: https://example.org/."))


def an_address(most: int, *, required: bool = False) -> Callable[[Any, str], str]:
    """Return a reader for web addresses, http or https."""

    def read(value: Any, field: str) -> str:
        text = clean_line(value, field=field, most=most, required=required)
        try:
            if text:
                WEB_ADDRESS(text)
        except ValidationError:
            raise wrong(field, _("This is not a web address such as https://example.org/.")) from None
        check_names_nobody(text, field)
        return text

    return read


def a_zone(value: Any, field: str) -> str:
    """Read the name of a time zone.

    Raises:
        Malformed
    """
    text = clean_line(value, field=field, most=64)
    try:
        validate_time_zone(text)
    except ValidationError as refusal:
        raise wrong(field, refusal.messages[0]) from None
    return text


def a_language(value: Any, field: str) -> str:
    """Read one of the offered languages, by a tag such as de, pt-BR or zh-Hans; return its code.

    Raises:
        Malformed
    """
    tag = clean_line(value, field=field, most=20)
    return clean_word(offered(tag) or tag, field=field, choices=codes())


def any_language(value: Any, field: str) -> str:
    """Read the name of any language; return its tag if it is known, otherwise the text.

    Raises:
        Malformed
    """
    words = clean_line(value, field=field, most=20, required=False)
    return language_tag(words) or words


def sites(value: Any, field: str) -> str:
    """Read the sites that may embed: one a line, or a list of texts.

    Raises:
        Malformed
    """
    is_list = isinstance(value, list) and all(isinstance(site, str) for site in value)
    text = clean_text("\n".join(value) if is_list else value, field=field, most=6000, required=False)
    try:
        return read_sites(text)
    except ValidationError as refusal:
        raise wrong(field, refusal.messages[0]) from None


def a_date(value: Any, field: str) -> date:
    """Read a date, 2026-10-24.

    Raises:
        Malformed
    """
    try:
        day = parse_date(clean_line(value, field=field, most=10))
    except ValueError:
        day = None
    if day is None:
        raise wrong(field, _("This is not a date such as 2026-10-24."))
    return day


def a_time(value: Any, field: str) -> time:
    """Read a time of day, 14:30.

    Raises:
        Malformed
    """
    try:
        clock = parse_time(clean_line(value, field=field, most=8))
    except ValueError:
        clock = None
    if clock is None or clock.tzinfo is not None:
        raise wrong(field, _("This is not a time such as 14:30."))
    return clock.replace(second=0, microsecond=0)


def minutes(value: Any, field: str) -> int:
    """Read a number of minutes, at least one and at most a week.

    Raises:
        Malformed
    """
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    number = clean_line(text, field=field, most=6)
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= LONGEST_SESSION_MINUTES):
        raise wrong(field, _("This must be a whole number of minutes, at least 1."))
    return int(number)


def one_of(choices: Sequence[str]) -> Callable[[Any, str], str]:
    """Return a reader for one of several words."""
    return lambda value, field: clean_word(value, field=field, choices=choices)


def yes_or_no(value: Any, field: str) -> bool:
    """Read a ticked box of a form, or a JSON boolean.

    Raises:
        Malformed
    """
    if value is True or value == "yes":
        return True
    if value is False or value in ("no", ""):
        return False
    raise wrong(field, _("This must be yes or no."))
