"""Times as schedules write them."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_date, parse_datetime, parse_duration

CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
LENGTH = re.compile(r"(\d+):(\d{2})(?::(\d{2}))?")
MINUTE = timedelta(minutes=1)
YEARS = range(1970, 2200)  # others are mistakes, and some of them have no moment in every zone


def read_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Return a moment that is written with its date; in `zone` where it names none. None where it is no moment."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None or found.year not in YEARS:
        return None
    return found.replace(tzinfo=zone) if found.tzinfo is None else found.astimezone(zone)


def read_date(text: str) -> date | None:
    """Return a date; of a moment, the date that it is written with. None where it is none."""
    try:
        found = parse_date(text[:10])
    except ValueError:
        return None
    return found if found and found.year in YEARS else None


def read_clock(text: str) -> time | None:
    """Return a time of day, 9:05 or 09:05:00. None where it is none."""
    found = CLOCK.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return time(hours, minutes, seconds) if hours < 24 and minutes < 60 and seconds < 60 else None


def read_length(text: str, *, days_first: bool = False) -> timedelta | None:
    """Return a length of time: 0:30, 00:30, 01:30:00, PT90M, or 90 for as many minutes. None where it is none.

    Args:
        days_first: whether three numbers are days, hours and minutes in any case, as pretalx writes what lasts a day
            or more. Else "2:00:00" is two hours, as programs write that count seconds.
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
    is_day = int(second) < 24 and int(third) < 60  # days, hours, minutes: what lasts longer than a day
    return timedelta(days=int(first[:6]), hours=int(second), minutes=int(third)) if is_day else None


def write_length(minutes: int, *, most_hours: int = 10_000) -> str:
    """Return hours and minutes: 01:30; with more than `most_hours` days, hours and minutes: 4:05:00."""
    hours, rest = divmod(minutes, 60)
    if hours > most_hours:
        return f"{hours // 24}:{hours % 24:02d}:{rest:02d}"
    return f"{hours:02d}:{rest:02d}"
