"""What the organisers' pages share: who may enter, and how a refused form comes back."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from opendev.core.attendance import Caller
from opendev.core.callers import caller_of
from opendev.core.errors import DomainError
from opendev.home.middleware import mark
from sessions import selectors, services
from sessions.models import Event


def enter(request: HttpRequest, event: str) -> tuple[Event, Caller]:
    """Return the event and its organiser.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    found = selectors.event_by_slug(event)
    caller = caller_of(request, found.pk)
    services.check_organises(caller=caller, event_id=found.pk)
    return found, caller


def show(
    request: HttpRequest, template: str, context: dict[str, Any], *, refused: DomainError | None = None
) -> HttpResponse:
    """Return a page; with what was refused and why where a form was."""
    said = {
        "errors": refused.fields if refused else {},
        "form_error": refused.message if refused else "",
        "unsaved": "yes" if refused else "",
        "error_code": refused.code if refused else "",
    }
    response = render(
        request,
        f"home/organise/{template}.html",
        {**context, **said},
        status=refused.status if refused else 200,
    )
    return mark(response, refused) if refused else response


def act(
    request: HttpRequest,
    event: str,
    work: Callable[[Event, Caller], object],
    *,
    page: Callable[..., HttpResponse],
    back: str,
) -> HttpResponse:
    """Do one act of an organiser's and go back to the page named `back`.

    A refusal is shown by `page(request, event, refused=…)`, with its status and code.
    """
    found, caller = enter(request, event)
    if request.method == "POST":
        try:
            work(found, caller)
        except DomainError as refusal:
            return page(request, found, refused=refusal)
    return redirect(back, event=found.slug)
