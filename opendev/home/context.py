"""Variables that every template may use."""

from django.conf import settings
from django.http import HttpRequest

from opendev.home.origins import needs_token


def public_url(request: HttpRequest) -> dict[str, str]:
    """Return the public address, for absolute addresses in pages. The request's Host cannot be trusted."""
    return {"public_url": settings.PUBLIC_URL}


def forms_without_token(request: HttpRequest) -> dict[str, str]:
    """Leave the token out of the forms of people who have not signed in: those are checked by their origin."""
    return {} if needs_token(request) else {"csrf_token": ""}


def event_visibility(request: HttpRequest) -> dict[str, str]:
    """Return who can see the event that the address names; "" if it names none."""
    return {"event_visibility": getattr(request, "event_visibility", "")}
