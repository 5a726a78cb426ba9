"""Setting for how long an event keeps personal data, and keeping the deadlines in step with the programme."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.models import Event
from sessions.programme.services.forms_read import read_fields, wrong
from sessions.programme.services.locks import lock_event
from sessions.retention.models import MOST_DAYS, RetentionRule
from sessions.retention.selectors import SORTS, due_date, last_day_of, rules_of


def _days(value: Any, field: str) -> int | None:
    """Read a number of days; None and "" mean that the data is kept.

    Raises:
        Malformed
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not (
        text.isascii() and text.isdigit() and len(text) <= len(str(MOST_DAYS)) and 1 <= int(text) <= MOST_DAYS
    ):
        sentence = _("This must be a whole number of days, from 1 to %(most)d, or empty.") % {
            "most": MOST_DAYS
        }
        raise wrong(field, sentence)
    return int(text)


def read_days(boxes: Mapping[str, Any]) -> dict[str, int | None]:
    """Return for how many days each given category should be kept.

    Raises:
        Malformed: `fields` has each error.
    """
    return read_fields(boxes, dict.fromkeys(SORTS, _days))


@transaction.atomic
def set_retention(*, event_id: int, caller: Caller, boxes: Mapping[str, Any], now: datetime) -> Event:
    """Set for how many days after the event each given category is kept. For organisers.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, Malformed
    """
    event = lock_event(event_id=event_id, caller=caller)
    days_by_data, rules, last_day = read_days(boxes), rules_of(event_id), last_day_of(event)
    changed: dict[str, Any] = {}
    for data, days in days_by_data.items():
        rule = rules.get(data)
        if days == (rule.days if rule else None):
            continue
        changed[data] = "kept" if days is None else days
        if days is None:
            RetentionRule.objects.filter(event=event, data=data).delete()
            continue
        fields = {"days": days, "due_on": due_date(last_day, days), "reckoned_at": now}
        RetentionRule.objects.update_or_create(event=event, data=data, defaults=fields)
    if changed:
        record(AuditKind.SETTINGS_CHANGED, caller=caller, event_id=event_id, setting="retention", **changed)
    return event


def reckon_anew(event: Event, now: datetime) -> None:
    """Update the deadlines of a locked event if its dates have moved since they were computed."""
    rules = RetentionRule.objects.filter(event=event)
    last_day = last_day_of(event)
    for rule in rules:
        due_on = due_date(last_day, rule.days)
        if due_on != rule.due_on:
            rules.filter(pk=rule.pk).update(due_on=due_on, reckoned_at=now)
