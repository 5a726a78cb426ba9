"""Times in schedules."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime, parse_duration

CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
LENGTH = re.compile(r"(\d+):(\d{2})(?::(\d{2}))?")
MINUTE = timedelta(minutes=1)
YEARS = range(1970, 2200)  # others are errors, and some of them cannot be converted to every zone


def read_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Return a date and time, in `zone` if it has no offset, or None."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None or found.year not in YEARS:
        return None
    return found.replace(tzinfo=zone) if found.tzinfo is None else found.astimezone(zone)


def read_date(text: str) -> date | None:
    """Return a date, or the date of a date and time, or None."""
    try:
        found = parse_date(text[:10])
    except ValueError:
        return None
    return found if found and found.year in YEARS else None


def read_clock(text: str) -> time | None:
    """Return a time of day, 9:05 or 09:05:00, or None."""
    found = CLOCK.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return time(hours, minutes, seconds) if hours < 24 and minutes < 60 and seconds < 60 else None


def read_length(text: str, *, days_first: bool = False) -> timedelta | None:
    """Return a length of time: 0:30, 00:30, 01:30:00, PT90M, or 90 for that many minutes, or None.

    Args:
        days_first: whether three numbers are always days, hours and minutes, as pretalx writes lengths of a day
        or more. Otherwise "2:00:00" is two hours, as in programs that count seconds.
    """
    if text.isascii() and text.isdigit() and len(text) < 6:
        return int(text) * MINUTE
    found = LENGTH.fullmatch(text)
    if not found:
        return parse_duration(text) if text.startswith("P") else None
    first, second, third = found.groups()
    if third is None:
        return timedelta(hours=int(first[:6]), minutes=int(second)) if int(second) < 60 else None
    is_of_days = days_first and not first.startswith("0") and int(second) < 24
    if not is_of_days and (third == "00" or int(first[:6]) > 31):
        is_whole = int(second) < 60 and int(third) < 60
        return timedelta(hours=int(first[:6]), minutes=int(second), seconds=int(third)) if is_whole else None
    is_day = int(second) < 24 and int(third) < 60  # days, hours, minutes: longer than a day
    return timedelta(days=int(first[:6]), hours=int(second), minutes=int(third)) if is_day else None


def write_length(minutes: int, *, most_hours: int = 10_000) -> str:
    """Return hours and minutes: 01:30; beyond `most_hours`, days, hours and minutes: 4:05:00."""
    hours, rest = divmod(minutes, 60)
    if hours > most_hours:
        return f"{hours // 24}:{hours % 24:02d}:{rest:02d}"
    return f"{hours:02d}:{rest:02d}"
