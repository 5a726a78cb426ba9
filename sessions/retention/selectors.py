"""When an event is over, and which of its data is deleted on which day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from sessions.programme.models import Event, Session
from sessions.retention.models import RetentionRule

GRACE = timedelta(days=1)  # a changed date must be a day old before anything is deleted: time to correct it
SORTS = tuple(RetentionRule.Data.values)


@dataclass(frozen=True, slots=True)
class Deadline:
    """How long an event keeps one category of data."""

    data: str  # one of SORTS
    days: int | None  # None: until somebody erases it
    goes_on: date | None  # in the event's zone; None if nothing is deleted, or the event has no date yet
    is_due: bool


def last_day_of(event: Event) -> date | None:
    """Return the last date of the event, in its zone, or None if it has no days."""
    dates = list(event.days.values_list("date", flat=True))
    for starts_at, minutes, ended_at in event.sessions.values_list("starts_at", "minutes", "ended_at"):
        ends = max(starts_at + timedelta(minutes=minutes), ended_at or starts_at)
        dates.append(timezone.localtime(ends, event.zone).date())
    return max(dates, default=None)


def is_live(event_id: int) -> bool:
    """Return True while a session of the event is live: nothing is deleted then."""
    return Session.objects.filter(event=event_id, state=Session.State.LIVE).exists()


def due_date(last_day: date | None, days: int | None) -> date | None:
    """Return the day on which data that is kept this many days is deleted, or None."""
    return None if last_day is None or days is None else last_day + timedelta(days=days)


def rules_of(event_id: int) -> dict[str, RetentionRule]:
    """Return the event's rules by category."""
    return {rule.data: rule for rule in RetentionRule.objects.filter(event=event_id)}


def days_of(event_id: int) -> dict[str, int | None]:
    """Return for how many days each category is kept; None without a rule."""
    rules = rules_of(event_id)
    return {data: rules[data].days if data in rules else None for data in SORTS}


def deadlines_of(
    event: Event, now: datetime, as_if: Mapping[str, int | None] | None = None
) -> list[Deadline]:
    """Return on which day each category is deleted.

    Args:
        as_if: days by category, as if these were the rules; other categories keep their rules.
    """
    rules, last_day = rules_of(event.pk), last_day_of(event)
    return [_deadline(event, data, rules.get(data), last_day, now, as_if or {}) for data in SORTS]


def _deadline(
    event: Event,
    data: str,
    rule: RetentionRule | None,
    last_day: date | None,
    now: datetime,
    as_if: Mapping[str, int | None],
) -> Deadline:
    days = rule.days if rule else None
    days = as_if.get(data, days)
    due_on = due_date(last_day, days)
    if due_on is None:
        return Deadline(data, days, None, is_due=False)
    since = rule.reckoned_at if rule is not None and rule.due_on == due_on else now
    earliest = since + GRACE
    today = timezone.localtime(now, event.zone).date()
    goes_on = max(due_on, timezone.localtime(earliest, event.zone).date())
    return Deadline(data, days, goes_on, is_due=due_on <= today and earliest <= now)
