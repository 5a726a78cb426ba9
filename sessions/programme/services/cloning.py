"""The next edition of an event: its programme, without people and without what happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from opendev.core.attendance import Caller
from sessions.programme.models import Event, EventDay, Resource, Session
from sessions.programme.services import forms_read as read
from sessions.programme.services.events import create_event, on_another_day
from sessions.programme.services.locks import lock_event

OF_EVENT = ("short_name", "series", "summary", "sponsors_line", "time_zone", "language", "embed_sites")
OF_SESSION = (
    *(
        "title",
        "subtitle",
        "short_title",
        "part",
        "topic",
        "description",
        "prompts",
        "place",
        "track",
        "kind",
    ),
    *("language", "minutes", "runs_by_clock", "questions_named", "questions_moderated"),
    *("suggestions_open", "suggestions_moderated", "screen_is_open", "reactions_open", "reactions_on_screen"),
    "screen_theme",
)
OF_RESOURCE = ("kind", "title", "url", "note", "unit", "rows", "position")


@transaction.atomic
def clone_event(
    *, event_id: int, caller: Caller, given: Mapping[str, Any], now: datetime
) -> tuple[Event, list[tuple[Session, Session]]]:
    """Create another edition of an event that begins on another day; return it, and a new session for each old one.

    Days keep their distances and sessions their times of day. People, attendees, recordings, calls and cancelled
    sessions are not copied. The caller copies the polls: sessions do not know them.

    Args:
        given: `name`, `slug` and `first_date`.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, Malformed, AddressTaken
    """
    old = lock_event(event_id=event_id, caller=caller)
    first = read.read_fields({"first_date": given.get("first_date")}, {"first_date": read.a_date})[
        "first_date"
    ]
    overrides = {field: given[field] for field in ("name", "slug") if field in given}
    new = create_event(
        caller=caller, given={**{field: getattr(old, field) for field in OF_EVENT}, **overrides}
    )
    days = list(old.days.order_by("number"))
    by = first - days[0].date if days else None
    pairs = []
    for day in days:
        assert by is not None  # noqa: S101  # there is a first day
        made = EventDay.objects.create(event=new, number=day.number, date=day.date + by)
        for session in day.sessions.filter(cancelled_at__isnull=True).order_by("starts_at", "pk"):
            starts_at = on_another_day(session.starts_at, by, old)
            pairs.append((session, clone_session(session, made, starts_at, now)))
    return new, pairs


def clone_session(session: Session, day: EventDay, starts_at: datetime, now: datetime) -> Session:
    """Create a session with the texts, rules and resources of another."""
    made = Session.objects.create(
        day=day,
        slug=session.slug,
        starts_at=starts_at,
        calendar_changed_at=now,
        calendar_modified_at=now,
        **{field: getattr(session, field) for field in OF_SESSION},
    )
    Resource.objects.bulk_create(
        Resource(session=made, **{field: getattr(resource, field) for field in OF_RESOURCE})
        for resource in session.resources.all()
    )
    return made
