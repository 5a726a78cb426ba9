"""Joining by the personal link of a registration."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from opendev.core.callers import caller_of, keep_pass
from opendev.core.limits import check_join
from opendev.core.presence import note_join
from sessions.follow_ups.selectors.lines import has_open_line
from sessions.programme import selectors
from sessions.programme.models import Session
from sessions.registrations.links import registration_of
from sessions.registrations.services import joining


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join_registered(request: HttpRequest, token: str) -> HttpResponse:
    """Join by a personal link: GET shows the name and the sessions, POST joins, so that mail scanners do not."""
    one = registration_of(token)
    sessions = [
        session
        for session in selectors.sessions_of(one.event)
        if session.state != Session.State.OVER and session.takes_place
    ]
    context: dict[str, Any] = {"registration": one, "event": one.event, "sessions": sessions}
    if request.method == "POST":
        check_join(request)
        wanted = selectors.session_by_slug(one.event.slug, request.POST.get("session", ""))
        _attendee, attendee_pass = joining.join_registered(
            session_id=wanted.pk,
            registration_id=one.pk,
            known=caller_of(request, one.event_id).attendee,
            has_open_line=has_open_line(wanted.pk),
            now=timezone.now(),
        )
        note_join(request, wanted.pk, attendee_pass.attendee_id)
        response = redirect(wanted)
        keep_pass(response, attendee_pass)
        return response
    return render(request, "registrations/join.html", context)
