"""Importing a schedule from a file: first a plan of the changes, then all of them or none. For the event's organisers.

An item matches the session with its guid, otherwise the only one imported with its number (`external_id`). So a file
that is imported again updates its sessions and duplicates nothing. Sessions of our own are not changed, nor is anything
that a schedule does not contain: polls, questions, notes, moderators.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.models import Event, Session, SessionRole
from sessions.programme.services.locks import lock_event
from sessions.programme.services.rights import check_organises
from sessions.schedules.formats import Item, Schedule
from sessions.schedules.formats.words import as_uri
from sessions.schedules.services.rows import item_fields, write_schedule

SHOWN = 200  # characters of a long text


def labels() -> dict[str, str]:
    """Return the fields' names for people."""
    return {
        "title": _("title"),
        "starts_at": _("starts at"),
        "minutes": _("minutes"),
        "subtitle": _("subtitle"),
        "topic": _("what it is about"),
        "description": _("more about it"),
        "place": _("room"),
        "track": _("track"),
        "kind": _("kind"),
        "language": _("language"),
        "day": _("day"),
        "cancelled": _("cancelled"),
        "people": _("people"),
        "links": _("links"),
    }


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that would change."""

    field: str
    before: str
    after: str

    @property
    def label(self) -> str:
        """The field's name for people."""
        return labels()[self.field]


@dataclass(frozen=True, slots=True)
class Change:
    """The change of one session by an import: `verb` is added, changed, same, gone or cancelled."""

    verb: str
    title: str
    line: int = 0
    item: Item | None = None
    session: Session | None = None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The plan of an import. `zone` is the event's new time zone, or "" if it keeps its own."""

    schedule: Schedule
    changes: list[Change] = field(default_factory=list)
    zone: str = ""
    notes: list[str] = field(default_factory=list)

    def of(self, *verbs: str) -> list[Change]:
        """Return the changes with these verbs."""
        return [change for change in self.changes if change.verb in verbs]


def plan_import(
    *, event_id: int, caller: Caller, schedule: Schedule, cancel_gone: bool = False
) -> ImportPlan:
    """Return the plan of an import, without writing anything.

    Args:
        cancel_gone: whether sessions of earlier imports that are no longer in the file are cancelled.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound
    check_organises(caller=caller, event_id=event.pk)
    return _plan(event, schedule, cancel_gone)


@transaction.atomic
def import_schedule(
    *, event_id: int, caller: Caller, schedule: Schedule, cancel_gone: bool = False, now: datetime
) -> ImportPlan:
    """Import a schedule, all of it or nothing; return the executed plan.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    event = lock_event(event_id=event_id, caller=caller)
    plan = _plan(event, schedule, cancel_gone)
    if plan.zone:
        event.time_zone = plan.zone
        event.save(update_fields=["time_zone"])
    write_schedule(
        event=event,
        schedule=schedule,
        pairs=[(change.item, change.session, change.verb) for change in plan.changes if change.item],
        gone=[change.session for change in plan.of("cancelled") if change.session],
        now=now,
    )
    record(
        AuditKind.SCHEDULE_IMPORTED,
        caller=caller,
        event_id=event.pk,
        added=len(plan.of("added")),
        changed=len(plan.of("changed")),
        cancelled=len(plan.of("cancelled")),
    )
    return plan


def _plan(event: Event, schedule: Schedule, cancel_gone: bool) -> ImportPlan:
    own_sessions = Session.objects.filter(event=event).select_related("day")
    sessions = list(own_sessions.prefetch_related("roles__person", "resources"))
    pairs = _pairs(schedule.items, sessions)
    matched = {session.pk for _item, session in pairs if session}
    days = {id(item): day.date for day in schedule.days for item in day.items}
    takes_zone = schedule.zone != event.time_zone and not sessions
    zone = ZoneInfo(schedule.zone) if takes_zone else event.zone
    changes = [_change(item, session, days[id(item)], zone) for item, session in pairs]
    for session in sessions:
        if session.imported_at and session.pk not in matched and not session.is_cancelled:
            may_cancel = cancel_gone and session.state == Session.State.UPCOMING
            changes.append(Change("cancelled" if may_cancel else "gone", session.title, session=session))
    notes = list(schedule.notes)
    if schedule.zone != event.time_zone and not takes_zone:
        words = {"theirs": schedule.zone, "ours": event.time_zone}
        notes.append(
            _(
                "The file uses %(theirs)s. The event stays in %(ours)s. The sessions start at the same moments."
            )
            % words
        )
    return ImportPlan(schedule, changes, schedule.zone if takes_zone else "", notes)


def _pairs(items: list[Item], sessions: list[Session]) -> list[tuple[Item, Session | None]]:
    """Return each item with its session: by guid, otherwise by number if that is not ambiguous."""
    by_guid = {session.guid: session for session in sessions}
    taken = {by_guid[item.guid].pk for item in items if item.guid in by_guid}
    often = Counter(item.external_id for item in items)
    by_number: dict[int | None, list[Session]] = {}
    for session in sessions:
        if session.external_id is not None and session.pk not in taken:
            by_number.setdefault(session.external_id, []).append(session)

    def session_of(item: Item) -> Session | None:
        if item.guid in by_guid:
            return by_guid[item.guid]
        candidates = by_number.get(item.external_id, [])
        return candidates[0] if len(candidates) == 1 and often[item.external_id] == 1 else None

    return [(item, session_of(item)) for item in items]


def _change(item: Item, session: Session | None, on: Any, zone: ZoneInfo) -> Change:
    if session is None:
        return Change("added", item.title, item.line, item)
    fields = item_fields(item, session)
    differences = [
        Difference(name, _shown(getattr(session, name), zone), _shown(value, zone))
        for name, value in fields.items()
        if getattr(session, name) != value
    ]
    if session.day.date != on:
        differences.append(Difference("day", str(session.day.date), str(on)))
    if session.is_cancelled:
        differences.append(Difference("cancelled", _("yes"), _("no")))
    differences += _people_and_links(item, session)
    return Change(
        "changed" if differences else "same", item.title, item.line, item, session, tuple(differences)
    )


def _people_and_links(item: Item, session: Session) -> list[Difference]:
    """Return the people and links that an import adds to a session, and the presenters that are no longer in it."""
    roles = list(session.roles.all())
    ours, theirs = {role.person.name for role in roles}, {speaker.name for speaker in item.speakers}
    gone = {role.person.name for role in roles if role.role == SessionRole.Role.PRESENTER} - theirs
    differences = []
    if theirs - ours or gone:
        then = ours - gone | theirs
        differences.append(Difference("people", ", ".join(sorted(ours)), ", ".join(sorted(then))))
    there = {as_uri(resource.url) for resource in session.resources.all()}
    links = [link.url for link in item.links if as_uri(link.url) not in there]
    return [*differences, *([Difference("links", "", _shortened(", ".join(links)))] if links else [])]


def _shown(value: Any, zone: ZoneInfo) -> str:
    """Return a value for people, with times in the event's zone."""
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"
    return _shortened("" if value is None else str(value))


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
