"""Addresses that forms post to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import resolve

View = Callable[..., HttpResponse]


def posted_from(page: str) -> Callable[[View], View]:
    """Let a view take POST alone; reading its address (a reload, a shared link) leads to the page with the form.

    Args:
        page: the URL name of that page, of the same session.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def posted(request: HttpRequest, event: str, session: str, **more: Any) -> HttpResponse:
            if request.method in {"GET", "HEAD"}:
                named = resolve(
                    request.path_info
                ).kwargs  # as its reader wrote it, whether or not it is there
                return redirect(page, event=named["event"], session=named["session"])
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST", "GET", "HEAD"])
            return view(request, event=event, session=session, **more)

        return posted

    return decorate
