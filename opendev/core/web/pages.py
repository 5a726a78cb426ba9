"""Helpers for all pages."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers, patch_cache_control

from opendev.core.errors import DomainError

View = Callable[..., HttpResponse]


def checked_again(view: View) -> View:
    """Let browsers store a page and revalidate it each time; pages of signed-in people are not stored.

    A page that must not be stored is sent in full at each return, and a browser that goes back reloads it.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        is_signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        if response.status_code == HTTPStatus.OK and request.method in {"GET", "HEAD"} and not is_signed_in:
            patch_cache_control(response, no_cache=True, private=True)
        else:
            add_never_cache_headers(response)
        return response

    return answer


def mark(response: HttpResponse, error: DomainError) -> HttpResponse:
    """Return the response with the headers of the refusal."""
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response
