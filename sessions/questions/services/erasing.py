"""Erasing an attendee's questions and upvotes."""

from sessions.attendees.models import Attendee
from sessions.questions.models import Question, QuestionVote
from sessions.questions.selectors import merged_roots
from sessions.questions.services.asking import delete_and_tell, lock_question, recount, save_and_tell

# Part of what happened: the words stay, the person goes.
KEPT = (Question.State.ON_AIR, Question.State.ANSWERED)


def erase_upvotes(attendee: Attendee) -> None:
    """Delete the attendee's upvotes and count those questions anew. The caller holds their sessions' locks."""
    votes = QuestionVote.objects.filter(attendee=attendee)
    questions = dict(votes.order_by().values_list("question_id", "question__session_id"))
    votes.delete()
    roots = merged_roots(set(questions.values()))
    for pk in sorted({roots.get(question, question) for question in questions}):
        question = lock_question(pk)
        recount(question)
        save_and_tell(question)


def erase_questions(attendee: Attendee) -> None:
    """Delete the attendee's questions; those put on air or answered stay without a name, as nobody's."""
    for pk in Question.objects.filter(attendee=attendee).order_by("pk").values_list("pk", flat=True):
        question = lock_question(pk)
        if question.state not in KEPT:
            delete_and_tell(question)
            continue
        question.name, question.attendee = "", None
        save_and_tell(question)
