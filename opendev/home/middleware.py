"""Refusals become pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from opendev.core.errors import DomainError


def error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Return the page that says what was refused and why, with the error's status and code."""
    return mark(_rendered(request, error), error)


def mark(response: HttpResponse, error: DomainError) -> HttpResponse:
    """Return the response with what its headers should say of the refusal."""
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def _rendered(request: HttpRequest, error: DomainError) -> HttpResponse:
    said = {"code": error.code, "message": error.message, "status": error.status}
    return render(request, "error.html", said, status=error.status)


class TooLarge(DomainError):
    code, status, message = "too_large", 413, _("That is more than this address takes.")


class LengthRequired(DomainError):
    code, status, message = "length_required", 411, _("Say how long the body is (Content-Length).")


def answer_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer a refusal in the language of the address: JSON for REST, a page elsewhere."""
    if request.path.startswith("/api/"):
        return mark(JsonResponse(error.as_json(), status=error.status), error)
    return error_page(request, error)


class BodyLimitMiddleware:
    """Refuses bodies over the limit before anything reads them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, unless it announces too much. Without a length there is no body under WSGI."""
        if request.headers.get("Transfer-Encoding"):  # WSGI would drop such a body silently
            return answer_refusal(request, LengthRequired())
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
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
        """Answer a refusal."""
        return answer_refusal(request, error) if isinstance(error, DomainError) else None
