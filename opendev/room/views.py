"""Attendees' pages of a session: the room, joining it, voting by plain form, and the presenter screen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opendev.core.callers import caller_of, keep_pass
from opendev.core.errors import DomainError
from opendev.core.limits import check_address, check_limit
from opendev.core.live import hub
from opendev.core.text import id_in_address
from opendev.home.middleware import mark
from opendev.room.pages import room_context, screen_context
from opendev.room.posting import posted_from
from polls.ballot_box import ballot_box, read_vote
from polls.selectors import poll_by_id
from sessions import selectors, services


@require_safe
@never_cache
def room(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """The room; afterwards it is the session's record at the same address."""
    return _room(request, event, session)


def _room(
    request: HttpRequest,
    event: str,
    session: str,
    *,
    refused: DomainError | None = None,
    tried: tuple[str, tuple[str, ...]] = ("", ()),
) -> HttpResponse:
    found = selectors.session_by_slug(event, session)
    caller = caller_of(request, found.event_id)
    if attendee := caller.attendee_of(found.event_id):
        hub.page_loaded(found.pk, attendee.attendee_id)
    context = room_context(request, found, caller, tried=tried)
    context["can_moderate"] = selectors.moderates(caller, found.pk)
    context["error"] = {"code": refused.code, "message": refused.message} if refused else None
    response = render(request, "room/room.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


@posted_from("room")
def join(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Join with one tap, from the room itself."""
    found = selectors.session_by_slug(event, session)
    known = caller_of(request, found.event_id).attendee
    try:
        check_address("join", request)
        _attendee, attendee_pass = services.join_session(session_id=found.pk, known=known, now=timezone.now())
    except DomainError as refusal:
        return _room(request, event, session, refused=refusal)
    response = redirect(found)
    keep_pass(response, attendee_pass)
    return response


@posted_from("room")
def vote(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    """Vote by plain form. A refusal shows the room again, with what was chosen."""
    chosen = tuple(request.POST.getlist("option"))
    return _cast(request, event, session, poll, chosen, withdraws=False)


@posted_from("room")
def withdraw(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    """Take one's answer back by plain form."""
    return _cast(request, event, session, poll, (), withdraws=True)


def _cast(
    request: HttpRequest, event: str, session: str, poll: str, chosen: tuple[str, ...], *, withdraws: bool
) -> HttpResponse:
    arrived_at = timezone.now()
    found = selectors.session_by_slug(event, session)
    attendee = caller_of(request, found.event_id).attendee_of(found.event_id)
    try:
        if attendee is None:
            raise services.NotJoined
        check_limit("vote", str(attendee.attendee_id))
        poll_by_id(id_in_address(poll), session_id=found.pk)
        wanted = read_vote(
            poll=poll, attendee=attendee, options=list(chosen), arrived_at=arrived_at, withdraws=withdraws
        )
        ballot_box.cast_and_wait(wanted)
    except DomainError as refusal:
        return _room(request, event, session, refused=refusal, tried=(poll, chosen))
    return redirect(found)


@require_safe
@never_cache
def screen(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """The presenter screen."""
    context = screen_context(selectors.session_by_slug(event, session))
    context["theme"] = "light" if request.GET.get("theme") == "light" else "dark"
    return render(request, "room/screen.html", context)
