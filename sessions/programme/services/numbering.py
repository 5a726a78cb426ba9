"""Numbers of days and addresses of sessions, as an import and the organisers' pages assign them."""

from itertools import count

from opendev.core.slugs import readable_slug
from sessions.programme.models import Event, EventDay


def free_slug(title: str, taken: set[str]) -> str:
    """Return an address for a title that is not taken yet."""
    base = readable_slug(title)[:100].strip("-") or "session"
    return next(slug for n in count(1) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def number_days(event: Event) -> None:
    """Number the event's days by their dates, from 1, without violating the unique constraint on the way."""
    days = list(event.days.order_by("date"))
    number_of = {day.pk: number for number, day in enumerate(days, 1)}
    moved = [day for day in days if day.number != number_of[day.pk]]
    above = max([0, *(day.number for day in days)]) + len(days)
    for offset, day in enumerate(moved, 1):
        EventDay.objects.filter(pk=day.pk).update(number=above + offset)
    for day in moved:
        EventDay.objects.filter(pk=day.pk).update(number=number_of[day.pk])
