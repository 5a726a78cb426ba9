"""Attendees' pages of a session: the room, joining it, voting by plain form, and the presenter screen."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from opendev.core.attendance import AttendeePass
from opendev.core.callers import caller_of, expect_in_room, keep_pass
from opendev.core.errors import DomainError
from opendev.core.languages import shared_language
from opendev.core.limits import check_join, check_vote
from opendev.core.live import hub
from opendev.core.text import id_in_address
from opendev.core.web.pages import checked_again, mark
from opendev.door.threads import SHARED
from opendev.room import joining
from opendev.room.consumers import DISPLAY_COOKIE, DISPLAY_VIEW
from opendev.room.pages import room_context, screen_context, socket_path
from opendev.room.posting import posted_from
from opendev.room.reads import room_reads
from polls.ballot_box import ballot_box, read_vote
from polls.kinds import kind_named
from polls.selectors import poll_by_id
from sessions.displays.services import check_opens_screen, find_display_link
from sessions.programme import selectors
from sessions.programme.models import Session
from sessions.programme.services.rights import NotJoined


@require_safe
@checked_again
def room(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """The room; afterwards it is the session's record at the same address."""
    return show(request, event, session)


def show(
    request: HttpRequest,
    event: str,
    session: str,
    *,
    refused: DomainError | None = None,
    tried: tuple[str, QueryDict | None] = ("", None),
    part: str = "",
    **more: Any,
) -> HttpResponse:
    """Return the room, with `part` open; `tried` and `more` are the values of a refused form."""
    # A shared page is cached itself, and a refusal needs the current state.
    reads = room_reads(event, session, anew=SHARED in request.META or request.method == "POST")
    found = reads.session
    caller = caller_of(request, found.event_id)
    if attendee := caller.attendee_of(found.event_id):
        hub.page_loaded(found.pk, attendee.attendee_id)
    context = room_context(request, reads, caller, tried=tried, part=part)
    if attendee:
        context["present_with_me"] = max(1, context["present"])  # even if it is counted already
    context["can_moderate"] = selectors.moderates(caller, found.pk)
    context["error"] = {"code": refused.code, "message": refused.message} if refused else None
    context.update(more)
    response = render(request, "room/room.html", context, status=refused.status if refused else 200)
    return mark(response, refused) if refused else response


def act(
    request: HttpRequest,
    event: str,
    session: str,
    work: Callable[[Session, AttendeePass | None], object],
    *,
    part: str,
    **typed: Any,
) -> HttpResponse:
    """Execute an attendee's action and redirect to its part of the room; a refusal shows that with the typed text."""
    here = selectors.session_by_slug(event, session)
    attendee = caller_of(request, here.event_id).attendee_of(here.event_id)
    try:
        work(here, attendee)
    except DomainError as refusal:
        return show(request, event, session, refused=refusal, part=part, **typed)
    return redirect(f"{here.get_absolute_url()}?tab={part}")


@posted_from("room")
def join(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Join with one tap, from the room itself."""
    found = selectors.session_by_slug(event, session)
    known = caller_of(request, found.event_id).attendee
    try:
        check_join(request)
        attendee_pass = joining.join(request, found, known=known, said={}).attendee_pass
    except DomainError as refusal:
        return show(request, event, session, refused=refusal)
    response = redirect(found)
    keep_pass(response, attendee_pass)
    expect_in_room(request, response["Location"], attendee_pass, found.pk)
    return response


@posted_from("room")
def vote(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    """Vote by plain form. A refusal shows the room again, with the choices made."""
    return _cast(request, event, session, poll, withdraws=False)


@posted_from("room")
def withdraw(request: HttpRequest, event: str, session: str, poll: str) -> HttpResponse:
    """Withdraw the answer by plain form."""
    return _cast(request, event, session, poll, withdraws=True)


def _cast(request: HttpRequest, event: str, session: str, poll: str, *, withdraws: bool) -> HttpResponse:
    arrived_at = timezone.now()
    found = selectors.session_by_slug(event, session)
    attendee = caller_of(request, found.event_id).attendee_of(found.event_id)
    try:
        if attendee is None:
            raise NotJoined
        check_vote(request, attendee.attendee_id)
        here = poll_by_id(id_in_address(poll), session_id=found.pk)
        answer = {} if withdraws else kind_named(here.kind).answer_of_form(request.POST)
        wanted = read_vote(
            poll=poll,
            attendee=attendee,
            answer=answer,
            arrived_at=arrived_at,
            withdraws=withdraws,
        )
        ballot_box.put_and_wait(wanted)
    except DomainError as refusal:
        return show(request, event, session, refused=refusal, tried=(poll, request.POST))
    return redirect(found)


@require_safe
@never_cache
def screen(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """The presenter screen."""
    found = selectors.session_by_slug(event, session)
    check_opens_screen(session=found, caller=caller_of(request, found.event_id))
    return show_screen(request, found)


@sensitive_variables("token")
@require_safe
@never_cache
def display(request: HttpRequest, event: str, session: str, token: str) -> HttpResponse:
    """The presenter screen by a display link. The cookie is only sent to this session's socket."""
    found = selectors.session_by_slug(event, session)
    find_display_link(session_id=found.pk, token=token)
    response = show_screen(request, found, view=f"?view={DISPLAY_VIEW}")
    response.set_cookie(
        DISPLAY_COOKIE,
        token,
        path=socket_path(found),
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Strict",
    )
    return response


def show_screen(
    request: HttpRequest, session: Session, *, view: str = "", template: str = "room/screen.html", **more: Any
) -> HttpResponse:
    """Return the presenter screen, or a page derived from it.

    Args:
        view: the suffix of the socket's address.
        template: the page, which also gets `more`.
    """
    with shared_language(
        language := session.spoken_language
    ):  # the screen is for everybody, whoever opened it
        context = {**_screen_in_its_colours(request, session), **more}
        context["socket_path"] += view or "?view=screen"
        response = render(request, template, context)
    response["Content-Language"] = language
    return response


def _screen_in_its_colours(request: HttpRequest, session: Session) -> dict[str, Any]:
    context = screen_context(session)
    chosen = request.GET.get("theme")  # only for this window, whatever the others show
    context["has_own_theme"] = chosen in Session.Theme.values
    context["theme"] = chosen if chosen in Session.Theme.values else session.screen_theme
    return context
