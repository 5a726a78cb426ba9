"""The caller behind a page request."""

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
from opendev.core.tickets import tickets


def caller_of(request: HttpRequest, event_id: int) -> Caller:
    """Return the caller: their sign-in, and the attendee of this event whose pass their cookie holds."""
    user = getattr(request, "user", None)
    text = request.COOKIES.get(pass_cookie_name(event_id), "")
    attendee = read_pass(text) if text else None
    if attendee and attendee.event_id != event_id:
        attendee = None
    return Caller(user.pk if user and user.is_authenticated else None, attendee)


def expect_in_room(request: HttpRequest, path: str, attendee: AttendeePass, session_id: int) -> None:
    """Let a newcomer's first load of the room, if they entered nothing, be answered with the shared page.

    Not if the request has a cookie, which may matter to the room, or no Origin: the shared page has
    no tokens, so the browser must say where its forms come from.
    """
    if request.META.get("HTTP_ORIGIN") and "HTTP_COOKIE" not in request.META:
        cookie = f"{pass_cookie_name(attendee.event_id)}={sign_pass(attendee)}"
        tickets.issue(cookie, path, session_id=session_id, attendee_id=attendee.attendee_id)


def keep_pass(response: HttpResponse, attendee: AttendeePass) -> None:
    """Give the browser the pass in a cookie that scripts cannot read."""
    response.set_cookie(
        pass_cookie_name(attendee.event_id),
        sign_pass(attendee),
        max_age=PASS_LIFETIME_S,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
