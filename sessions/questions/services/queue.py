"""The queue of questions, in which moderators and helpers approve, answer, dismiss, pin and merge."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed, NotFound
from opendev.core.text import clean_text
from opendev.core.undo import undo_window
from sessions.programme.models import Session
from sessions.programme.refusals import SessionIsOver
from sessions.questions.models import Question
from sessions.questions.permissions import is_public, may_see_question
from sessions.questions.selectors import keeps_queue
from sessions.questions.services.asking import lock_question, recount, save_and_tell
from sessions.questions.services.rights import check_keeps_queue
from sessions.timeline.models import TimelineEntry
from sessions.timeline.services import note

State = Question.State
MAX_ANSWER_LENGTH = 4000

QUESTION_MOVES = {
    State.WAITING: {State.OPEN, State.ON_AIR, State.DISMISSED},
    State.OPEN: {State.ON_AIR, State.ANSWERED, State.DISMISSED},
    State.ON_AIR: {State.OPEN, State.ANSWERED, State.DISMISSED},
    State.ANSWERED: {State.OPEN, State.ON_AIR},
    State.DISMISSED: {State.OPEN},
}


VERBS = {
    State.ON_AIR: TimelineEntry.Verb.QUESTION_ON_AIR,
    State.ANSWERED: TimelineEntry.Verb.QUESTION_ANSWERED,
}


class IllegalQuestionMove(Conflict):
    code, message = "illegal_move", _("The question cannot change from its state to that one.")


class QuestionMovedMeanwhile(Conflict):
    code, message = (
        "changed_meanwhile",
        _("Someone else changed this question a moment ago. Here is its current state."),
    )


class TooLateToUndoMove(IllegalQuestionMove):
    message = _("It is too late to undo that.")


def _lock_for(caller: Caller, question_id: int) -> Question:
    """Return the question, locked, for a moderator or helper of its session.

    Raises:
        NotFound: also if the question is hidden and the caller may not see it.
        NotSignedIn, NotHelper
    """
    question = lock_question(question_id)
    keeps = keeps_queue(caller, question.session_id)
    if not may_see_question(question, keeps_queue=keeps, attendee_id=None):
        raise NotFound
    check_keeps_queue(caller=caller, session_id=question.session_id)
    return question


@transaction.atomic
def set_question_state(
    *, question_id: int, caller: Caller, state: Any, answer: Any = None, seen: Any = None, now: datetime
) -> Question:
    """Approve, put on air, mark as answered, dismiss, or reopen. Setting the current state does nothing.

    One question is on air at a time: the previous one counts as answered. `answer` is a written answer, which stays
    with the question; `seen` is the state that the caller saw, if given.

    Raises:
        NotFound, NotSignedIn, NotHelper
        Malformed: no such state, or an invalid answer.
        QuestionMovedMeanwhile: it is not in the state that was seen.
        IllegalQuestionMove: not possible from its state, or it was merged into another question.
        SessionIsOver: nothing can be on air.
    """
    question = _lock_for(caller, question_id)
    if state not in State.values:
        sentence = _("This state is not known.")
        raise Malformed(sentence, fields={"state": sentence})
    written = question.answer if answer is None else _clean_answer(answer)
    if state != question.state:
        _check_move(question, State(state), seen)
        _move(question, State(state), now, caller)
    elif written == question.answer:
        return question
    question.answer = written
    return save_and_tell(question)


def _clean_answer(answer: Any) -> str:
    return clean_text(answer, field="answer", most=MAX_ANSWER_LENGTH, required=False)


def _check_move(question: Question, state: Question.State, seen: Any) -> None:
    if seen and seen != question.state:
        raise QuestionMovedMeanwhile
    if question.merged_into_id is not None or state not in QUESTION_MOVES[State(question.state)]:
        raise IllegalQuestionMove
    if state == State.ON_AIR and question.session.state == Session.State.OVER:
        raise SessionIsOver


def _move(question: Question, state: Question.State, now: datetime, caller: Caller | None) -> None:
    """Set the question's new state, after taking the previous one off the air. The caller saves."""
    displaced = None
    if state == State.ON_AIR:
        displaced = Question.objects.filter(session=question.session_id, state=State.ON_AIR).first()
        question.on_air_at = now
        if displaced:
            displaced.session = question.session
            _move(displaced, State.ANSWERED, now, caller)
            save_and_tell(displaced)
    question.moved_from, question.moved_at, question.displaced = question.state, now, displaced
    question.dismissal = None
    if state == State.ANSWERED:
        question.answered_at = now
    question.state = state
    if verb := VERBS.get(state):
        _note(question, verb, now, caller)


def _note(question: Question, verb: TimelineEntry.Verb, now: datetime, caller: Caller | None) -> None:
    note(
        session=question.session,
        verb=verb,
        now=now,
        subject=question.pk,
        title=question.text,
        caller=caller,
    )


@transaction.atomic
def undo_question(*, question_id: int, caller: Caller, now: datetime) -> Question:
    """Undo a question's last move, or its merge, within five seconds; the question that it took off the air returns.

    Raises:
        NotFound, NotSignedIn, NotHelper
        TooLateToUndoMove
    """
    question = _lock_for(caller, question_id)
    since = question.moved_at if question.merged_into_id is None else question.merged_at
    if since is None or now > since + undo_window():
        raise TooLateToUndoMove
    if question.merged_into_id is not None:
        return _separate(question)
    back, displaced, moved_at = State(question.moved_from), question.displaced, question.moved_at
    if back == State.ON_AIR and _on_air_in(question.session_id).exists():
        raise TooLateToUndoMove
    question.state, question.moved_from, question.moved_at, question.displaced = back, "", None, None
    save_and_tell(question)
    _note(question, TimelineEntry.Verb.QUESTION_SET_BACK, now, caller)
    if displaced and displaced.moved_at == moved_at and displaced.state == State.ANSWERED:
        displaced.state, displaced.moved_at = State.ON_AIR, None
        save_and_tell(displaced)
    return question


def _on_air_in(session_id: int) -> Any:
    return Question.objects.filter(session=session_id, state=State.ON_AIR)


@transaction.atomic
def write_answer(*, question_id: int, caller: Caller, answer: Any) -> Question:
    """Write or correct the answer that stays with the question; everybody can read it once the question is answered.

    Raises:
        NotFound, NotSignedIn, NotHelper, Malformed
    """
    question = _lock_for(caller, question_id)
    written = _clean_answer(answer)
    if written == question.answer:
        return question
    question.answer = written
    return save_and_tell(question)


@transaction.atomic
def pin_question(*, question_id: int, caller: Caller, pinned: Any) -> Question:
    """Pin the question to the top of the list, or unpin it.

    Raises:
        NotFound, NotSignedIn, NotHelper, Malformed
    """
    question = _lock_for(caller, question_id)
    if not isinstance(pinned, bool):
        sentence = _("This must be true or false.")
        raise Malformed(sentence, fields={"pinned": sentence})
    if pinned == question.pinned:
        return question
    question.pinned = pinned
    return save_and_tell(question)


@transaction.atomic
def merge_question(*, question_id: int, caller: Caller, into: int | None, now: datetime) -> Question:
    """Merge a question into another one that asks the same, or (None) separate it again.

    People who voted for both are counted once. Both keep their votes, so that nothing is lost when they are separated.

    Raises:
        NotFound, NotSignedIn, NotHelper
        Malformed: there is no such other question in this session.
        IllegalQuestionMove: one is on air or dismissed, or already merged into another one.
    """
    question = _lock_for(caller, question_id)
    if into == question.merged_into_id:
        return question
    if into is None:
        return _separate(question)
    target = Question.objects.filter(pk=into, session=question.session_id).exclude(pk=question.pk).first()
    if target is None:
        sentence = _("This session has no such question.")
        raise Malformed(sentence, fields={"merged_into": sentence})
    may_be_merged = question.state in {State.WAITING, State.OPEN, State.ANSWERED}
    if question.merged_into_id is not None or not may_be_merged or not is_public(target):
        raise IllegalQuestionMove(_("These two questions cannot be merged."))
    question.merged_into, question.merged_at = target, now
    save_and_tell(question)
    recount(target)
    save_and_tell(target)
    return question


def _separate(question: Question) -> Question:
    target, question.merged_into, question.merged_at = question.merged_into, None, None
    question.save()  # counting reads the merges
    recount(question)
    save_and_tell(question)
    if target:
        recount(target)
        save_and_tell(target)
    return question


def settle_on_air(*, session_id: int, now: datetime) -> None:
    """Mark the question on air as answered, since the session has ended. The caller holds the session's lock."""
    for question in _on_air_in(session_id):
        _move(question, State.ANSWERED, now, None)
        question.moved_at = None
        save_and_tell(question)
