"""An event's pads, for its organisers: which session has one, whether it can be reached, and how new ones are made."""

from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from etherpad_links import services
from etherpad_links.configuration import can_make_pads
from etherpad_links.selectors import pad_rules_of, pads_of_event
from etherpad_links.worker_state import worker_is_away
from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from opendev.core.web.pages import mark
from opendev.core.web.typed import compare, seen_of, shown
from sessions.programme.models import Event
from sessions.programme.pages import act, enter

AT_ONCE = 50  # pads created by one press: each takes requests to the server
FIELDS = ("name_pattern", "template")


@require_safe
@never_cache
def pads(request: HttpRequest, event: str) -> HttpResponse:
    """The overview."""
    return _page(request, enter(request, event)[0])


def _page(request: HttpRequest, event: Event, *, refused: DomainError | None = None) -> HttpResponse:
    found = pads_of_event(event.pk)
    context: dict[str, Any] = {
        "event": event,
        "pads": found,
        "missing": sum(link is None for _session, link in found),
        "worker_is_away": worker_is_away(timezone.now()),
        "can_make": can_make_pads(),
        "usual_pattern": settings.ETHERPAD_PAD_NAME,
        "usual_template": settings.ETHERPAD_TEMPLATE,
        "form": shown(request.POST, _boxes(event)),
        "seen": seen_of(_boxes(event)),
        "unsaved": "yes" if refused else "",
        "errors": (refused.fields or {"form": refused.message}) if refused else {},
        "error_code": refused.code if refused else "",
    }
    response = render(request, "home/pads.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


_act = partial(act, page=_page, back="event-pads")


def _boxes(event: Event) -> dict[str, str]:
    """Return the values of the page's boxes."""
    kept = pad_rules_of(event.pk)
    return {field: getattr(kept, field) for field in FIELDS}


@transaction.atomic
def _save_typed(request: HttpRequest, event: Event, caller: Caller) -> None:
    """Save the rules that were changed.

    Raises:
        EditedMeanwhile: somebody else changed one of these.
        What the service raises.
    """
    changes = compare(request.POST, _boxes(event))
    changes.check()
    if changes.changed:
        given = {**_boxes(event), **changes.changed}
        services.set_pad_rules(event_id=event.pk, caller=caller, given=given)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def rules(request: HttpRequest, event: str) -> HttpResponse:
    """Set how new pads are named, and what they are copied from."""
    return _act(request, event, partial(_save_typed, request))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def make_missing(request: HttpRequest, event: str) -> HttpResponse:
    """Create a pad for every session that has none. Created pads stay, even if a later one fails."""

    def work(found: Event, caller: Caller) -> None:
        _save_typed(request, found, caller)
        lacking = [session for session, link in pads_of_event(found.pk) if link is None]
        for session in lacking[:AT_ONCE]:
            services.make_pad_for(session=session, caller=caller)

    return _act(request, event, work)
