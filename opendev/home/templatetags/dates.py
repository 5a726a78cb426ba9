"""The filter `date`, in place of Django's: dates in the format of the reader's language."""

import datetime
from typing import Any

from django import template

from opendev.core.dates import day_words

register = template.Library()


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, pattern: str | None = None) -> str:
    """Return a date or a time formatted by one of Django's patterns; "" for none."""
    return day_words(value, pattern) if isinstance(value, datetime.date) else ""
