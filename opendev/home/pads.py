"""An event's pads, for its organisers: which session has one, whether we reach it, and how new ones are made."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from etherpad_links import services
from etherpad_links.selectors import pad_rules_of, pads_of_event
from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from opendev.home.middleware import mark
from opendev.home.organise.entrance import act, enter
from sessions.models import Event

AT_ONCE = 50  # pads made by one press: each asks the server
FIELDS = ("name_pattern", "template")


@require_safe
@never_cache
def pads(request: HttpRequest, event: str) -> HttpResponse:
    """The overview."""
    return _page(request, enter(request, event)[0])


def _page(request: HttpRequest, event: Event, *, refused: DomainError | None = None) -> HttpResponse:
    found, rules = pads_of_event(event.pk), pad_rules_of(event.pk)
    context: dict[str, Any] = {
        "event": event,
        "pads": found,
        "missing": sum(link is None for _session, link in found),
        "can_make": bool(settings.ETHERPAD_URL and settings.ETHERPAD_API_KEY),
        "usual_pattern": settings.ETHERPAD_PAD_NAME,
        "usual_template": settings.ETHERPAD_TEMPLATE,
        "form": {field: request.POST.get(field, getattr(rules, field)) for field in FIELDS},
        "errors": (refused.fields or {"form": refused.message}) if refused else {},
        "error_code": refused.code if refused else "",
    }
    response = render(request, "home/pads.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


_act = partial(act, page=_page, back="event-pads")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def rules(request: HttpRequest, event: str) -> HttpResponse:
    """Say how new pads are called, and what they are copied from."""
    given = {field: request.POST.get(field, "") for field in FIELDS}
    return _act(
        request,
        event,
        lambda found, caller: services.set_pad_rules(event_id=found.pk, caller=caller, given=given),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def make_missing(request: HttpRequest, event: str) -> HttpResponse:
    """Make a pad for every session that has none. What was made stays, also where a later one fails."""

    def work(found: Event, caller: Caller) -> None:
        lacking = [session for session, link in pads_of_event(found.pk) if link is None]
        for session in lacking[:AT_ONCE]:
            services.make_pad_for(session=session, caller=caller)

    return _act(request, event, work)
