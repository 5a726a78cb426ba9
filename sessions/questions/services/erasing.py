"""Erasing an attendee's questions, and taking the attendee out of their upvotes."""

from opendev.core.text import ERASED
from sessions.attendees.models import Attendee
from sessions.questions.models import Question, QuestionVote
from sessions.questions.selectors import merged_roots
from sessions.questions.services.asking import delete_and_tell, lock_question, save_and_tell

# Part of what happened: that there was a question stays, and what was answered; who asked, and in which words, goes.
KEPT = (Question.State.ON_AIR, Question.State.ANSWERED)


def erase_upvotes(attendee: Attendee) -> None:
    """Let the attendee's upvotes be nobody's: they count as before. The caller holds their sessions' locks.

    Somebody who voted for several questions that were merged counts once. Nobody's votes could not be told apart, so
    one of them is kept for each question at the end of a chain.
    """
    votes = list(QuestionVote.objects.filter(attendee=attendee).select_related("question").order_by("pk"))
    roots = merged_roots({vote.question.session_id for vote in votes})
    kept: dict[int, int] = {}
    for vote in votes:
        kept.setdefault(roots.get(vote.question_id, vote.question_id), vote.pk)
    QuestionVote.objects.filter(attendee=attendee).exclude(pk__in=kept.values()).delete()
    QuestionVote.objects.filter(pk__in=kept.values()).update(attendee=None)


def erase_questions(attendee: Attendee) -> list[Question]:
    """Delete the attendee's questions; of those that were put on air or answered, the words and the name go.

    Returns the latter as they were: their words may stand elsewhere.
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
