"""Days and times as a language writes them: in English by Django's patterns, elsewhere by CLDR's for the same parts.

Django's own patterns are fixed in the templates, and "l j F Y" gives "Montag 10 August 2020", which nobody writes.
"""

import re
from datetime import date, datetime
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, match_skeleton
from django.utils.formats import date_format
from django.utils.translation import get_language

from opendev.core.languages import locale

# What a pattern shows, as CLDR names the parts. Patterns of figures alone are the same in every language.
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
    """Return a day, with its time where the pattern has one, as the active language writes it."""
    pattern = pattern or ""
    day, _comma, clock = pattern.partition(", ")
    is_english = (get_language() or "en").startswith("en")
    if is_english or day not in SKELETONS or (clock and clock not in TIMES):
        return str(date_format(value, pattern or None))
    # A moment is in the wanted zone already: its day is all that is looked at.
    words = format_date(value, _pattern(SKELETONS[day], locale()), locale=locale())
    return f"{words}, {date_format(value, clock)}" if clock else words


@lru_cache
def _pattern(skeleton: str, locale: Locale) -> str:
    """Return the language's pattern for these parts; the nearest one often has the day of the week cut short."""
    patterns = locale.datetime_skeletons
    pattern = str(patterns[match_skeleton(skeleton, patterns)].pattern)
    return WEEKDAY.sub("EEEE", pattern) if "EEEE" in skeleton else pattern
