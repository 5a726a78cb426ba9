"""Next steps at the end of the recap: upcoming events, and earlier ones to catch up on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from opendev.core.text import clean_word
from sessions.programme.services import forms_read as read
from sessions.programme.services.locks import lock_event
from sessions.recap.models import NextStep


def _a_date_or_none(value: Any, field: str) -> date | None:
    return read.a_date(value, field) if value not in (None, "") else None


FIELDS: read.Readers = {
    "title": read.a_line(200, required=True),
    "text": read.a_line(500),
    "starts_on": _a_date_or_none,
    "ends_on": _a_date_or_none,
    "url": read.an_address(500),
}


@transaction.atomic
def add_next_step(*, event_id: int, caller: Caller, given: Mapping[str, Any]) -> NextStep:
    """Add an upcoming event with its dates, or an earlier one of the series, at the end.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        Malformed: also if it ends before it begins.
    """
    event = lock_event(event_id=event_id, caller=caller)
    kind = clean_word(given.get("kind"), field="kind", choices=NextStep.Kind.values)
    values = read.read_fields({"title": None, **given}, FIELDS)
    first, last = values.get("starts_on"), values.get("ends_on")
    if last and (first is None or last < first):
        raise read.wrong("ends_on", _("The last day must not be before the first."))
    position = event.next_steps.count() + 1
    return NextStep.objects.create(event=event, kind=kind, position=position, **values)


@transaction.atomic
def remove_next_step(*, event_id: int, caller: Caller, step_id: int) -> None:
    """Remove a next step.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    event = lock_event(event_id=event_id, caller=caller)
    deleted, _rows = NextStep.objects.filter(pk=step_id, event=event).delete()
    if not deleted:
        raise NotFound
