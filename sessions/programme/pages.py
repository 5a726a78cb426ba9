"""Helpers for the organisers' pages of an event: access, and the result of an action."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from opendev.core.attendance import Caller
from opendev.core.callers import caller_of
from opendev.core.errors import DomainError
from sessions.programme import selectors
from sessions.programme.models import Event
from sessions.programme.services.rights import check_organises


def enter(request: HttpRequest, event: str) -> tuple[Event, Caller]:
    """Return the event and its organiser.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    found = selectors.event_by_slug(event)
    caller = caller_of(request, found.pk)
    check_organises(caller=caller, event_id=found.pk)
    return found, caller


def act(
    request: HttpRequest,
    event: str,
    work: Callable[[Event, Caller], object],
    *,
    page: Callable[..., HttpResponse],
    back: str,
) -> HttpResponse:
    """Execute an organiser's action and redirect to the page named `back`.

    A refusal is shown by `page(request, event, refused=…)`, with its status and code.
    """
    found, caller = enter(request, event)
    if request.method == "POST":
        try:
            work(found, caller)
        except DomainError as refusal:
            return page(request, found, refused=refusal)
    return redirect(back, event=found.slug)
