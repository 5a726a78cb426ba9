"""Creating and editing events and their days. For organisers."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import NO_LIMITS, Caller
from opendev.core.errors import Conflict, NotFound, NotSignedIn
from opendev.core.text import clean_line
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme import selectors
from sessions.programme.models import Event, EventDay, Person, Session
from sessions.programme.models.events import MAKES_EVENTS, RESERVED_SLUGS, validate_event_slug
from sessions.programme.services import forms_read as read
from sessions.programme.services.calendar_entries import keep_calendars_of_people
from sessions.programme.services.changes import shifted
from sessions.programme.services.locks import lock_event
from sessions.programme.services.numbering import free_slug, number_days
from sessions.programme.services.rights import NotOrganiser, SecondFactorNeeded

MAX_SLUG_LENGTH = 80


class AddressTaken(Conflict):
    code, message = "address_taken", _("Another event already has this address.")


class DayHasSessions(Conflict):
    code, message = "day_has_sessions", _("This day has sessions. Move them first.")


class DayIsThere(Conflict):
    code, message = "day_is_there", _("The event already has a day on this date.")


def _slug(value: Any, field: str) -> str:
    text = clean_line(value, field=field, most=MAX_SLUG_LENGTH, required=False).lower()
    if text and slugify(text) != text:
        raise read.wrong(field, _("An address may contain the letters a to z, digits and hyphens."))
    try:
        validate_event_slug(text)
    except ValidationError as refusal:
        raise read.wrong(field, refusal.messages[0]) from None
    return text


FIELDS: read.Readers = {
    "name": read.a_line(200, required=True),
    "slug": _slug,
    "short_name": read.a_line(80),
    "series": read.a_line(200),
    "summary": read.a_text(2000),
    "sponsors_line": read.a_line(300),
    "time_zone": read.a_zone,
    "language": read.a_language,
    "visibility": read.one_of(Event.Visibility.values),
    "embed_sites": read.sites,
}


def check_makes_events(*, caller: Caller) -> User:
    """Return the caller if they may create events: organisers of another event, the first organiser, and operators.

    Raises:
        NotSignedIn, NotOrganiser, SecondFactorNeeded
    """
    if caller.user_id is None:
        raise NotSignedIn
    user = User.objects.filter(pk=caller.user_id, is_active=True).first()
    may = (
        user is not None
        and caller.limits == NO_LIMITS
        and (user.has_perm(MAKES_EVENTS) or Event.objects.filter(organisers=user).exists())
    )
    if user is None or not may:
        raise NotOrganiser
    if selectors.lacks_factor(user.pk):
        raise SecondFactorNeeded
    return user


def _claim_slug(event: Event, slug: str) -> None:
    """Give a new event its address: the requested one, or one derived from its name.

    Raises:
        AddressTaken
    """
    if not slug:
        taken = set(Event.objects.values_list("slug", flat=True)) | RESERVED_SLUGS
        slug = free_slug(event.name[:60], taken)[:MAX_SLUG_LENGTH]
    elif Event.objects.filter(slug=slug).exists():
        raise AddressTaken(fields={"slug": AddressTaken.message})
    event.slug = slug


@transaction.atomic
def create_event(*, caller: Caller, given: Mapping[str, Any]) -> Event:
    """Create an event, by default a draft; its creator is its first organiser.

    Raises:
        NotSignedIn, NotOrganiser, Malformed, AddressTaken
    """
    organiser = check_makes_events(caller=caller)
    values = read.read_fields({"name": None, **given}, FIELDS)
    slug = values.pop("slug", "")
    event = Event(**values)
    _claim_slug(event, slug)
    event.save()
    event.organisers.add(organiser)
    record(AuditKind.EVENT_MADE, caller=caller, event_id=event.pk)
    return event


@transaction.atomic
def edit_event(*, event_id: int, caller: Caller, given: Mapping[str, Any]) -> Event:
    """Change the given fields, except the address, which is in published links and QR codes.

    With another time zone, sessions stay at the same instants and get other local times.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, Malformed
    """
    event = lock_event(event_id=event_id, caller=caller)
    values = read.read_fields({field: value for field, value in given.items() if field != "slug"}, FIELDS)
    seen_by = event.visibility
    for field, value in values.items():
        setattr(event, field, value)
    event.save()
    if values.keys() != {"visibility"}:
        record(AuditKind.SETTINGS_CHANGED, caller=caller, event_id=event_id, setting="event")
    if event.visibility != seen_by:
        said = {"setting": "visibility", "visibility": event.visibility}
        record(AuditKind.SETTINGS_CHANGED, caller=caller, event_id=event_id, **said)
    keep_calendars_of_people(event.sessions.values_list("pk", flat=True), timezone.now())
    return event


@transaction.atomic
def add_day(*, event_id: int, caller: Caller, given: Mapping[str, Any]) -> EventDay:
    """Add a day; days are numbered by their dates.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, Malformed, DayIsThere
    """
    event = lock_event(event_id=event_id, caller=caller)
    on = read.read_fields({"date": given.get("date")}, {"date": read.a_date})["date"]
    _check_free(event, on)
    number = max([0, *event.days.values_list("number", flat=True)]) + 1
    day = EventDay.objects.create(event=event, number=number, date=on)
    number_days(event)
    day.refresh_from_db()
    return day


def _check_free(event: Event, on: date) -> None:
    if event.days.filter(date=on).exists():
        raise DayIsThere(fields={"date": DayIsThere.message})


def _day_of(event: Event, day_id: int) -> EventDay:
    day = event.days.filter(pk=day_id).first()
    if day is None:
        raise NotFound
    return day


@transaction.atomic
def move_day(
    *, event_id: int, day_id: int, caller: Caller, given: Mapping[str, Any], now: datetime
) -> EventDay:
    """Move a day with its sessions to another date; their times of day stay, even across a change to summer time.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, Malformed, DayIsThere
    """
    event = lock_event(event_id=event_id, caller=caller)
    day = _day_of(event, day_id)
    on = read.read_fields({"date": given.get("date")}, {"date": read.a_date})["date"]
    if on == day.date:
        return day
    _check_free(event, on)
    by = on - day.date
    day.date = on
    day.save()
    number_days(event)
    for session in day.sessions.select_for_update(no_key=True).select_related("day"):
        then = on_another_day(session.starts_at, by, event)
        shifted(session, then - session.starts_at, now)
    day.refresh_from_db()
    return day


def on_another_day(moment: datetime, by: timedelta, event: Event) -> datetime:
    """Return the same local time, this many days later."""
    local = moment.astimezone(event.zone)
    return (local.replace(tzinfo=None) + by).replace(tzinfo=event.zone)


@transaction.atomic
def remove_day(*, event_id: int, day_id: int, caller: Caller) -> None:
    """Remove a day without sessions.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, DayHasSessions
    """
    event = lock_event(event_id=event_id, caller=caller)
    day = _day_of(event, day_id)
    if Session.objects.filter(day=day).exists():
        raise DayHasSessions
    day.delete()
    number_days(event)


@transaction.atomic
def set_committee(*, event_id: int, caller: Caller, names: Any) -> list[Person]:
    """Set the Programming Committee: one name per line, with a company after a comma. Others are removed.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, Malformed
    """
    event = lock_event(event_id=event_id, caller=caller)
    lines = read.read_fields({"committee": names}, {"committee": read.a_text(4000)})["committee"].splitlines()
    people = [line.partition(",") for line in lines if line.strip()]
    record(
        AuditKind.SETTINGS_CHANGED, caller=caller, event_id=event_id, setting="committee", people=len(people)
    )
    Person.objects.filter(event=event, on_committee=True).update(on_committee=False)
    members = [person_of(event, name, company) for name, _comma, company in people]
    for person in members:
        person.on_committee = True
        person.save(update_fields=["on_committee"])
    return members


def person_of(event: Event, name: Any, company: Any = "", title: Any = "", *, field: str = "name") -> Person:
    """Return the person with this name in the event, creating them if necessary. Their other data is kept.

    Raises:
        Malformed
    """
    details = {
        "company": clean_line(company, field="company", most=120, required=False),
        "title": clean_line(title, field="job", most=120, required=False),
    }
    name = clean_line(name, field=field, most=120)
    person = Person.objects.filter(event=event, name=name).first()
    if person is None:
        taken = set(Person.objects.filter(event=event).values_list("slug", flat=True))
        person = Person(event=event, name=name, slug=free_slug(name[:60], taken))
    for field_name, value in details.items():
        if value:
            setattr(person, field_name, value)
    person.save()
    return person
