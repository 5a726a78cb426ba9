"""How long an event keeps people's data: shows what is deleted when, previews changes, and saves them."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from opendev.core.web.typed import compare, seen_of, shown
from opendev.erasure.retention import Plan, plan_of
from opendev.home.organise.entrance import show
from opendev.home.privacy.people import GOES
from sessions.programme.models import Event
from sessions.programme.pages import enter
from sessions.programme.services.locks import lock_event
from sessions.retention.models import RetentionRule
from sessions.retention.selectors import days_of
from sessions.retention.services import read_days, set_retention

TRY = "try"  # the button that only previews
ROWS = {
    **GOES,
    "attendees": gettext_lazy("attendees, who are still counted"),
    "names_on_questions": gettext_lazy("names on questions"),
    "sign_ups": gettext_lazy("sign-ups"),
    "registrations": gettext_lazy("registrations"),
    "rows_of_imports": gettext_lazy("rows of import reports"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def page(request: HttpRequest, event: str) -> HttpResponse:
    """GET shows what is deleted when; POST saves the days, or shows their effect."""
    event_row, caller = enter(request, event)
    if request.method != "POST":
        return _page(request, event_row)
    try:
        if request.POST.get("act") == TRY:
            return _page(request, event_row, tried=read_days(_boxes_of(request)))
        _save(request, event_row, caller)
    except DomainError as refusal:
        return _page(request, event_row, refused=refusal)
    messages.success(request, _("Saved."))
    return redirect("organise-retention", event=event_row.slug)


@transaction.atomic
def _save(request: HttpRequest, event: Event, caller: Caller) -> None:
    """Save the boxes that were changed.

    Raises:
        EditedMeanwhile: somebody else changed one of these.
        What the service raises.
    """
    changes = compare(request.POST, _boxes(lock_event(event_id=event.pk, caller=caller)))
    changes.check()
    set_retention(event_id=event.pk, caller=caller, boxes=changes.changed, now=timezone.now())


def _boxes(event: Event) -> dict[str, str]:
    """Return the values of the boxes: days, or empty if the data is kept."""
    return {data: "" if days is None else str(days) for data, days in days_of(event.pk).items()}


def _boxes_of(request: HttpRequest) -> dict[str, str]:
    return {data: request.POST[data] for data in RetentionRule.Data.values if data in request.POST}


def _page(
    request: HttpRequest,
    event: Event,
    *,
    tried: Mapping[str, int | None] | None = None,
    refused: DomainError | None = None,
) -> HttpResponse:
    boxes, plan = _boxes(event), plan_of(event, timezone.now(), tried)
    typed = shown(request.POST, boxes)
    context: dict[str, Any] = {
        "event": event,
        "plan": plan,
        "sorts": _sorts(plan, typed, refused.fields if refused else {}),
        "is_tried": tried is not None,
        "seen": request.POST.get("seen", "") if refused or tried is not None else seen_of(boxes),
    }
    return show(request, "retention", context, refused=refused)


def _sorts(plan: Plan, typed: Mapping[str, str], errors: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what the page shows for each category of data, with its box."""
    return [
        {
            "box": deadline.data,
            "label": RetentionRule.Data(deadline.data).label,
            "deadline": deadline,
            "counts": [f"{ROWS[name]}: {number}" for name, number in counts.items() if number],
            "days": typed[deadline.data],
            "error": errors.get(deadline.data, ""),
        }
        for deadline, counts in plan.lines
    ]
