"""The page for starting and ending a session's rehearsal. It lists what will be cleared."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from opendev.core.errors import DomainError, NotFound
from opendev.core.web.pages import mark
from opendev.room.control import enter
from opendev.room.posting import posted_from
from opendev.room.rehearsals import end_rehearsal, start_rehearsal, traces_of
from sessions.programme.models import Session
from sessions.programme.services.rehearsals import rehearsal_of

PAGE = "rehearsal"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def rehearsal(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Explain and start a rehearsal, or link to the current one and offer to end it."""
    real, caller = enter(request, event, session)
    if real.event.rehearses is not None:
        return redirect(real.event.rehearses.address(PAGE))
    if request.method == "POST":
        try:
            copy = start_rehearsal(session_id=real.pk, caller=caller, now=timezone.now())
        except DomainError as refusal:
            return _show(request, real, refusal)
        return redirect(copy.address("control"))
    return _show(request, real)


@posted_from(PAGE)
def end(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """End the rehearsal and delete everything in it, after a confirmation."""
    real, caller = enter(request, event, session)
    if request.POST.get("confirmed") != "yes":
        return redirect(real.address(PAGE))
    try:
        traces = end_rehearsal(session_id=real.pk, caller=caller)
    except NotFound:
        return redirect(real.address(PAGE))  # somebody else has just ended it
    return _show(request, real, cleared=traces)


def _show(
    request: HttpRequest, session: Session, refusal: DomainError | None = None, **more: Any
) -> HttpResponse:
    copy = rehearsal_of(session.pk)
    context = {
        "event": session.event,
        "session": session,
        "copy": copy,
        "traces": traces_of(copy) if copy else None,
        "join_url": request.build_absolute_uri(f"/j/{copy.code}/") if copy else "",
        "can_rehearse": session.state == Session.State.UPCOMING and session.takes_place,
        "error": refusal.message if refusal else "",
        "error_code": refusal.code if refusal else "",
        **more,
    }
    response = render(request, "room/rehearsal.html", context, status=refusal.status if refusal else 200)
    return mark(response, refusal) if refusal else response
