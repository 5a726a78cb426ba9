"""Erasing an attendee's questions, and taking attendees out of their upvotes and questions."""

from collections.abc import Sequence

from django.db import transaction

from opendev.core.text import ERASED
from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.attendees.models import Attendee
from sessions.questions.models import Question, QuestionVote
from sessions.questions.selectors import merged_roots
from sessions.questions.services.asking import delete_and_tell, lock_question, save_and_tell

# Part of what happened: the question and its answer stay, but its author and its wording are removed.
KEPT = (Question.State.ON_AIR, Question.State.ANSWERED)


def erase_upvotes(attendee: Attendee) -> None:
    """Make the attendee's upvotes anonymous: they still count. The caller holds their sessions' locks.

    Somebody who voted for several merged questions counts once. Anonymous votes could not be told apart, so
    one of them is kept for each question at the end of a chain.
    """
    votes = QuestionVote.objects.filter(attendee=attendee).select_related("question")
    _let_be_nobodys(list(votes.order_by("pk")))


def _let_be_nobodys(votes: Sequence[QuestionVote]) -> None:
    """Make all upvotes of some attendees anonymous; see erase_upvotes."""
    roots = merged_roots({vote.question.session_id for vote in votes})
    kept: dict[tuple[int | None, int], int] = {}
    for vote in votes:
        kept.setdefault((vote.attendee_id, roots.get(vote.question_id, vote.question_id)), vote.pk)
    others = {vote.pk for vote in votes} - set(kept.values())
    QuestionVote.objects.filter(pk__in=others).delete()
    QuestionVote.objects.filter(pk__in=kept.values()).update(attendee=None)


def erase_questions(attendee: Attendee) -> list[Question]:
    """Delete the attendee's questions; those that were put on air or answered only lose wording and name.

    Returns the latter as they were, since their wording may be quoted elsewhere.
    """
    kept = []
    for pk in Question.objects.filter(attendee=attendee).order_by("pk").values_list("pk", flat=True):
        question = lock_question(pk)
        if question.state not in KEPT:
            delete_and_tell(question)
            continue
        kept.append(Question(pk=pk, session=question.session, text=question.text))
        question.name, question.text, question.attendee = "", ERASED, None
        save_and_tell(question)
    return kept


@transaction.atomic
def release_questions(*, event_id: int, most: int) -> dict[str, int]:
    """Make up to this many questions of an event, and the upvotes of this many attendees, anonymous; count both.

    No count of votes changes, and the wording stays. The caller holds the locks of the event's sessions.
    """
    asked = Question.objects.filter(session__event=event_id, attendee__isnull=False)
    questions = list(asked.order_by("pk").values_list("pk", flat=True)[:most])
    Question.objects.filter(pk__in=questions).update(attendee=None)
    upvotes = QuestionVote.objects.filter(question__session__event=event_id, attendee__isnull=False)
    voters = list(upvotes.order_by("attendee").values_list("attendee", flat=True).distinct()[:most])
    votes = list(upvotes.filter(attendee__in=voters).select_related("question").order_by("pk"))
    _let_be_nobodys(votes)
    if questions or votes:
        empty_log_after_commit()
    return {"questions": len(questions), "upvotes": len(votes)}


@transaction.atomic
def forget_names_of_askers(*, event_id: int, most: int) -> int:
    """Remove the names from up to this many questions of an event, and publish that; return how many."""
    named = Question.objects.filter(session__event=event_id).exclude(name="")
    pks = list(named.order_by("pk").values_list("pk", flat=True)[:most])
    for pk in pks:
        question = lock_question(pk)
        question.name = ""
        save_and_tell(question)
    if pks:
        empty_log_after_commit()
    return len(pks)
