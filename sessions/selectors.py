"""What is read about events and sessions."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Prefetch, Q, QuerySet

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from sessions.models import (
    ApiToken,
    Attendee,
    Event,
    EventDay,
    Person,
    Question,
    QuestionVote,
    Session,
    SessionRole,
)
from sessions.permissions import PUBLIC, can_moderate
from sessions.similarity import similarity
from sessions.tokens import hash_token

CODE_LENGTH = 6
SIMILAR_FROM = 0.5
MOST_SIMILAR = 3
API_TOKEN_PREFIX = "odc_"  # noqa: S105  # the beginning of every token, not one


def _with_people(sessions: QuerySet[Session]) -> QuerySet[Session]:
    roles = SessionRole.objects.select_related("person").order_by("position", "pk")
    return sessions.select_related("event", "day").prefetch_related(Prefetch("roles", queryset=roles))


def all_events() -> list[Event]:
    """Return events, those with a live session first, those without sessions last."""

    def order(event: Event) -> tuple[bool, bool, str, int]:
        sessions = event.sessions.all()
        is_live = any(session.state == Session.State.LIVE for session in sessions)
        return (not is_live, not sessions, event.name, event.pk)

    return sorted(Event.objects.prefetch_related("sessions", "days"), key=order)


def event_by_slug(slug: str) -> Event:
    """Return the event.

    Raises:
        NotFound: there is none.
    """
    event = Event.objects.filter(slug=slug).first()
    if event is None:
        raise NotFound
    return event


def programme(event: Event) -> list[EventDay]:
    """Return the event's days, each with its sessions and their people, in four queries whatever their number."""
    sessions = _with_people(Session.objects.order_by("starts_at", "pk"))
    return list(event.days.order_by("number").prefetch_related(Prefetch("sessions", queryset=sessions)))


def sessions_of(event: Event) -> list[Session]:
    """Return the event's sessions with their people, in the order of the programme."""
    return list(_with_people(event.sessions.all()).order_by("day__number", "starts_at", "pk"))


def live_sessions() -> list[Session]:
    """Return the sessions that are live now, in all events."""
    return list(_with_people(Session.objects.filter(state=Session.State.LIVE)).order_by("starts_at", "pk"))


def day_of(session: Session) -> list[Session]:
    """Return the sessions of the same day."""
    return list(_with_people(Session.objects.filter(day=session.day_id)).order_by("starts_at", "pk"))


def session_by_slug(event: str, session: str) -> Session:
    """Return the session with its people.

    Raises:
        NotFound: there is none.
    """
    found = _with_people(Session.objects.filter(event__slug=event, slug=session)).first()
    if found is None:
        raise NotFound
    return found


def session_by_id(session_id: int) -> Session:
    """Return the session with its people.

    Raises:
        NotFound: there is none.
    """
    found = _with_people(Session.objects.filter(pk=session_id)).first()
    if found is None:
        raise NotFound
    return found


def session_by_code(code: str) -> Session | None:
    """Return the session with this join code, unless it is over."""
    if not (code.isascii() and code.isdigit() and len(code) == CODE_LENGTH):
        return None
    return _with_people(Session.objects.filter(code=code).exclude(state=Session.State.OVER)).first()


def moderator_ids(session_id: int) -> frozenset[int]:
    """Return the users who may moderate: the session's moderators and the event's organisers."""
    moderators = Person.objects.filter(
        roles__session=session_id, roles__role=SessionRole.Role.MODERATOR, user__is_active=True
    ).values_list("user_id", flat=True)
    organisers = Event.organisers.through.objects.filter(
        event__sessions=session_id, user__is_active=True
    ).values_list("user_id", flat=True)
    return frozenset(user for user in moderators.order_by().union(organisers.order_by()) if user is not None)


def helper_ids(session_id: int) -> frozenset[int]:
    """Return the users who may keep the session's questions and do nothing else."""
    helpers = Person.objects.filter(
        roles__session=session_id, roles__role=SessionRole.Role.HELPER, user__is_active=True
    ).values_list("user_id", flat=True)
    return frozenset(user for user in helpers.order_by() if user is not None)


def keeps_queue(caller: Caller, session_id: int) -> bool:
    """Tell whether the caller may keep the session's questions: its moderators, organisers and helpers."""
    return moderates(caller, session_id) or (
        caller.user_id is not None and caller.user_id in helper_ids(session_id)
    )


def organises(caller: Caller, event_id: int) -> bool:
    """Tell whether the caller is one of the event's organisers."""
    if caller.user_id is None:
        return False
    organisers = Event.organisers.through.objects.filter(event=event_id, user__is_active=True)
    return organisers.filter(user=caller.user_id).exists()


def moderates(caller: Caller, session_id: int) -> bool:
    """Tell whether the caller may moderate the session; no query for those who are not signed in."""
    return caller.user_id is not None and can_moderate(caller, moderator_ids(session_id))


def attendee_by_id(attendee_id: int, event_id: int) -> Attendee | None:
    """Return the attendee of this event, or None."""
    return Attendee.objects.filter(pk=attendee_id, event=event_id).first()


def session_versions(session_ids: Iterable[int]) -> dict[int, int]:
    """Return the version of each session, by id."""
    return dict(Session.objects.filter(pk__in=list(session_ids)).values_list("pk", "version"))


def name_of_user(user_id: int, event_id: int | None = None) -> str:
    """Return what a signed-in person is called: as a person of the event (or of any), else by their account."""
    people = Person.objects.filter(user=user_id)
    if event_id is not None:
        people = people.filter(event=event_id)
    name = people.values_list("name", flat=True).first()
    user = User.objects.filter(pk=user_id).first()
    return name or (user.get_full_name() or user.get_username() if user else "")


def first_session_of(user_id: int) -> Session | None:
    """Return a session that the user may moderate: a live one, else the next upcoming, else any."""
    order = {Session.State.LIVE: 0, Session.State.UPCOMING: 1, Session.State.OVER: 2}
    mine = Session.objects.filter(
        Q(roles__person__user=user_id, roles__role=SessionRole.Role.MODERATOR) | Q(event__organisers=user_id)
    ).distinct()
    sessions = _with_people(mine).order_by("starts_at", "pk")
    return min(sessions, key=lambda session: order[Session.State(session.state)], default=None)


def user_of_api_token(token: str, now: datetime) -> User | None:
    """Return whom a program with this token acts as, or None when it is unknown, expired or revoked."""
    found = (
        ApiToken.objects.select_related("user")
        .filter(
            token_hash=hash_token(token), revoked_at__isnull=True, expires_at__gt=now, user__is_active=True
        )
        .first()
    )
    return found.user if found else None


def api_tokens_of(user_id: int) -> list[ApiToken]:
    """Return the user's tokens that have not been revoked, newest first."""
    return list(ApiToken.objects.filter(user=user_id, revoked_at__isnull=True).order_by("-created_at"))


def has_rights_beyond(user: User, event_id: int) -> bool:
    """Tell whether a user may do more than moderate sessions of this event."""
    if user.is_staff or user.is_superuser or Event.objects.filter(organisers=user).exists():
        return True
    return Person.objects.filter(user=user).exclude(event=event_id).exists()


def _with_merged(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Read with each question the ones that were merged into it and that everybody could see before."""
    shown = Question.objects.filter(state__in=PUBLIC).only("pk", "merged_into_id").order_by("pk")
    return questions.prefetch_related(Prefetch("merged", queryset=shown))


def questions_of(session_ids: Iterable[int]) -> list[Question]:
    """Return the sessions' questions, oldest first, in two queries."""
    found = Question.objects.filter(session__in=list(session_ids))
    return list(_with_merged(found).order_by("asked_at", "pk"))


def questions_by_id(question_ids: Collection[int]) -> list[Question]:
    """Return those of the questions that there are, by id."""
    return list(_with_merged(Question.objects.filter(pk__in=question_ids)).order_by("pk"))


def question_by_id(question_id: int, *, session_id: int | None = None) -> Question:
    """Return the question with its session.

    Raises:
        NotFound: there is none, or it belongs to another session than asked for.
    """
    found = _with_merged(Question.objects.filter(pk=question_id).select_related("session")).first()
    if found is None or session_id not in {None, found.session_id}:
        raise NotFound
    return found


def question_versions(session_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Return (session id, question id, version) of every question of the sessions."""
    found = Question.objects.filter(session__in=list(session_ids)).order_by()
    return list(found.values_list("session_id", "pk", "version"))


def merged_roots(session_ids: Iterable[int]) -> dict[int, int]:
    """Return for each merged question of the sessions the one that it stands in, at the end of the chain."""
    merged = Question.objects.filter(session__in=list(session_ids), merged_into__isnull=False).order_by()
    into = dict(merged.values_list("pk", "merged_into_id"))

    def root(pk: int) -> int:
        while pk in into:
            pk = into[pk]
        return pk

    return {pk: root(pk) for pk in into}


def own_upvotes(wanted: Sequence[tuple[int, int]]) -> list[set[int]]:
    """Return for each (attendee id, session id) the questions that the attendee voted for: two queries for all.

    A vote for a question that was merged is one for the question that it stands in.
    """
    session_ids = {session_id for _attendee, session_id in wanted}
    votes = QuestionVote.objects.filter(
        attendee__in={attendee for attendee, _session in wanted}, question__session__in=session_ids
    ).order_by()
    roots = merged_roots(session_ids)
    found: dict[tuple[int, int], set[int]] = {}
    for attendee, question, session in votes.values_list("attendee", "question", "question__session"):
        found.setdefault((attendee, session), set()).add(roots.get(question, question))
    return [found.get(pair, set()) for pair in wanted]


def similar_questions(session_id: int, text: str) -> list[Question]:
    """Return up to three of the session's public questions that ask nearly the same, the nearest first."""
    shown = Question.objects.filter(session=session_id, state__in=PUBLIC, merged_into=None)
    scored = [(similarity(text, question.text), question) for question in shown]
    near = [pair for pair in scored if pair[0] >= SIMILAR_FROM]
    return [question for _score, question in sorted(near, key=lambda pair: -pair[0])[:MOST_SIMILAR]]


def answered_questions(event: Event) -> list[tuple[Session, list[Question]]]:
    """Return the event's sessions in which questions were answered, in the order of the programme, with those."""
    answered = Question.objects.filter(
        session__event=event, state=Question.State.ANSWERED, merged_into=None
    ).order_by("answered_at", "asked_at", "pk")
    by_session: dict[int, list[Question]] = {}
    for question in answered:
        by_session.setdefault(question.session_id, []).append(question)
    return [(session, by_session[session.pk]) for session in sessions_of(event) if session.pk in by_session]
