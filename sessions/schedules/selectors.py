"""An event's programme as a `Schedule`, for export in any format."""

from collections.abc import Iterable

from django.utils.text import slugify

from sessions.programme.models import Event, Resource, Session, SessionRole
from sessions.programme.selectors import programme
from sessions.programme.selectors.resources import resources_of
from sessions.schedules.formats import Item, Link, Schedule, ScheduleDay, Speaker
from sessions.schedules.formats.words import as_uri

ON_STAGE = (SessionRole.Role.HOST, SessionRole.Role.PRESENTER, SessionRole.Role.MODERATOR)
SHORTEST_ACRONYM = SHORTEST_NAME = 4  # as described by the C3VOC


def schedule_of(event: Event, *, base_url: str) -> Schedule:
    """Return the whole programme without cancelled sessions.

    Args:
        base_url: the product's base address, without a trailing slash.
    """
    resources = resources_of(event.pk)
    days = [(day.date, [s for s in day.sessions.all() if not s.is_cancelled]) for day in programme(event)]
    numbers = _numbers(session for _date, sessions in days for session in sessions)
    acronym = slugify(event.slug).replace("-", "_").ljust(SHORTEST_ACRONYM, "_")
    return Schedule(
        title=event.name,
        acronym=acronym,
        version=_version(session for _date, sessions in days for session in sessions),
        zone=event.time_zone,
        base_url=base_url + event.get_absolute_url(),
        days=tuple(
            ScheduleDay(
                date,
                tuple(_item(s, numbers[s.pk], resources.get(s.pk, []), base_url, acronym) for s in sessions),
            )
            for date, sessions in days
        ),
    )


def _version(sessions: Iterable[Session]) -> str:
    """Return a version of the programme: the time of the last change of a session."""
    changed = max((session.last_modified for session in sessions), default=None)
    return f"{changed:%Y-%m-%d %H:%M}" if changed else "0"


def _numbers(sessions: Iterable[Session]) -> dict[int, int]:
    """Return a unique number for each session: the one from its import if it is free."""
    numbers: dict[int, int] = {}
    rest = []
    for session in sessions:
        if session.external_id and session.external_id not in numbers.values():
            numbers[session.pk] = session.external_id
        else:
            rest.append(session.pk)
    free = max([0, *numbers.values()]) + 1
    return numbers | {pk: free + place for place, pk in enumerate(rest)}


def _slug(session: Session, number: int, acronym: str) -> str:
    """Return a name for addresses that is unique across conferences, as described by the C3VOC."""
    name = f"{number}-{slugify(session.slug).strip('-_') or 'session'}"
    return f"{acronym}-{name}" if len(name) >= SHORTEST_NAME else f"{acronym}-session-{name}"


def _item(session: Session, number: int, resources: list[Resource], base_url: str, acronym: str) -> Item:
    people = dict.fromkeys(role.person for role in session.people if role.role in ON_STAGE)
    return Item(
        guid=session.guid,
        title=session.title_with_part,
        starts_at=session.starts_at,
        minutes=session.minutes,
        external_id=number,
        slug=_slug(session, number, acronym),
        subtitle=session.subtitle,
        abstract=session.topic,
        description=session.description,
        place=session.place,
        track=session.track,
        kind=session.kind,
        language=session.language,
        url=base_url + session.get_absolute_url(),
        speakers=tuple(Speaker(one.name, one.external_id, one.biography) for one in people),
        links=tuple(
            Link(one.title, as_uri(one.url), one.kind == Resource.Kind.ATTACHMENT)
            for one in resources
            if one.url
        ),
    )
