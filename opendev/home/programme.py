"""An event's programme: days and sessions, what is live and next, and what somebody starred."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from etherpad_links.selectors import notes_urls
from opendev.core.callers import caller_of
from opendev.core.presence import present_in
from opendev.home.calendars import stars_cookie
from sessions.follow_ups.selectors.groups import sessions_with_lines
from sessions.programme import selectors
from sessions.programme.models import Session
from sessions.programme.selectors.now import now_and_next
from sessions.programme.selectors.resources import resources_of_session
from sessions.programme.selectors.stars import starred_ids


@require_safe
@never_cache
def programme(request: HttpRequest, event: str) -> HttpResponse:
    """Days and sessions, in the event's zone; script offers the reader's own."""
    found = selectors.event_by_slug(event)
    days = selectors.programme(found)
    sessions: list[Session] = [session for day in days for session in day.sessions.all()]
    notes = notes_urls(session.pk for session in sessions)
    for session in sessions:
        session.notes_url = notes.get(session.pk, "")  # type: ignore[attr-defined]
        session.minutes_left = _minutes_left(session)  # type: ignore[attr-defined]
    standing = now_and_next(sessions)
    token = request.COOKIES.get(stars_cookie(found.pk), "")
    starred = starred_ids(found.pk, token)
    context = {
        "event": found,
        "here": found.get_absolute_url(),
        "this_year": timezone.localdate(timezone=found.zone).year,
        "star_icon": render_to_string("partials/icon.html", {"name": "star"}),
        "days": days,
        "present": present_in(session.pk for session in sessions),
        "with_lines": sessions_with_lines(found.pk),
        "next": {session.pk for session in standing.next},
        "live": [session.pk for session in standing.live],
        "starred": starred,
        "series": selectors.others_of_series(found),
        "star_token": token if starred else "",
        "organises": selectors.organises(caller_of(request, found.pk), found.pk),
    }
    return render(request, "home/programme.html", context)


@require_safe
@never_cache
def about_session(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """What there is to read about a session before it begins: the programme's rows carry none of it."""
    found = selectors.session_by_slug(event, session)
    context = {"event": found.event, "session": found, "resources": resources_of_session(found.pk)}
    return render(request, "home/programme/session.html", context)


def _minutes_left(session: Session) -> int:
    """Return how long a live session still goes by its plan; 0 where it is not live, or goes on longer than planned."""
    if session.state != Session.State.LIVE or session.went_live_at is None:
        return 0
    begun = timezone.now() - session.went_live_at
    return max(0, session.minutes - int(begun.total_seconds() // 60))
