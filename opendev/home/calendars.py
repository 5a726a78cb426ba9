"""Calendars of an event, a day, a session, and of the sessions that somebody starred."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date, parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from opendev.core.errors import NotFound
from opendev.core.limits import check_address
from opendev.home.calendar_links import Subscription
from opendev.room.qr import draw_qr, qr_svg
from sessions.programme import selectors
from sessions.programme.calendar import calendar_of, state_of
from sessions.programme.models import Event, Session
from sessions.programme.selectors.filters import filters_from
from sessions.programme.selectors.stars import starred_ids, starred_sessions
from sessions.programme.services.stars import star_session

COOKIE_LASTS_S = 400 * 24 * 3600  # as long as browsers keep any cookie


def stars_cookie(event_id: int) -> str:
    """Return the name of the cookie that holds the secret of somebody's list, one per event."""
    return f"stars-{event_id}"


def _answer(
    request: HttpRequest,
    event: Event,
    sessions: Sequence[Session],
    name: str,
    file_name: str,
    *,
    is_dated: bool = True,
) -> HttpResponse:
    """Return a calendar, or 304 if the caller has it already: programs ask every quarter of an hour.

    Args:
        is_dated: whether it has a time of its last change. Removing a star leaves none.
    """
    sessions = [session for session in sessions if not session.is_break]
    given: dict[str, Any] = {"name": name, "base_url": settings.PUBLIC_URL}
    etag = f'"{state_of(event, sessions, **given)}"'
    changed_at = max((session.last_modified for session in sessions), default=None) if is_dated else None
    dated = http_date(int(changed_at.timestamp())) if changed_at else ""
    if _has_it(request, etag, dated):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(
            calendar_of(event, sessions, **given), content_type="text/calendar; charset=utf-8"
        )
        response["Content-Disposition"] = f'inline; filename="{file_name}.ics"'
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"  # else caches would guess from the date how long it is valid
    if dated:
        response["Last-Modified"] = dated
    return response


def _has_it(request: HttpRequest, etag: str, dated: str) -> bool:
    """Return True if the caller has this very calendar (RFC 9110).

    A date has to be the same one, not a later one: a session that is deleted can set the date back.
    """
    if wanted := request.headers.get("If-None-Match"):
        tags = [tag.removeprefix("W/") for tag in parse_etags(wanted)]
        return etag in tags or "*" in tags
    return bool(dated) and request.headers.get("If-Modified-Since") == dated


@require_safe
@never_cache
def page(request: HttpRequest, event: str) -> HttpResponse:
    """How to subscribe to an event's calendar, and to that of the sessions that the reader starred."""
    found = selectors.event_by_slug(event)
    all_of_it = Subscription(found.name, _address("event-calendar", event=found.slug))
    context: dict[str, Any] = {"event": found, "all": all_of_it, "all_qr": qr_svg(all_of_it.address)}
    token = request.COOKIES.get(stars_cookie(found.pk), "")
    if starred_ids(found.pk, token):
        mine = Subscription(_name_of_stars(found), _address("star-calendar", event=found.slug, token=token))
        context |= {"mine": mine, "mine_qr": draw_qr(mine.address)}
    return render(request, "home/calendar.html", context)


def _address(name: str, **of: str) -> str:
    return settings.PUBLIC_URL + reverse(name, kwargs=of)


def _name_of_stars(event: Event) -> str:
    return _("%(event)s, my sessions") % {"event": event.name}


@require_safe
def of_event(request: HttpRequest, event: str) -> HttpResponse:
    """All sessions of an event."""
    found = selectors.event_by_slug(event)
    return _answer(request, found, selectors.sessions_of(found), found.name, found.slug)


@require_safe
def of_day(request: HttpRequest, event: str, number: int) -> HttpResponse:
    """The sessions of one day."""
    found = selectors.event_by_slug(event)
    if not found.days.filter(number=number).exists():
        raise NotFound
    sessions = [session for session in selectors.sessions_of(found) if session.day.number == number]
    name = _("%(event)s, day %(number)d") % {"event": found.name, "number": number}
    return _answer(request, found, sessions, name, f"{found.slug}-day-{number}")


@require_safe
def of_session(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """One session."""
    found = selectors.session_by_slug(event, session)
    return _answer(request, found.event, [found], found.title, found.slug)


@sensitive_variables("token")
@require_safe
@never_cache
def of_stars(request: HttpRequest, event: str, token: str) -> HttpResponse:
    """The sessions that somebody starred, at their secret address."""
    found = selectors.event_by_slug(event)
    sessions = starred_sessions(found, token)
    name = _name_of_stars(found)
    return _answer(request, found, sessions, name, f"{found.slug}-my-sessions", is_dated=False)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def star(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Star a session, or take the star back. The browser keeps the secret of its list in a cookie."""
    found = selectors.session_by_slug(event, session)
    query = filters_from(QueryDict(request.POST.get("filters", "")).dict()).query
    back = f"{found.event.get_absolute_url()}{'?' if query else ''}{query}#session-{found.pk}"
    response = redirect(back)
    if request.method == "POST":
        check_address("write", request)
        name = stars_cookie(found.event_id)
        token = star_session(
            session_id=found.pk,
            token=request.COOKIES.get(name, ""),
            starred=request.POST.get("starred") == "yes",
            now=timezone.now(),
        )
        response.set_cookie(
            name,
            token,
            max_age=COOKIE_LASTS_S,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response
