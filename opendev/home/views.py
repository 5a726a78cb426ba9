"""The pages around the sessions: home, joining, programme, sign-in."""

import logging
from itertools import groupby
from typing import Any

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseServerError,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.callers import caller_of, expect_in_room, keep_pass
from opendev.core.countries import named_countries
from opendev.core.errors import DomainError, Malformed, NotFound
from opendev.core.limits import check_address, check_join
from opendev.core.logs import current_id
from opendev.core.parts import first_stored
from opendev.core.text import ascii_digits
from opendev.core.web.pages import checked_again
from opendev.door.refusals import Broken, is_rest
from opendev.home.accounts.views import sign_in
from opendev.home.own_links import NEXT, local_path
from opendev.room.joining import join as room_join
from sessions.access.services import LinkIsSpent, find_sign_in_link, spend_sign_in_link
from sessions.attendees.selectors import attendee_by_id, has_joined
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme import selectors
from sessions.programme.models import Session
from sessions.programme.models.events import MAKES_EVENTS
from sessions.programme.selectors.mine import sessions_of_team
from sessions.programme.services.first_organiser import check_first_organiser_token, make_first_organiser
from sessions.questions.selectors import answered_questions

log = logging.getLogger("opendev.sign_in")

WHO = "who"  # with it the code's address shows the form even to people who have joined


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """All events, those with a live session first, and the field for a code; for a team its own sessions come first."""
    events = selectors.events_listed_to(request.user.pk)
    live = selectors.live_sessions(events)
    items = [
        {
            "event": event,
            "live": [session for session in live if session.event_id == event.pk],
            "days": list(event.days.all()),
            "session_count": len(event.sessions.all()),
        }
        for event in events
    ]
    organises = selectors.events_organised_by(request.user.pk)
    may_make = bool(organises) or request.user.has_perm(MAKES_EVENTS)  # superusers have every right
    context = {
        "events": items,
        "organised": organises,
        "may_make": may_make,
        "mine": sessions_of_team(request.user.pk) if request.user.pk else None,
        "form_error": "",
        "code": "",
    }
    return render(request, "home/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Join by the six digits on the shared screen."""
    typed = request.POST.get("code", "")
    code = ascii_digits(typed)
    error, error_code, status = "", "", 200
    if request.method == "POST":
        if selectors.session_by_code(code, request.user.pk):
            return redirect("join-code", code=code)
        check_address("wrong_code", request)
        error = _("No session has this code. Check the six digits on the shared screen.")
        error_code, status = "not_found", 404
    live = selectors.live_sessions()
    context: dict[str, Any] = {
        "live_sessions": live,
        "neighbours": [],
        "form_error": error,
        "error_code": error_code,
        "code": typed[:20],
    }
    if live:
        day = selectors.day_of(live[0])
        here = [session.pk for session in day].index(live[0].pk)
        context |= {
            "event": live[0].event,
            "neighbours": day[max(0, here - 1) : here + 2],
            "days": live[0].event.days.all(),
        }
    return render(request, "home/join.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@checked_again
def join_code(request: HttpRequest, code: str) -> HttpResponse:
    """The page behind the QR code: one tap joins; giving a name is optional. After the end it is the record.

    People who have joined are redirected to the room at once, unless they want to change their details (`?who`).
    """
    session = _session_with_code(request, code)
    if session.state == Session.State.OVER:
        return redirect(session)
    known = caller_of(request, session.event_id).attendee
    if request.method != "POST" and WHO not in request.GET and known and has_joined(known, session.pk):
        return redirect(session)
    attendee = attendee_by_id(known.attendee_id, session.event_id) if known else None
    form = {field: getattr(attendee, field, "") for field in ("name", "company", "country")}
    errors: dict[str, Any] = {}
    error_code, status = "", 200
    if request.method == "POST":
        said = {field: request.POST[field] for field in form if field in request.POST}
        form |= said
        try:
            response = redirect(session)
            check_join(request)
            attendee_pass = room_join(request, session, known=known, said=said).attendee_pass
            keep_pass(response, attendee_pass)
            if not any(said.values()):
                expect_in_room(request, response["Location"], attendee_pass, session.pk)
            return response
        except DomainError as refusal:
            errors, status = refusal.fields or {"form": refusal.message}, refusal.status
            error_code = refusal.code
    asks_who = request.method == "POST" or WHO in request.GET
    context: dict[str, Any] = {"session": session, "event": session.event, "attendee": attendee}
    context |= {"form": form, "errors": errors, "error_code": error_code, "asks_who": asks_who}
    if asks_who:  # 250 names are half of the page, so not everybody gets them
        context["countries"] = named_countries()
    return render(request, "home/join_session.html", context, status=status)


def _session_with_code(request: HttpRequest, code: str) -> Session:
    session = selectors.session_by_code(code, request.user.pk)
    if session is None:
        check_address("wrong_code", request)
        raise NotFound(_("No session has this code. Check the six digits on the shared screen."))
    return session


@require_safe
def questions(request: HttpRequest, event: str) -> HttpResponse:
    """All answered questions of an event."""
    found = selectors.event_by_slug(event)
    part = first_stored(answered_questions(found), request.GET)
    by_session = groupby(part.rows, key=lambda question: question.session)
    answered = [(session, list(rows)) for session, rows in by_session]
    context = {"event": found, "answered": answered, "part": part}
    return render(request, "home/questions.html", context)


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link: GET shows a button, POST uses it, so that mail scanners do not use it up."""
    now = timezone.now()
    try:
        if request.method == "POST":
            check_address("sign_in", request)
            user = spend_sign_in_link(token=token, now=now)
            log.info("User %s signed in by link.", user.pk)
            return sign_in(request, user, method="link", to=local_path(request.GET.get(NEXT, "")))
        link = find_sign_in_link(token=token, now=now)
    except LinkIsSpent as refusal:
        if request.method == "POST":
            log.warning("A try to sign in by link failed: the link is spent, or was never made.")
            record(AuditKind.SIGN_IN_FAILED, caller=None, method="link")
        context = {"expired": True, "person_name": ""}
        return render(request, "home/sign_in_link.html", context, status=refusal.status)
    name = selectors.name_of_user(link.user_id)
    return render(request, "home/sign_in_link.html", {"expired": False, "person_name": name})


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def first_organiser(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a new installation: GET shows a button, POST makes the first organiser and signs them in."""
    try:
        if request.method == "POST":
            check_address("sign_in", request)
            user = make_first_organiser(token=token, now=timezone.now())
            return sign_in(request, user, method="first link", to=reverse("organise-new"))
        check_first_organiser_token(token)
    except LinkIsSpent as refusal:
        context = {"expired": True, "person_name": ""}
        return render(request, "home/sign_in_link.html", context, status=refusal.status)
    return render(request, "home/sign_in_link.html", {"expired": False, "is_first": True})


def server_error(request: HttpRequest) -> HttpResponse:
    """The response to an internal error, with its id in the log. It needs no database."""
    if is_rest(request.path):
        return JsonResponse({**Broken().as_json(), "request_id": current_id.get()}, status=Broken.status)
    page = get_template("500.html").render({"request_id": current_id.get()})
    return HttpResponseServerError(page)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The response to a request that Django could not read: a wrong Host, a broken cookie."""
    if is_rest(request.path):
        return JsonResponse(Malformed().as_json(), status=Malformed.status)
    return HttpResponseBadRequest(get_template("400.html").render())
