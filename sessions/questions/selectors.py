"""Queries about questions, and about who moderates them."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from opendev.core.attendance import Caller
from opendev.core.errors import NotFound
from opendev.core.parts import Cursor
from opendev.core.similarity import nearest
from opendev.core.text import time_text
from sessions.access.selectors import is_signed_in
from sessions.programme.models import Event, Person, SessionRole
from sessions.programme.selectors import moderates
from sessions.questions.models import Question, QuestionDismissal, QuestionVote
from sessions.questions.permissions import PUBLIC


def helper_ids(session_id: int) -> frozenset[int]:
    """Return the session's helpers, who may only moderate its questions."""
    helpers = Person.objects.filter(
        roles__session=session_id, roles__role=SessionRole.Role.HELPER, user__is_active=True
    ).values_list("user_id", flat=True)
    return frozenset(user for user in helpers.order_by() if user is not None)


def keeps_queue(caller: Caller, session_id: int) -> bool:
    """Return True if the caller may moderate the session's questions: its moderators, organisers and helpers."""
    if not is_signed_in(caller, timezone.now()):
        return False
    return moderates(caller, session_id) or caller.user_id in helper_ids(session_id)


def _with_merged(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Load with each question those that were merged into it and were visible to everybody before."""
    shown = Question.objects.filter(state__in=PUBLIC).only("pk", "merged_into_id").order_by("pk")
    return questions.prefetch_related(Prefetch("merged", queryset=shown))


def questions_of(session_ids: Iterable[int]) -> list[Question]:
    """Return the sessions' questions, oldest first, in two queries.

    If several were asked in the same millisecond, the one with the lower id is first: JSON has milliseconds, and
    scripts sort by it and get the same order.
    """
    found = Question.objects.filter(session__in=list(session_ids)).order_by()
    return sorted(_with_merged(found), key=lambda question: (time_text(question.asked_at) or "", question.pk))


def part_of_questions(session_id: int, after: Cursor | None, most: int) -> list[Question]:
    """Return up to `most` of a session's questions after a position in their order, oldest first."""
    found = Question.objects.filter(session=session_id)
    if after is not None:
        at, pk = after
        found = found.filter(Q(asked_at__gt=at) | Q(asked_at=at, pk__gt=pk))
    return list(_with_merged(found).order_by("asked_at", "pk")[:most])


def questions_by_id(question_ids: Collection[int]) -> list[Question]:
    """Return the questions that exist, by id."""
    return list(_with_merged(Question.objects.filter(pk__in=question_ids)).order_by("pk"))


def dismissals_of(session_id: int) -> list[QuestionDismissal]:
    """Return the dismissals of several questions, newest first, each with the `count` of those still dismissed."""
    still = Count("questions", filter=Q(questions__state=Question.State.DISMISSED))
    acts = QuestionDismissal.objects.filter(session=session_id).annotate(count=still)
    return list(acts.filter(count__gt=0).order_by("-pk"))


def dismissal_by_id(dismissal_id: int) -> QuestionDismissal:
    """Return the act with its session.

    Raises:
        NotFound
    """
    act = QuestionDismissal.objects.filter(pk=dismissal_id).select_related("session").first()
    if act is None:
        raise NotFound
    return act


def question_by_id(question_id: int, *, session_id: int | None = None) -> Question:
    """Return the question with its session.

    Raises:
        NotFound: it does not exist, or belongs to another session.
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
    """Return for each merged question of the sessions the one into which it was merged, at the end of the chain."""
    merged = Question.objects.filter(session__in=list(session_ids), merged_into__isnull=False).order_by()
    return _roots(dict(merged.values_list("pk", "merged_into_id")))


def roots_of(questions: Iterable[Question]) -> dict[int, int]:
    """Return the same for a session's questions, all of which are given."""
    return _roots({question.pk: question.merged_into_id for question in questions if question.merged_into_id})


def _roots(into: dict[int, int]) -> dict[int, int]:
    def root(pk: int) -> int:
        while pk in into:
            pk = into[pk]
        return pk

    return {pk: root(pk) for pk in into}


def own_upvotes(wanted: Sequence[tuple[int, int]]) -> list[set[int]]:
    """Return for each (attendee id, session id) the questions that the attendee voted for: two queries for all.

    A vote for a merged question counts for the question into which it was merged.
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
    """Return up to three of the session's public questions that ask nearly the same, the most similar first."""
    shown = Question.objects.filter(session=session_id, state__in=PUBLIC, merged_into=None)
    return nearest(text, shown, lambda question: question.text)


def answered_questions(event: Event) -> QuerySet[Question]:
    """Return the event's answered questions with their sessions, in the order of the programme."""
    answered = Question.objects.filter(
        session__event=event, state=Question.State.ANSWERED, merged_into=None
    ).select_related("session__event", "session__day")
    programme = ("session__day__number", "session__starts_at", "session_id")
    return answered.order_by(*programme, "answered_at", "asked_at", "pk")
