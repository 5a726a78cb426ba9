"""The rows of an imported schedule, written table by table, so that the lock is held only for a few statements."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sessions.programme import broadcasts
from sessions.programme.models import Event, EventDay, Person, Resource, Session, SessionRole
from sessions.programme.models.sessions import free_codes
from sessions.programme.services.calendar_entries import (
    calendar_state,
    keep_calendar,
    keep_calendars_of_people,
)
from sessions.programme.services.numbering import free_slug, number_days
from sessions.schedules.formats import Item, Schedule
from sessions.schedules.formats.words import as_uri

Pair = tuple[Item, Session | None, str]


def item_fields(item: Item, session: Session | None = None) -> dict[str, Any]:
    """Return an item as the fields of a session; its title without the part number that our exports put before it."""
    part = f"{session.part}: " if session and session.part else ""
    return {
        "title": item.title.removeprefix(part),
        "starts_at": item.starts_at,
        "minutes": item.minutes,
        "subtitle": item.subtitle,
        "topic": item.abstract,
        "description": item.description,
        "place": item.place,
        "track": item.track,
        "kind": item.kind,
        "language": item.language,
    }


def write_schedule(
    *, event: Event, schedule: Schedule, pairs: Sequence[Pair], gone: Sequence[Session], now: datetime
) -> None:
    """Execute the plan. The caller holds the event's lock.

    Args:
        pairs: each item, its session (None if it is new), and the plan's verb.
        gone: sessions to be cancelled.
    """
    days = write_days(event, {day.date for day in schedule.days if day.items})
    day_of = {id(item): days[day.date] for day in schedule.days for item in day.items}
    known: list[int] = []
    changed: list[Session] = []
    for item, session, verb in pairs:
        if session is None:
            continue
        known.append(session.pk)
        if verb == "same" and session.external_id == item.external_id:
            continue
        before = calendar_state(session)
        for name, value in item_fields(item, session).items():
            setattr(session, name, value)
        session.day, session.cancelled_at = day_of[id(item)], None
        session.external_id = item.external_id
        _save(session, before, now)
        changed.append(session)
    for session in gone:
        before = calendar_state(session)
        session.cancelled_at = now
        _save(session, before, now)
        changed.append(session)
    Session.objects.filter(event=event, pk__in=known).update(imported_at=now)
    made = _make_sessions(
        event, [(item, day_of[id(item)]) for item, session, _verb in pairs if not session], now
    )
    both = [(item, session) for item, session, _verb in pairs if session] + made
    keep_calendars_of_people(_write_people(event, both), now)
    _write_links(both)
    for session in changed:
        broadcasts.session_changed(session)


def _save(session: Session, before: tuple[Any, ...], now: datetime) -> None:
    """Save a changed session. One by one, since Django's bulk update of 300 rows takes ten times as long."""
    if session.title_with_part != before[0][0]:
        session.short_title = session.usual_short_title
    keep_calendar(session=session, before=before, now=now)
    session.version += 1
    session.save()


def write_days(event: Event, dates: Iterable[date]) -> dict[date, EventDay]:
    """Create missing days, number all of the event's days by their dates, and return them by date."""
    days = {day.date: day for day in event.days.all()}
    missing = set(dates) - days.keys()
    free = max([0, *(day.number for day in days.values())]) + 1
    for number, on in enumerate(sorted(missing), free):
        days[on] = EventDay.objects.create(event=event, number=number, date=on)
    number_days(event)
    return {day.date: day for day in event.days.all()}


def _make_sessions(
    event: Event, items: Sequence[tuple[Item, EventDay]], now: datetime
) -> list[tuple[Item, Session]]:
    taken = set(Session.objects.filter(event=event).values_list("slug", flat=True))
    codes = free_codes(len(items))
    made = []
    for (item, day), code in zip(items, codes, strict=True):
        slug = free_slug(item.title, taken)
        taken.add(slug)
        session = Session(
            event=event,
            day=day,
            slug=slug,
            guid=item.guid,
            external_id=item.external_id,
            imported_at=now,
            calendar_changed_at=now,
            calendar_modified_at=now,
            code=code,
            short_title=item.title[:120],
            **item_fields(item),
        )
        made.append((item, session))
    Session.objects.bulk_create([session for _item, session in made])
    return made


def _write_people(event: Event, pairs: Sequence[tuple[Item, Session]]) -> set[int]:
    """Make the speakers people of the event and presenters of their sessions; return the sessions whose people changed.

    Existing roles in the session are kept; presenters who are no longer in the file are removed.
    """
    people = _people_of(event, [speaker for item, _session in pairs for speaker in item.speakers])
    sessions = [session.pk for _item, session in pairs]
    roles = list(SessionRole.objects.filter(session__in=sessions))
    there = {(role.session_id, role.person_id) for role in roles}
    places = {
        (session.pk, people[speaker.name].pk): place
        for item, session in pairs
        for place, speaker in enumerate(item.speakers, 1)
    }
    unnamed = [
        role
        for role in roles
        if role.role == SessionRole.Role.PRESENTER and (role.session_id, role.person_id) not in places
    ]
    SessionRole.objects.filter(pk__in=[role.pk for role in unnamed]).delete()
    made = SessionRole.objects.bulk_create(
        SessionRole(session_id=session, person_id=person, role=SessionRole.Role.PRESENTER, position=place)
        for (session, person), place in places.items()
        if (session, person) not in there
    )
    return {role.session_id for role in (*unnamed, *made)}


def _people_of(event: Event, speakers: Sequence[Any]) -> dict[str, Person]:
    """Return the event's people by their name in the file, creating missing ones."""
    people = list(Person.objects.filter(event=event))
    by_id = {person.external_id: person for person in people if person.external_id}
    by_name = {person.name: person for person in people}
    taken = {person.slug for person in people}
    by_speaker: dict[str, Person] = {}
    for speaker in speakers:
        if speaker.name in by_speaker:
            continue
        person = by_id.get(speaker.external_id) or by_name.get(speaker.name)
        if person is None:
            slug = free_slug(speaker.name, taken)[:80]
            taken.add(slug)
            person = Person(event=event, slug=slug)
        values = {"name": speaker.name, "external_id": person.external_id or speaker.external_id}
        values["biography"] = speaker.biography or person.biography
        is_news = any(getattr(person, field) != value for field, value in values.items())
        for field, value in values.items():
            setattr(person, field, value)
        if person.pk is not None and is_news:
            person.save()
        by_speaker[speaker.name] = person
    Person.objects.bulk_create([person for person in by_speaker.values() if person.pk is None])
    return by_speaker


def _write_links(pairs: Sequence[tuple[Item, Session]]) -> None:
    """Add missing links; those that organisers added stay."""
    known = Resource.objects.filter(session__in=[session.pk for _item, session in pairs])
    there = {(session, as_uri(url)) for session, url in known.values_list("session_id", "url")}
    Resource.objects.bulk_create(
        Resource(
            session=session,
            kind=Resource.Kind.ATTACHMENT if link.is_file else Resource.Kind.LINK,
            title=link.title,
            url=link.url,
            position=place,
        )
        for item, session in pairs
        for place, link in enumerate(item.links, 1)
        if (session.pk, as_uri(link.url)) not in there
    )
