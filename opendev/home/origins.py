"""Forms are judged by where they come from; a token is asked for where that cannot be known (docs/adr/0044)."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
# Without a cookie a form does no more than a stranger can do from their own machine, unless it signs its sender in.
SIGNS_IN = re.compile(r"/(?:sign-in|admin|organise|join/.+)(?:/.*)?")


class OriginMiddleware:
    """Accepts a form whose Origin is ours, and one that comes without any cookie and signs nobody in.

    The rest is left to Django's CsrfViewMiddleware, which asks for the form's token. Browsers send Origin with every
    form that is posted. Sec-Fetch-Site is a second opinion, since over plain http they send it to localhost alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """Spare a form its token if one of our pages sent it."""
        if request.method not in SAFE and is_ours(request):
            request.csrf_processing_done = True  # type: ignore[attr-defined]


def is_ours(request: HttpRequest) -> bool:
    """Return True if one of our pages sent the form, as far as its headers say."""
    if request.META.get("HTTP_SEC_FETCH_SITE", "same-origin") != "same-origin":
        return False
    origin = request.META.get("HTTP_ORIGIN")
    if origin is not None:
        return origin in {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return "HTTP_COOKIE" not in request.META and not SIGNS_IN.fullmatch(request.path)
