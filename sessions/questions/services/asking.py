"""Authors' actions on questions: asking, editing, withdrawing; and a session's rules for questions."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import AttendeePass, Caller
from opendev.core.errors import Conflict, Malformed, NotAllowed, NotFound
from opendev.core.text import MAX_NAME_LENGTH, clean_line
from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.attendees.services.joining import UNSAID
from sessions.attendees.services.passes import check_attends
from sessions.programme.models import Session
from sessions.programme.refusals import SessionIsOver
from sessions.programme.services.locks import lock_session, lock_with_session
from sessions.programme.services.rules import set_rules
from sessions.questions import broadcasts
from sessions.questions.models import Question, QuestionVote
from sessions.questions.permissions import may_see_question
from sessions.questions.selectors import merged_roots, question_by_id

State = Question.State
MAX_TEXT_LENGTH = 300
MAX_UNANSWERED = 10  # one attendee's questions that nobody has taken up


class NotYourQuestion(NotAllowed):
    code, message = "not_your_question", _("Someone else asked this question.")


class QuestionIsTaken(Conflict):
    code, message = (
        "question_is_taken",
        _("This question has already been taken up and can no longer be changed."),
    )


class QuestionHasVotes(Conflict):
    code, message = (
        "question_has_votes",
        _("People have already voted for this question as it is. Ask a new one instead."),
    )


class TooManyQuestions(Conflict):
    code, message = (
        "too_many_questions",
        _("Ten of your questions are already waiting. Withdraw one first."),
    )


def lock_question(question_id: int) -> Question:
    """Return the question with its locked session.

    Raises:
        NotFound
    """
    return lock_with_session(Question, question_id)


def save_and_tell(question: Question) -> Question:
    """Save the question with its next version, and publish it."""
    question.version += 1
    question.save()
    broadcasts.question_changed(question_by_id(question.pk))
    return question


def recount(question: Question) -> None:
    """Set how many people want the question answered, each counted once over all merged ones; the caller saves."""
    roots = merged_roots([question.session_id])
    family = [question.pk, *(pk for pk, root in roots.items() if root == question.pk)]
    votes = QuestionVote.objects.filter(question__in=family).order_by()
    of_nobody = votes.filter(attendee=None).count()  # of erased people, one each
    question.votes = of_nobody + votes.exclude(attendee=None).values("attendee").distinct().count()


@transaction.atomic
def ask_question(
    *, session_id: int, attendee: AttendeePass | None, text: Any, name: Any = "", now: datetime
) -> Question:
    """Ask a question; if the session moderates questions, it waits for approval.

    Args:
        name: the author's name; "" or None asks without one.

    Raises:
        NotFound, NotJoined
        SessionIsOver: there is nobody left to answer.
        Malformed: no text, one that is too long, or a name in a session whose questions have none.
        TooManyQuestions
    """
    session = lock_session(session_id)
    asker = check_attends(attendee, session)
    if session.state == Session.State.OVER:
        raise SessionIsOver
    text = clean_line(text, field="text", most=MAX_TEXT_LENGTH)
    name = _clean_name(name, session)
    own = Question.objects.filter(session=session, attendee=asker.attendee_id)
    if own.filter(state__in=[State.WAITING, State.OPEN], merged_into=None).count() >= MAX_UNANSWERED:
        raise TooManyQuestions
    question = Question(
        session=session,
        attendee_id=asker.attendee_id,
        text=text,
        name=name,
        state=State.WAITING if session.questions_moderated else State.OPEN,
        asked_at=now,
        version=0,
    )
    return save_and_tell(question)


def _lock_own(question_id: int, attendee: AttendeePass | None) -> Question:
    """Return the attendee's own question, locked, while they may change it.

    Raises:
        NotFound: also if they may not see it.
        NotJoined, NotYourQuestion, QuestionIsTaken
    """
    question = lock_question(question_id)
    attendee_id = attendee.attendee_id if attendee else None
    if not may_see_question(question, keeps_queue=False, attendee_id=attendee_id):
        raise NotFound
    check_attends(attendee, question.session)
    if question.attendee_id != attendee_id:
        raise NotYourQuestion
    if question.state in {State.ON_AIR, State.ANSWERED}:
        raise QuestionIsTaken
    return question


@transaction.atomic
def edit_question(
    *, question_id: int, attendee: AttendeePass | None, text: Any = UNSAID, name: Any = UNSAID
) -> Question:
    """Change the text of the attendee's own question, or its name: "" and None remove the name, UNSAID leaves either.

    If questions are moderated, a new wording waits for approval again.

    Raises:
        NotFound, NotJoined, NotYourQuestion, SessionIsOver, Malformed
        QuestionIsTaken: it is being answered, was answered or dismissed, or was merged into another one.
        QuestionHasVotes: people voted for its wording; its name may still be changed.
    """
    question = _lock_own(question_id, attendee)
    text = question.text if text is UNSAID else clean_line(text, field="text", most=MAX_TEXT_LENGTH)
    name = question.name if name is UNSAID else _clean_name(name, question.session)
    if question.session.state == Session.State.OVER:
        raise SessionIsOver
    if question.state == State.DISMISSED or question.merged_into_id is not None:
        raise QuestionIsTaken
    if question.votes and (text != question.text or name == question.name):
        raise QuestionHasVotes
    if (text, name) == (question.text, question.name):
        return question
    if question.name not in ("", name):
        empty_log_after_commit()
    has_new_words = text != question.text or bool(name and name != question.name)
    question.text, question.name = text, name
    if has_new_words and question.session.questions_moderated:
        question.state = State.WAITING
        question.moved_at = None
    return save_and_tell(question)


def _clean_name(value: Any, session: Session) -> str:
    name = clean_line(value, field="name", most=MAX_NAME_LENGTH, required=False)
    if name and not session.questions_named:
        sentence = _("Questions are anonymous in this session.")
        raise Malformed(sentence, fields={"name": sentence})
    return name


@transaction.atomic
def withdraw_question(*, question_id: int, attendee: AttendeePass | None) -> Question:
    """Delete the attendee's own question with its votes. Questions merged into it are separate again.

    Returns it as it was, with the version under which it is told to be gone.

    Raises:
        NotFound, NotJoined, NotYourQuestion, QuestionIsTaken
    """
    return delete_and_tell(_lock_own(question_id, attendee))


def delete_and_tell(question: Question) -> Question:
    """Delete a locked question with its votes, and publish that; questions merged into it are separate again.

    Returns it as it was, with the version under which it is told to be gone.
    """
    stood_in, freed = question.merged_into_id, list(question.merged.values_list("pk", flat=True))
    pk, question.version = question.pk, question.version + 1
    question.delete()
    empty_log_after_commit()
    question.pk = pk
    broadcasts.question_gone(question)
    for other in Question.objects.filter(pk__in=[*freed, *([stood_in] if stood_in else [])]):
        recount(other)
        save_and_tell(other)
    return question


def set_question_rules(
    *, session_id: int, caller: Caller, named: Any = None, moderated: Any = None
) -> Session:
    """Set whether questions may have a name, and whether they wait for approval. None leaves a rule unchanged.

    Existing questions are not affected. For moderators.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: neither true nor false.
    """
    fields = {"named": "questions_named", "moderated": "questions_moderated"}
    values = {"named": named, "moderated": moderated}
    return set_rules(session_id=session_id, caller=caller, setting="questions", fields=fields, values=values)
