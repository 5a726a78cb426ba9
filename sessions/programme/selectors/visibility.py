"""Who may see an event: the only place that decides (docs/adr/0059).

A draft is for its team only. An unlisted event is for people with a link or a code, and appears in no list. A public
one is for everybody. The same applies to everything in it (sessions, polls, questions, follow-ups, the recap).
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from sessions.access.selectors import FACTORS
from sessions.programme.models import Event, Person, Session, SessionRole

TEAM_ROLES = [SessionRole.Role.MODERATOR, SessionRole.Role.HELPER]


def organising() -> QuerySet[Any]:
    """Return who organises which event; if REQUIRE_MFA is set, only those with a second factor."""
    rows = Event.organisers.through.objects.filter(user__is_active=True)
    return rows.filter(user__authenticator__type__in=FACTORS) if settings.REQUIRE_MFA else rows


def teams_of(event_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the team of each event, as users: its organisers, and those who moderate or help in a session of it."""
    organisers = organising().filter(event__in=event_ids).values_list("event_id", "user_id")
    people = Person.objects.filter(event__in=event_ids, roles__role__in=TEAM_ROLES, user__is_active=True)
    rows = organisers.order_by().union(people.order_by().values_list("event_id", "user_id"))
    teams: dict[int, set[int]] = {event_id: set() for event_id in event_ids}
    for event_id, user_id in rows:
        teams[event_id].add(user_id)
    return {event_id: frozenset(team) for event_id, team in teams.items()}


def may_see(user_id: int | None, event_id: int, visibility: str) -> bool:
    """Return True if a user, or a visitor (None), may see the event; no query unless it is a draft."""
    if visibility != Event.Visibility.DRAFT:
        return True
    return user_id is not None and user_id in teams_of([event_id])[event_id]


def listed_to(user_id: int | None) -> QuerySet[Event]:
    """Return the events listed for a user, or a visitor (None): public ones, and those of their own teams.

    Rehearsals are in no list: the pages of the rehearsed session link to them.
    """
    listed = Q(visibility=Event.Visibility.PUBLIC)
    if user_id is not None:
        people = Person.objects.filter(user=user_id, user__is_active=True, roles__role__in=TEAM_ROLES)
        listed |= Q(pk__in=people.order_by().values("event"))
        listed |= Q(pk__in=organising().filter(user=user_id).values("event"))
    return Event.objects.filter(listed, rehearses__isnull=True)


def teams_of_drafts(session_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return, by session of a draft event, the team that may be in its room; other sessions are left out."""
    drafts = Session.objects.filter(pk__in=list(session_ids), event__visibility=Event.Visibility.DRAFT)
    events = dict(drafts.order_by().values_list("pk", "event_id"))
    teams = teams_of(set(events.values())) if events else {}
    return {session_id: teams[event_id] for session_id, event_id in events.items()}
