"""Addresses of forms."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import resolve

View = Callable[..., HttpResponse]


def posted_from(page: str) -> Callable[[View], View]:
    """Let a view only accept POST; a GET of its address (a reload, a shared link) redirects to the form's page.

    Args:
        page: the URL name of that page, of the same session.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def posted(request: HttpRequest, event: str, session: str, **more: Any) -> HttpResponse:
            if request.method in {"GET", "HEAD"}:
                named = resolve(request.path_info).kwargs  # as in the address, whether or not it exists
                return redirect(page, event=named["event"], session=named["session"])
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST", "GET", "HEAD"])
            return view(request, event=event, session=session, **more)

        return posted

    return decorate
