"""Errors in REST: one shape for all, `{"code", "detail", "fields"?}`."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from opendev.core.errors import DomainError, Malformed, NotAllowed, NotFound, NotSignedIn, TooOften
from opendev.core.text import is_nested_too_deeply


class AnyAccepted(DefaultContentNegotiation):
    """The address determines the format, whatever the client prefers."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        """Return the renderer for refusals."""
        return renderers[0], renderers[0].media_type


class MethodNotAllowed(DomainError):
    code, status, message = "method_not_allowed", 405, _("This address does not support that method.")


class JsonParser(JSONParser):
    """JSON parser that treats over-deep nesting as a client error."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """Return the body's value.

        Raises:
            ParseError
        """
        try:
            value = super().parse(*args, **kwargs)
        except RecursionError as error:
            raise exceptions.ParseError from error
        if is_nested_too_deeply(value):
            raise exceptions.ParseError
        return value


class _AsciiRenderer(JSONRenderer):
    ensure_ascii = True


class JsonRenderer(JSONRenderer):
    """JSON in UTF-8, or in ASCII if a text has half a surrogate pair, so no client's text can break the response."""

    def render(self, *args: Any, **kwargs: Any) -> bytes:
        """Return the response's bytes."""
        try:
            return bytes(super().render(*args, **kwargs))
        except UnicodeEncodeError:
            return bytes(_AsciiRenderer().render(*args, **kwargs))


class NotAcceptable(DomainError):
    code, status, message = "not_acceptable", 406, _("This address answers in JSON.")


class UnsupportedMediaType(DomainError):
    code, status, message = "unsupported_media_type", 415, _("Send the body as application/json.")


_TRANSLATED: list[tuple[type[Exception], type[DomainError]]] = [
    (exceptions.MethodNotAllowed, MethodNotAllowed),
    (exceptions.NotAcceptable, NotAcceptable),
    (exceptions.UnsupportedMediaType, UnsupportedMediaType),
    (exceptions.ParseError, Malformed),
    (exceptions.Throttled, TooOften),
    (exceptions.NotFound, NotFound),
    (Http404, NotFound),
    (exceptions.NotAuthenticated, NotSignedIn),
    (exceptions.AuthenticationFailed, NotSignedIn),
    (exceptions.PermissionDenied, NotAllowed),
    (PermissionDenied, NotAllowed),
]


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response to a refusal; None for a bug, which stays an exception and becomes a 500."""
    if not isinstance(error, DomainError):
        known = next((ours for theirs, ours in _TRANSLATED if isinstance(error, theirs)), None)
        if known is None:
            return None  # a bug, or a database that is away: DomainErrorMiddleware distinguishes them
        wait = getattr(error, "wait", None)
        error = known()
        if wait is not None:
            error.retry_after = max(1, round(wait))
    response = Response(error.as_json(), status=error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    if isinstance(error, NotSignedIn):
        response["WWW-Authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowed):
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response
