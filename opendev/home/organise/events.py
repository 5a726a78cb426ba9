"""The organisers' pages of an event: made, edited, its days, its committee, its next edition."""

from functools import partial
from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from opendev.core.text import id_in_address
from opendev.home.organise.cloning import clone_with_polls
from opendev.home.organise.entrance import act, enter, show
from sessions import selectors, services
from sessions.models import Event

FIELDS = ("name", "slug", "short_name", "series", "summary", "sponsors_line", "time_zone")


def _form(request: HttpRequest, event: Event | None) -> dict[str, Any]:
    """Return the values of the event's form: as they were sent, else as they stand."""
    standing: dict[str, Any] = {field: getattr(event, field, "") for field in FIELDS}
    standing["time_zone"] = standing["time_zone"] or "UTC"
    return {**standing, **{field: request.POST[field] for field in FIELDS if field in request.POST}}


def _given(request: HttpRequest) -> dict[str, Any]:
    return {field: request.POST[field] for field in FIELDS if field in request.POST}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def create(request: HttpRequest) -> HttpResponse:
    """Make an event."""
    caller = Caller(user_id=request.user.pk)
    services.check_makes_events(caller=caller)
    context = {"form": _form(request, None), "zones": sorted(available_timezones())}
    if request.method != "POST":
        return show(request, "event", context)
    try:
        event = services.create_event(caller=caller, given=_given(request))
    except DomainError as refusal:
        return show(request, "event", context, refused=refusal)
    return redirect("organise", event=event.slug)


@require_safe
@never_cache
def overview(request: HttpRequest, event: str) -> HttpResponse:
    """The event with its days and sessions, all of which can be changed from here."""
    found, _caller = enter(request, event)
    return _overview(request, found)


def _overview(request: HttpRequest, event: Event, *, refused: DomainError | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "event": event,
        "days": selectors.programme(event),
        "committee": "\n".join(f"{person.name}, {person.company}".rstrip(", ") for person in event.committee),
        "form": {field: request.POST.get(field, "") for field in ("date", "committee", "day")},
    }
    return show(request, "overview", context, refused=refused)


_act = partial(act, page=_overview, back="organise")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: HttpRequest, event: str) -> HttpResponse:
    """Change what is said of an event."""
    found, caller = enter(request, event)
    context = {"event": found, "form": _form(request, found), "zones": sorted(available_timezones())}
    if request.method != "POST":
        return show(request, "event", context)
    try:
        services.edit_event(event_id=found.pk, caller=caller, given=_given(request))
    except DomainError as refusal:
        return show(request, "event", context, refused=refusal)
    messages.success(request, _("Saved."))
    return redirect("organise", event=found.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def committee(request: HttpRequest, event: str) -> HttpResponse:
    """Say who is on the Programming Committee."""
    names = request.POST.get("committee", "")
    return _act(
        request,
        event,
        lambda found, caller: services.set_committee(event_id=found.pk, caller=caller, names=names),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add_day(request: HttpRequest, event: str) -> HttpResponse:
    """Add a day."""
    given = {"date": request.POST.get("date", "")}
    return _act(
        request,
        event,
        lambda found, caller: services.add_day(event_id=found.pk, caller=caller, given=given),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def day(request: HttpRequest, event: str, day: str) -> HttpResponse:
    """Move a day to another date with all that takes place on it, or take an empty one away."""

    def work(found: Event, caller: Caller) -> None:
        given: dict[str, Any] = {"event_id": found.pk, "day_id": id_in_address(day), "caller": caller}
        if request.POST.get("act") == "remove":
            services.remove_day(**given)
        else:
            services.move_day(**given, given={"date": request.POST.get("date", "")}, now=timezone.now())

    return _act(request, event, work)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def order(request: HttpRequest, event: str, day: str) -> HttpResponse:
    """Put the sessions of a day into another order."""
    return _act(
        request,
        event,
        lambda found, caller: services.order_sessions(
            event_id=found.pk,
            day_id=id_in_address(day),
            caller=caller,
            order=[id_in_address(each) for each in request.POST.getlist("order")],
            now=timezone.now(),
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def clone(request: HttpRequest, event: str) -> HttpResponse:
    """Make the next edition: programme and polls, no people."""
    found, caller = enter(request, event)
    given = {field: request.POST.get(field, "") for field in ("name", "slug", "first_date")}
    context = {"event": found, "form": given}
    if request.method != "POST":
        return show(request, "clone", context)
    try:
        made = clone_with_polls(event_id=found.pk, caller=caller, given=given)
    except DomainError as refusal:
        return show(request, "clone", context, refused=refusal)
    messages.success(request, _("This is the next edition, with the same programme. Nobody is invited yet."))
    return redirect("organise", event=made.slug)
