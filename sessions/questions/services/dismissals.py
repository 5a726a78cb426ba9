"""Dismissing many questions at once, and undoing that: for moderators when somebody floods the room."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed, NotFound
from opendev.core.text import clean_id
from sessions.programme.selectors import name_of_user
from sessions.programme.services.locks import lock_session
from sessions.questions.broadcasts import question_changed
from sessions.questions.models import Question, QuestionDismissal
from sessions.questions.selectors import questions_by_id
from sessions.questions.services.rights import check_keeps_queue

State = Question.State
WAITING, UNVOTED = "waiting", "unvoted"
MOST_AT_ONCE = 1_000  # the maximum number of ids per call

DISMISSIBLE = Q(state__in=[State.WAITING, State.OPEN], merged_into=None)
GROUPS = {
    WAITING: Q(state=State.WAITING),
    UNVOTED: Q(state=State.OPEN, votes=0, pinned=False),
}


class NothingToDismiss(Conflict):
    code, message = "nothing_to_dismiss", _("None of these questions can be dismissed now.")


@transaction.atomic
def dismiss_questions(
    *, session_id: int, caller: Caller, which: Any = None, questions: Any = None, now: datetime
) -> QuestionDismissal:
    """Dismiss several of a session's questions, and return the dismissal by which they can be restored together.

    Args:
        which: "waiting" for all that wait for approval, "unvoted" for all open ones that nobody voted for and that
        are not pinned; None if `questions` lists them by id. Those that are on air, answered, merged or already
        dismissed are not changed.

    Raises:
        NotFound, NotSignedIn, NotHelper
        Malformed: neither or both of the two, no such group, or an invalid id.
        NothingToDismiss
    """
    session = lock_session(session_id)
    check_keeps_queue(caller=caller, session_id=session_id)
    chosen = _choice(which, questions)
    rows = list(Question.objects.filter(DISMISSIBLE, chosen, session=session).order_by("pk"))
    if not rows:
        raise NothingToDismiss
    name = name_of_user(caller.user_id, session.event_id) if caller.user_id is not None else ""
    dismissal = QuestionDismissal.objects.create(session=session, at=now, actor_name=name[:150])
    for question in rows:
        question.moved_from, question.state = question.state, State.DISMISSED
        question.dismissal, question.moved_at, question.displaced = dismissal, None, None
    _write(rows)
    return dismissal


def _choice(which: Any, questions: Any) -> Q:
    if (which is None) == (questions is None):
        sentence = _("Choose either a group of questions or individual questions.")
        raise Malformed(sentence, fields={"which": sentence})
    if questions is None:
        if not isinstance(which, str) or which not in GROUPS:
            sentence = _("Choose one of: waiting, unvoted.")
            raise Malformed(sentence, fields={"which": sentence})
        return GROUPS[which]
    if not isinstance(questions, list) or not 0 < len(questions) <= MOST_AT_ONCE:
        sentence = _("Choose between 1 and 1,000 questions.")
        raise Malformed(sentence, fields={"questions": sentence})
    return Q(pk__in=[clean_id(pk, field="questions") for pk in questions])


def _write(rows: Collection[Question]) -> None:
    """Save the rows with their next versions, and publish each to those who may see it."""
    for question in rows:
        question.version += 1
    fields = ["state", "moved_from", "moved_at", "displaced", "dismissal", "version"]
    Question.objects.bulk_update(rows, fields, batch_size=200)
    for question in questions_by_id([row.pk for row in rows]):
        question_changed(question)


@transaction.atomic
def restore_dismissed(*, dismissal_id: int, caller: Caller) -> int:
    """Restore the questions of one dismissal to their previous states; return how many there were.

    Questions that somebody has reopened since are not changed; repeating it does nothing.

    Raises:
        NotFound, NotSignedIn, NotHelper
    """
    dismissal = QuestionDismissal.objects.filter(pk=dismissal_id).first()
    if dismissal is None:
        raise NotFound
    lock_session(dismissal.session_id)
    check_keeps_queue(caller=caller, session_id=dismissal.session_id)
    rows = list(_still_dismissed(dismissal).order_by("pk"))
    for question in rows:
        question.state, question.moved_from = question.moved_from or State.OPEN, ""
        question.dismissal = None
    _write(rows)
    return len(rows)


def _still_dismissed(dismissal: QuestionDismissal) -> QuerySet[Question]:
    return Question.objects.filter(dismissal=dismissal, state=State.DISMISSED)
