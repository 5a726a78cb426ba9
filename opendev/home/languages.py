"""The language of a request: the reader's choice, else what the browser asks for; `?lang=de` chooses one."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes

from opendev.core.languages import ASKED, language_of, offered, speaking
from opendev.door.refusals import is_rest

KEPT_S = 365 * 24 * 60 * 60  # how long a browser remembers the choice


class LanguageMiddleware:
    """Activates the reader's language while a request is answered.

    A page's address with `?lang=de` sets the cookie and redirects to the address without it, so that a link copied from
    the browser does not contain somebody's language. Requests of programs and files are answered without a redirect.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language, and set the headers that say what the response depends on."""
        asked = offered(request.GET.get(ASKED, ""))
        if asked and request.method in {"GET", "HEAD"} and _is_page(request.path):
            return choose(request, asked)
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = asked or language_of(cookie, request.headers.get("Accept-Language", ""))
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        if response.streaming:
            streaming: Any = response  # a StreamingHttpResponse is not an HttpResponse
            streaming.streaming_content = speaking(language, streaming.streaming_content)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", language)
        return response


def _is_page(path: str) -> bool:
    return path.endswith("/") and not is_rest(path)


def choose(request: HttpRequest, language: str) -> HttpResponse:
    """Store the choice in a cookie, and redirect to the same address without it."""
    rest = request.GET.copy()
    del rest[ASKED]
    address = escape_leading_slashes(escape_uri_path(request.path)) + (f"?{rest.urlencode()}" if rest else "")
    response = HttpResponse(status=302, headers={"Location": address})
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=KEPT_S,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    add_never_cache_headers(response)
    return response
