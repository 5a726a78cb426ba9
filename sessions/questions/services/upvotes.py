"""Upvotes: one transaction per batch, so that a whole room voting at once costs little."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import AttendeePass
from opendev.core.errors import Conflict, DomainError, NotFound
from opendev.core.pairs import Pair, write_pairs
from sessions.attendees.selectors import events_by_pass
from sessions.programme.models import Session
from sessions.programme.refusals import SessionIsOver
from sessions.programme.services.rights import NotJoined
from sessions.questions import broadcasts
from sessions.questions.models import Question, QuestionVote
from sessions.questions.permissions import PUBLIC, is_public
from sessions.questions.selectors import merged_roots, questions_by_id
from sessions.questions.services.asking import recount


class OwnQuestion(Conflict):
    code, message = "own_question", _("This is your own question. Others can vote for it.")


class QuestionNotOpen(Conflict):
    code, message = "question_not_open", _("This question has already been answered.")


@dataclass(frozen=True, slots=True)
class Upvote:
    """An upvote, or (`takes_back`) its withdrawal."""

    question_id: int
    attendee: AttendeePass
    takes_back: bool = False


@dataclass(frozen=True, slots=True)
class Upvoted:
    """A recorded upvote. `question_id` is the question that it counts for, which may be another one by now."""

    session_id: int
    question_id: int
    upvoted: bool
    version: int


@dataclass(slots=True)
class _Batch:
    """The data that the upvotes may change, after the upvotes so far."""

    questions: dict[int, Question] = field(default_factory=dict)
    sessions: dict[int, Session] = field(default_factory=dict)
    roots: dict[int, int] = field(default_factory=dict)
    families: dict[int, list[int]] = field(default_factory=dict)
    attendees: dict[int, int] = field(default_factory=dict)  # attendee -> event
    stored: set[Pair] = field(default_factory=set)
    held: set[Pair] = field(default_factory=set)

    def root_of(self, question_id: int) -> Question:
        return self.questions[self.roots.get(question_id, question_id)]

    def given(self, root: Question, attendee_id: int) -> set[Pair]:
        """The attendee's votes for the question and for all that were merged into it."""
        return {(pk, attendee_id) for pk in self.families[root.pk]} & self.held


def record_upvotes(upvotes: Sequence[Upvote]) -> list[Upvoted | DomainError]:
    """Record a batch of upvotes in one transaction; each sees the effects of earlier ones.

    Repeating an upvote changes nothing. An upvote for a merged question counts for the one into which it was merged.
    Returns one outcome per upvote, in the same order: Upvoted once it is durable, or the error by which only that one
    is refused (NotFound, NotJoined, SessionIsOver, OwnQuestion, QuestionNotOpen). One broadcast per question follows.
    """
    with transaction.atomic():
        batch = _lock_and_read(upvotes)
        done = [_apply(batch, upvote) for upvote in upvotes]
        _write(batch)
    return [
        outcome
        if isinstance(outcome, DomainError)
        else Upvoted(outcome.session_id, outcome.pk, not upvote.takes_back, outcome.version)
        for upvote, outcome in zip(upvotes, done, strict=True)
    ]


def _lock_and_read(upvotes: Sequence[Upvote]) -> _Batch:
    question_ids = {upvote.question_id for upvote in upvotes}
    session_ids = set(
        Question.objects.filter(pk__in=question_ids).values_list("session_id", flat=True).order_by()
    )
    locked = Session.objects.select_for_update(no_key=True).filter(pk__in=session_ids).order_by("pk")
    batch = _Batch(sessions={session.pk: session for session in locked})
    batch.roots = merged_roots(batch.sessions)
    touched = question_ids | {batch.roots[pk] for pk in question_ids if pk in batch.roots}
    batch.questions = {question.pk: question for question in questions_by_id(touched)}
    for pk in batch.questions:
        batch.families[pk] = [pk, *(child for child, root in batch.roots.items() if root == pk)]
    attendees = {upvote.attendee.attendee_id for upvote in upvotes}
    batch.attendees = events_by_pass(attendees)
    every = {pk for family in batch.families.values() for pk in family}
    votes = QuestionVote.objects.filter(question__in=every, attendee__in=attendees).order_by()
    batch.stored = set(votes.values_list("question_id", "attendee_id"))
    batch.held = set(batch.stored)
    return batch


def _apply(batch: _Batch, upvote: Upvote) -> Question | DomainError:
    """Apply one upvote to the batch; return the question that it counts for, or why not."""
    attendee_id = upvote.attendee.attendee_id
    try:
        root = _check(batch, upvote.question_id, attendee_id)
    except DomainError as refusal:
        return refusal
    earlier = batch.given(root, attendee_id)
    if upvote.takes_back:
        batch.held -= earlier
    elif not earlier:
        batch.held.add((root.pk, attendee_id))
    return root


def _check(batch: _Batch, question_id: int, attendee_id: int) -> Question:
    """Return the open question that an upvote of this attendee counts for."""
    question = batch.questions.get(question_id)
    if question is None:
        raise NotFound
    root, session = batch.root_of(question.pk), batch.sessions[question.session_id]
    is_author = question.attendee_id == attendee_id
    if not is_author and (question.state not in PUBLIC or not is_public(root)):
        raise NotFound
    if batch.attendees.get(attendee_id) != session.event_id:
        raise NotJoined
    if session.state == Session.State.OVER:
        raise SessionIsOver
    if is_author or root.attendee_id == attendee_id:
        raise OwnQuestion
    if root.state != Question.State.OPEN:
        raise QuestionNotOpen
    return root


def _write(batch: _Batch) -> None:
    """Save what the batch changed, recount, increment the versions, and publish."""
    changed = write_pairs(QuestionVote, "question", stored=batch.stored, held=batch.held)
    for root in _roots(batch, changed):
        recount(root)
        root.version += 1
        Question.objects.filter(pk=root.pk).update(votes=root.votes, version=root.version)
        broadcasts.question_tallied(root)


def _roots(batch: _Batch, changed: set[Pair]) -> list[Question]:
    pks = sorted({batch.roots.get(question, question) for question, _attendee in changed})
    return [batch.questions[pk] for pk in pks]
