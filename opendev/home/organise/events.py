"""The organisers' pages of an event: creating and editing it, its days, its committee, its next edition."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from opendev.core.text import id_in_address
from opendev.core.web.typed import compare, keep, kept, seen_of, shown
from opendev.core.zones import time_zones
from opendev.home.organise.cloning import clone_with_polls
from opendev.home.organise.entrance import show
from sessions.programme import selectors
from sessions.programme.models import Event
from sessions.programme.pages import act, enter
from sessions.programme.services import events
from sessions.programme.services.events import (
    check_makes_events,
    create_event,
    edit_event,
    move_day,
    remove_day,
    set_committee,
)
from sessions.programme.services.locks import lock_event
from sessions.programme.services.sessions import order_sessions

FIELDS = (
    *("name", "slug", "short_name", "series", "summary", "sponsors_line"),
    *("time_zone", "language", "embed_sites"),
)


Visibility = Event.Visibility
VISIBILITY = {
    Visibility.DRAFT: (
        _lazy("Make it a draft"),
        _lazy(
            "Only the team sees it: its organisers, moderators and helpers. Nobody else can open or join anything."
        ),
    ),
    Visibility.UNLISTED: (
        _lazy("Make it unlisted"),
        _lazy("Anyone with a link or a session’s code can open it. No list and no search engine shows it."),
    ),
    Visibility.PUBLIC: (
        _lazy("Make it public"),
        _lazy("Everybody can find it, on the home page and by search engines."),
    ),
}


def _boxes(event: Event) -> dict[str, str]:
    """Return the values of the event's form."""
    return {field: str(getattr(event, field)) for field in FIELDS if field != "slug"}


def _given(request: HttpRequest) -> dict[str, Any]:
    return {field: request.POST[field] for field in FIELDS if field in request.POST}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def create(request: HttpRequest) -> HttpResponse:
    """Make an event."""
    caller = Caller(user_id=request.user.pk)
    check_makes_events(caller=caller)
    usual = {
        "time_zone": "UTC",
        "language": get_language() or "",
    }  # most people organise in the language that they read
    form = {**dict.fromkeys(FIELDS, ""), **usual, **_given(request)}
    context = {"form": form, "zones": sorted(time_zones()), "languages": settings.LANGUAGES}
    if request.method != "POST":
        return show(request, "event", context)
    try:
        event = create_event(caller=caller, given=_given(request))
    except DomainError as refusal:
        return show(request, "event", context, refused=refusal)
    return redirect("organise", event=event.slug)


@require_safe
@never_cache
def overview(request: HttpRequest, event: str) -> HttpResponse:
    """The event with its days and sessions, which can all be edited from here."""
    found, _caller = enter(request, event)
    return _overview(request, found)


def _overview(request: HttpRequest, event: Event, *, refused: DomainError | None = None) -> HttpResponse:
    days, boxes = selectors.programme(event), _boxes_of_overview(event)
    typed = shown(request.POST, boxes) | kept(request, request.path)
    errors = refused.fields if refused else {}
    context: dict[str, Any] = {
        "event": event,
        "days": [(day, typed.get(box := f"date-{day.pk}", ""), errors.get(box, "")) for day in days],
        "form": typed,
        "seen": seen_of(boxes),
        "visibility": _choices_of_visibility(event),
    }
    return show(request, "overview", context, refused=refused)


def _choices_of_visibility(event: Event) -> list[dict[str, Any]]:
    """Return the choices of who can see the event, each with its name, its meaning, and its button's label."""
    return [
        {
            "value": value,
            "label": value.label,
            "act": act,
            "meaning": meaning,
            "is_now": value == event.visibility,
        }
        for value, (act, meaning) in VISIBILITY.items()
    ]


def _boxes_of_overview(event: Event) -> dict[str, str]:
    """Return the values of the overview's form: the committee, each day's date, and an empty one for a further day."""
    committee = "\n".join(f"{person.name}, {person.company}".rstrip(", ") for person in event.committee)
    dates = {f"date-{pk}": on.isoformat() for pk, on in event.days.values_list("pk", "date")}
    return {"committee": committee, **dates, "date": ""}


def press(
    request: HttpRequest, event: str, work: Callable[[Event, Caller], object], *, box: str = ""
) -> HttpResponse:
    """Do the action of a button on the overview. Each also saves the committee; dates wait for their own buttons.

    Args:
        box: the date that belongs to the button.
    """

    @transaction.atomic
    def save_and_work(found: Event, caller: Caller) -> None:
        changes = compare(request.POST, {"committee": _boxes_of_overview(found)["committee"]})
        changes.check()
        if changes.changed:
            set_committee(event_id=found.pk, caller=caller, names=changes.changed["committee"])
        try:
            work(found, caller)
        except DomainError as refusal:
            refusal.fields = {
                box if field == "date" else field: said for field, said in refusal.fields.items()
            }
            raise

    waiting = compare(request.POST, _boxes_of_overview(selectors.event_by_slug(event))).changed
    response = act(request, event, save_and_work, page=_overview, back="organise")
    if response.status_code == HTTPStatus.FOUND:
        dates = [field for field in waiting if field.startswith("date") and field != box]
        keep(request, response["Location"], dates)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: HttpRequest, event: str) -> HttpResponse:
    """Edit an event's details."""
    found, caller = enter(request, event)
    if request.method != "POST":
        return _event_page(request, found)
    try:
        _save_event(request, found, caller)
    except DomainError as refusal:
        return _event_page(request, selectors.event_by_slug(event), refused=refusal)
    messages.success(request, _("Saved."))
    return redirect("organise", event=found.slug)


def _event_page(request: HttpRequest, event: Event, *, refused: DomainError | None = None) -> HttpResponse:
    boxes = _boxes(event)
    context = {
        "event": event,
        "form": shown(request.POST, boxes),
        "content_of": event,
        "seen": seen_of(boxes),
        "zones": sorted(time_zones()),
        "languages": settings.LANGUAGES,
    }
    return show(request, "event", context, refused=refused)


@transaction.atomic
def _save_event(request: HttpRequest, event: Event, caller: Caller) -> None:
    """Save the boxes that were changed.

    Raises:
        EditedMeanwhile: somebody else changed one of these.
        What the service raises.
    """
    changes = compare(request.POST, _boxes(lock_event(event_id=event.pk, caller=caller)))
    changes.check()
    edit_event(event_id=event.pk, caller=caller, given=changes.changed)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def committee(request: HttpRequest, event: str) -> HttpResponse:
    """Say who is on the Programming Committee."""
    return press(request, event, lambda _found, _caller: None)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def visibility(request: HttpRequest, event: str) -> HttpResponse:
    """Say who can see the event."""
    given = {"visibility": request.POST.get("visibility", "")}
    return press(
        request, event, lambda found, caller: edit_event(event_id=found.pk, caller=caller, given=given)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add_day(request: HttpRequest, event: str) -> HttpResponse:
    """Add a day."""
    given = {"date": request.POST.get("date", "")}
    return press(
        request,
        event,
        lambda found, caller: events.add_day(event_id=found.pk, caller=caller, given=given),
        box="date",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def day(request: HttpRequest, event: str, day: str) -> HttpResponse:
    """Move a day to another date with everything on it, or remove an empty day."""

    box = f"date-{day}"

    def work(found: Event, caller: Caller) -> None:
        given: dict[str, Any] = {"event_id": found.pk, "day_id": id_in_address(day), "caller": caller}
        if request.POST.get("act") == "remove":
            remove_day(**given)
        else:
            to = request.POST.get(box, request.POST.get("date", ""))
            move_day(**given, given={"date": to}, now=timezone.now())

    return press(request, event, work, box=box)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def order(request: HttpRequest, event: str, day: str) -> HttpResponse:
    """Reorder the sessions of a day."""
    return press(
        request,
        event,
        lambda found, caller: order_sessions(
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
    messages.success(
        request, _("This is a copy of the programme for the next edition. Nobody is invited yet.")
    )
    return redirect("organise", event=made.slug)
