"""Dates and times in a language's format: in English by Django's patterns, otherwise by CLDR's for the same parts.

Django's own patterns are fixed in the templates, and "l j F Y" gives "Montag 10 August 2020", which nobody writes.
"""

import re
from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_interval, match_skeleton
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opendev.core.languages import locale

# The parts of a pattern by CLDR's names. Patterns of digits only are the same in every language.
SKELETONS = {
    "l j F Y": "yMMMMEEEEd",
    "l j F": "MMMMEEEEd",
    "j F Y": "yMMMMd",
    "D j M Y": "yMMMEd",
    "D j M": "MMMEd",
    "j M Y": "yMMMd",
    "j M": "MMMd",
    "l j": "EEEEd",
}
TIMES = {"H:i", "H:i:s"}
WEEKDAY = re.compile("E+")


def day_words(value: date | datetime, pattern: str | None) -> str:
    """Return a date, with its time if the pattern has one, in the active language's format."""
    pattern = pattern or ""
    day, _comma, clock = pattern.partition(", ")
    is_english = (get_language() or "en").startswith("en")
    if is_english or day not in SKELETONS or (clock and clock not in TIMES):
        return str(date_format(value, pattern or None))
    # The time is already in the right zone, and only its date is used.
    words = format_date(value, _pattern(SKELETONS[day], locale()), locale=locale())
    return f"{words}, {date_format(value, clock)}" if clock else words


def span_words(first: date, last: date) -> str:
    """Return "Monday 19 to Friday 23 October 2020" in the active language's format; a single date if both are the same.

    Parts that both dates share appear once: with the later one or, if the year comes first, with the earlier one.
    """
    if first == last:
        return day_words(first, "l j F Y")
    start, end = "l j F Y", "l j F Y"
    if _is_year_first():
        end = "l j F" if first.year == last.year else end
    elif first.year == last.year:
        start = "l j" if first.month == last.month else "l j F"
    return _("%(first)s to %(last)s") % {"first": day_words(first, start), "last": day_words(last, end)}


def short_span_words(first: date, last: date) -> str:
    """Return "19–23 Oct", for a margin."""
    end = day_words(last, "j M")
    if first == last:
        return end
    if not (get_language() or "en").startswith("en"):
        return str(format_interval(first, last, "MMMd", locale=locale()))
    is_one_month = (first.year, first.month) == (last.year, last.month)
    return f"{first.day if is_one_month else day_words(first, 'j M')}–{end}"


def _is_year_first() -> bool:
    """Return True if dates start with the year in the active language: 2020年10月19日."""
    return _pattern(SKELETONS["j F Y"], locale()).startswith("y")


@lru_cache
def _pattern(skeleton: str, locale: Locale) -> str:
    """Return the language's pattern for these parts; the closest one often abbreviates the day of the week."""
    patterns = locale.datetime_skeletons
    pattern = str(patterns[match_skeleton(skeleton, patterns)].pattern)
    return WEEKDAY.sub("EEEE", pattern) if "EEEE" in skeleton else pattern
