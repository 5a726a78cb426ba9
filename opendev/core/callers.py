"""Who sends a page request."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from opendev.core.attendance import (
    PASS_LIFETIME_S,
    AttendeePass,
    Caller,
    pass_cookie_name,
    read_pass,
    sign_pass,
)


def caller_of(request: HttpRequest, event_id: int) -> Caller:
    """Return the caller: their sign-in, and the attendee of this event whose pass their cookie holds."""
    user = getattr(request, "user", None)
    text = request.COOKIES.get(pass_cookie_name(event_id), "")
    attendee = read_pass(text) if text else None
    if attendee and attendee.event_id != event_id:
        attendee = None
    return Caller(user.pk if user and user.is_authenticated else None, attendee)


def keep_pass(response: HttpResponse, attendee: AttendeePass) -> None:
    """Have the browser keep the pass, out of reach of scripts."""
    response.set_cookie(
        pass_cookie_name(attendee.event_id),
        sign_pass(attendee),
        max_age=PASS_LIFETIME_S,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
