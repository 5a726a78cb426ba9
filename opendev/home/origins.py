"""Forms are checked by their origin; if that is unknown, a token is needed (docs/adr/0044)."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.csrf import csrf_failure

from opendev.door.threads import SHARED

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
# Without a cookie a form can do no more than a stranger on their own machine, unless it signs its sender in.
SIGNS_IN = re.compile(r"/(?:sign-in|admin|organise|join/.+)(?:/.*)?")


class OriginMiddleware:
    """Accepts a form whose Origin is ours, and one without any cookie, unless it signs its sender in.

    The rest is left to Django's CsrfViewMiddleware, which asks for the form's token. Browsers send Origin with every
    posted form. Sec-Fetch-Site is an additional check, since over plain http they only send it to localhost.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """Exempt a form from the token if one of our pages sent it."""
        if request.method not in SAFE and is_ours(request):
            request.csrf_processing_done = True  # type: ignore[attr-defined]


def is_ours(request: HttpRequest) -> bool:
    """Return True if one of our pages sent the form, according to its headers."""
    if request.META.get("HTTP_SEC_FETCH_SITE", "same-origin") != "same-origin":
        return False
    origin = request.META.get("HTTP_ORIGIN")
    if origin is not None:
        return origin in {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return "HTTP_COOKIE" not in request.META and not SIGNS_IN.fullmatch(request.path)


def needs_token(request: HttpRequest) -> bool:
    """Return True if the forms of a page have a token: for people who have signed in, or are about to."""
    if request.META.get(SHARED):
        return False
    return settings.SESSION_COOKIE_NAME in request.COOKIES or bool(SIGNS_IN.fullmatch(request.path))


def refuse_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token. If its browser sends no Origin, let it be sent again with a token.

    Firefox before 70 sends none, and our pages have no token for people who have not signed in.
    """
    is_other_site = "HTTP_ORIGIN" in request.META or "HTTP_SEC_FETCH_SITE" in request.META
    if is_other_site or needs_token(request) or request.content_type != "application/x-www-form-urlencoded":
        return csrf_failure(request, reason)
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {"fields": fields, "csrf_token": get_token(request), "address": request.get_full_path()}
    return render(request, "home/send_again.html", context, status=403)
