"""Turns refusals into pages."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from opendev.core.audit import current_network
from opendev.core.errors import DomainError, Unavailable
from opendev.core.limits import client_address, is_trusted, network_of
from opendev.core.logs import current_id, taken_or_new
from opendev.core.threads import is_away, note_outage
from opendev.core.uploads import largest_body_at
from opendev.core.web.pages import mark
from opendev.door.refusals import LengthRequired, TooLarge, is_rest

log = logging.getLogger("opendev.rights")


def error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Return the page that says what was refused and why, with the error's status and code."""
    return mark(_rendered(request, error), error)


def _rendered(request: HttpRequest, error: DomainError) -> HttpResponse:
    said = {"code": error.code, "message": error.message, "status": error.status}
    return render(request, "error.html", said, status=error.status)


def answer_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer a refusal in the language of the address: JSON for REST, a page elsewhere."""
    if is_rest(request.path):
        return mark(JsonResponse(error.as_json(), status=error.status), error)
    return error_page(request, error)


def answer_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """Answer a refusal, including that of a database that is down; None for a defect."""
    if isinstance(error, DatabaseError | InterfaceError) and is_away(error):
        note_outage(error)
        return answer_refusal(request, Unavailable())
    return answer_refusal(request, error) if isinstance(error, DomainError) else None


def note_refusal(request: HttpRequest, response: HttpResponse) -> None:
    """Log that somebody who is signed in was refused for lack of a right; for strangers that is normal."""
    user = getattr(request, "user", None)
    if response.status_code == HTTPStatus.FORBIDDEN and user is not None and user.is_authenticated:
        log.warning("User %s was refused: %s %r.", user.pk, request.method, request.path)


class RequestIdMiddleware:
    """Gives each request an id, which is in its log lines, in the response's header and on the page of a 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on under its id, which a trusted proxy may have set."""
        behind_proxy = is_trusted(str(request.META.get("REMOTE_ADDR", "")))
        given = request.headers.get("X-Request-ID", "") if behind_proxy else ""
        mark = current_id.set(taken_or_new(given))
        client = current_network.set(network_of(client_address(request)))
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = current_id.get()
            note_refusal(request, response)
        finally:
            current_network.reset(client)
            current_id.reset(mark)
        return response


class BodyLimitMiddleware:
    """Refuses bodies over the limit before anything reads them, even if another server than ours runs the pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, unless it announces too large a body. Without a length there is no body under WSGI."""
        if request.headers.get("Transfer-Encoding"):  # WSGI would silently drop such a body
            return answer_refusal(request, LengthRequired())
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_usual = length.isdigit() and int(length) <= settings.BODY_LIMIT
        if not is_usual and not (length.isdigit() and int(length) <= largest_body_at(request.path_info)):
            return answer_refusal(request, TooLarge())
        return self.get_response(request)


class DomainErrorMiddleware:
    """Turns a DomainError that no view answered better into a page. Defects stay exceptions, and become a 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal, including that of a database that is down."""
        return answer_exception(request, error)
