"""Queries about events and sessions."""

from collections.abc import Iterable
from unicodedata import category

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from opendev.core.attendance import ORGANISE, Caller
from opendev.core.errors import NotFound
from opendev.core.text import ascii_digits
from sessions.access.selectors import has_factor, is_signed_in
from sessions.programme.models import Event, EventDay, Person, Session, SessionRole
from sessions.programme.models.events import MAKES_EVENTS
from sessions.programme.permissions import can_moderate
from sessions.programme.selectors.visibility import listed_to, may_see, organising

BETWEEN = {"Pd", "Cf"}  # dashes, and marks of direction
CODE_LENGTH = 6


def with_people(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Return the same sessions with event, day and people loaded: one more query."""
    roles = SessionRole.objects.select_related("person").order_by("position", "pk")
    return sessions.select_related("event", "day").prefetch_related(Prefetch("roles", queryset=roles))


def all_events() -> list[Event]:
    """Return all events but rehearsals, drafts too, in the order of `events_listed_to`."""
    return _in_order(Event.objects.filter(rehearses__isnull=True))


def events_listed_to(user_id: int | None) -> list[Event]:
    """Return the events listed for a user, or a visitor (None).

    Those with a live session come first, those without sessions last.
    """
    return _in_order(listed_to(user_id))


def _in_order(events: QuerySet[Event]) -> list[Event]:

    def order(event: Event) -> tuple[bool, bool, str, int]:
        sessions = event.sessions.all()
        is_live = any(session.state == Session.State.LIVE for session in sessions)
        return (not is_live, not sessions, event.name, event.pk)

    return sorted(events.prefetch_related("sessions", "days"), key=order)


def events_organised_by(user_id: int | None) -> set[int]:
    """Return the ids of the events that a user organises; none for a visitor."""
    if user_id is None:
        return set()
    return set(Event.objects.filter(organisers=user_id).values_list("pk", flat=True))


def event_by_slug(slug: str) -> Event:
    """Return the event.

    Raises:
        NotFound: there is none.
    """
    event = Event.objects.filter(slug=slug).first()
    if event is None:
        raise NotFound
    return event


def others_of_series(event: Event) -> list[Event]:
    """Return the other public events of the same series, by name."""
    return list(listed_to(None).filter(series=event.series).exclude(pk=event.pk)) if event.series else []


def programme(event: Event) -> list[EventDay]:
    """Return the event's days, each with its sessions and their people, in four queries whatever their number."""
    sessions = with_people(Session.objects.order_by("starts_at", "pk"))
    return list(event.days.order_by("number").prefetch_related(Prefetch("sessions", queryset=sessions)))


def sessions_of(event: Event) -> list[Session]:
    """Return the event's sessions with their people, in the order of the programme."""
    return list(with_people(event.sessions.all()).order_by("day__number", "starts_at", "pk"))


def live_sessions(events: Iterable[Event] | None = None) -> list[Session]:
    """Return the sessions that are live now in these events, or in all that are public."""
    among = listed_to(None) if events is None else events
    live = Session.objects.filter(state=Session.State.LIVE, event__in=among)
    return list(with_people(live).order_by("starts_at", "pk"))


def day_of(session: Session) -> list[Session]:
    """Return the sessions of the same day."""
    return list(with_people(Session.objects.filter(day=session.day_id)).order_by("starts_at", "pk"))


def session_by_slug(event: str, session: str) -> Session:
    """Return the session with its people.

    Raises:
        NotFound: there is none.
    """
    found = with_people(Session.objects.filter(event__slug=event, slug=session)).first()
    if found is None:
        raise NotFound
    return found


def session_by_id(session_id: int) -> Session:
    """Return the session with its people.

    Raises:
        NotFound: there is none.
    """
    found = with_people(Session.objects.filter(pk=session_id)).first()
    if found is None:
        raise NotFound
    return found


def session_by_code(code: str, user_id: int | None = None) -> Session | None:
    """Return the session with this join code, whatever its state: a code always leads to its session.

    The code of a draft event's session only exists for the event's team; `user_id` is the caller.
    The six digits may be in any script, and in groups with spaces or dashes of any kind between them, as a phone
    or a person writes them; direction marks are ignored.
    """
    digits, between = ascii_digits(code), [sign for sign in code if not sign.isdecimal()]
    if len(digits) != CODE_LENGTH or not all(sign.isspace() or category(sign) in BETWEEN for sign in between):
        return None
    session = with_people(Session.objects.filter(code=digits)).first()
    if session is None or not may_see(user_id, session.event_id, session.event.visibility):
        return None
    return session


def moderator_ids(session_id: int) -> frozenset[int]:
    """Return the users who may moderate: the session's moderators and the event's organisers.

    The organisers of the rehearsed session moderate the rehearsal too.
    """
    moderators = Person.objects.filter(
        roles__session=session_id, roles__role=SessionRole.Role.MODERATOR, user__is_active=True
    ).values_list("user_id", flat=True)
    organisers = organising().filter(event__sessions=session_id).values_list("user_id", flat=True)
    rehearsed = organising().filter(event__sessions__rehearsal__sessions=session_id)
    others = (organisers.order_by(), rehearsed.order_by().values_list("user_id", flat=True))
    return frozenset(user for user in moderators.order_by().union(*others) if user is not None)


def organises(caller: Caller, event_id: int) -> bool:
    """Return True if the caller is one of the event's organisers, and by no token that gives less."""
    limits = caller.limits
    if limits.scope != ORGANISE or not limits.reaches(event_id) or not is_signed_in(caller, timezone.now()):
        return False
    return organising().filter(event=event_id, user=caller.user_id).exists()


def lacks_factor(user_id: int | None) -> bool:
    """Return True if a user would have an organiser's or an operator's rights, were it not for REQUIRE_MFA."""
    if not settings.REQUIRE_MFA or user_id is None or has_factor(user_id):
        return False
    may_make, code = MAKES_EVENTS.split(".")
    may_make_events = Q(user_permissions__codename=code, user_permissions__content_type__app_label=may_make)
    is_more = Q(is_superuser=True) | Q(is_staff=True) | Q(organised_events__isnull=False) | may_make_events
    return User.objects.filter(is_more, pk=user_id).exists()


def moderates(caller: Caller, session_id: int) -> bool:
    """Return True if the caller may moderate the session; no query for those who are not signed in."""
    if not is_signed_in(caller, timezone.now()) or not _is_reached(caller, session_id):
        return False
    return can_moderate(caller, moderator_ids(session_id))


def _is_reached(caller: Caller, session_id: int) -> bool:
    event_id = caller.limits.event_id
    return event_id is None or Session.objects.filter(pk=session_id, event=event_id).exists()


def moderates_in_event(caller: Caller, event_id: int) -> bool:
    """Return True if the caller organises the event or moderates one of its sessions."""
    if not caller.limits.reaches(event_id):
        return False
    moderating = Person.objects.filter(
        event=event_id, roles__role=SessionRole.Role.MODERATOR, user=caller.user_id, user__is_active=True
    )
    return organises(caller, event_id) or (is_signed_in(caller, timezone.now()) and moderating.exists())


def session_versions(session_ids: Iterable[int]) -> dict[int, int]:
    """Return the sessions' versions by id."""
    return dict(Session.objects.filter(pk__in=list(session_ids)).values_list("pk", "version"))


def name_of_user(user_id: int, event_id: int | None = None) -> str:
    """Return a signed-in person's name: as a person of the event (or of any event), otherwise by their account."""
    people = Person.objects.filter(user=user_id)
    if event_id is not None:
        people = people.filter(event=event_id)
    name = people.values_list("name", flat=True).first()
    user = User.objects.filter(pk=user_id).first()
    return name or (user.get_full_name() or user.get_username() if user else "")


def first_session_of(user_id: int) -> Session | None:
    """Return a session in which the user may moderate or help: a live one, or the next upcoming, or any."""
    order = {Session.State.LIVE: 0, Session.State.UPCOMING: 1, Session.State.OVER: 2}
    mine = Session.objects.filter(
        Q(
            roles__person__user=user_id,
            roles__role__in=[SessionRole.Role.MODERATOR, SessionRole.Role.HELPER],
        )
        | Q(event__organisers=user_id),
        event__rehearses__isnull=True,
    ).distinct()
    sessions = with_people(mine).order_by("starts_at", "pk")
    return min(sessions, key=lambda session: order[Session.State(session.state)], default=None)


def is_more_than_invited(user: User, event_id: int) -> bool:
    """Return True if a user has an account of their own, or rights beyond what this event's organisers can give."""
    return has_account(user) or has_rights_beyond(user, event_id)


def has_account(user: User) -> bool:
    """Return True if a user has signed in before, or can do so with their own password or token."""
    has_password = bool(user.password) and user.has_usable_password()
    return user.last_login is not None or has_password or user.api_tokens.exists()


def has_rights_beyond(user: User, event_id: int) -> bool:
    """Return True if a user may do more than moderate sessions of this event."""
    if user.is_staff or user.is_superuser or Event.objects.filter(organisers=user).exists():
        return True
    return Person.objects.filter(user=user).exclude(event=event_id).exists()
