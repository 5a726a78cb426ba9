"""An event's programme: days and sessions, live, next and starred ones."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from opendev.core.callers import caller_of
from opendev.core.languages import language_name
from opendev.door.threads import SHARED
from opendev.home.calendar_links import Entry
from opendev.home.calendars import stars_cookie
from opendev.home.programme_reads import ProgrammeReads, programme_reads
from sessions.programme import selectors
from sessions.programme.selectors.filters import Choices, filters_from
from sessions.programme.selectors.resources import resources_of_session
from sessions.programme.selectors.stars import starred_ids

LEAST_FILTERED = 12  # sessions; fewer in one room can be seen at a glance


@require_safe
@never_cache
def programme(request: HttpRequest, event: str) -> HttpResponse:
    """Days and sessions, in the event's zone; the script offers the reader's zone, and filters without a request."""
    reads = programme_reads(event, anew=SHARED in request.META)
    found = reads.event
    token = request.COOKIES.get(stars_cookie(found.pk), "")
    starred = starred_ids(found.pk, token)
    filters = filters_from(request.GET.dict())
    days = reads.for_reader(filters, starred)
    context = {
        "event": found,
        "this_year": timezone.localdate(timezone=found.zone).year,
        "days": days,
        "number": reads.number,
        "number_shown": sum(day.number_shown for day in days),
        "is_long": reads.is_long,
        "is_dense": reads.row_context["is_dense"],
        "current": next(iter([*reads.live, *reads.next]), None),
        "live": reads.live,
        "filters": filters,
        "has_filters": _has_filters(reads),
        "choices": reads.choices,
        "languages": _named_languages(reads.choices),
        "starred": starred,
        "series": selectors.others_of_series(found),
        "star_token": token if starred else "",
        "organises": selectors.organises(caller_of(request, found.pk), found.pk),
    }
    return render(request, "home/programme.html", context)


@require_safe
@never_cache
def about_session(request: HttpRequest, event: str, session: str) -> HttpResponse:
    """Details of a session before it begins, which the programme's rows leave out."""
    found = selectors.session_by_slug(event, session)
    context = {
        "event": found.event,
        "session": found,
        "entry": Entry(found, settings.PUBLIC_URL),
        "resources": resources_of_session(found.pk),
    }
    return render(request, "home/programme/session.html", context)


def _has_filters(reads: ProgrammeReads) -> bool:
    return reads.number > LEAST_FILTERED or any(day.timetable for day in reads.days)


def _named_languages(choices: Choices) -> list[tuple[str, str]]:
    """Return the programme's languages with their names; schedules give codes, and sometimes a name."""
    return [(code, language_name(code)) for code in choices.languages]
