"""Questions from the room, and who votes for them."""

from typing import Any

from opendev.core.attendance import AttendeePass
from opendev.core.errors import DomainError
from sessions.programme.models import Session, SessionRole
from sessions.questions.models import Question, QuestionVote
from sessions.questions.services.asking import ask_question
from sessions.questions.services.queue import set_question_state
from sessions.questions.services.upvotes import Upvote, record_upvotes
from tests.factories.sessions import NOW, make_attendee, make_moderator, make_session, organiser_of

WAY_TO_STATE = {
    "waiting": (),
    "open": (),
    "on_air": ("on_air",),
    "answered": ("answered",),
    "dismissed": ("dismissed",),
}


def make_helper(session: Session, name: str = "Kendall Nelson") -> Any:
    """A person of the event who keeps the session's questions and may do nothing else."""
    user = make_moderator(session, name)
    SessionRole.objects.filter(session=session, person__user=user).update(role=SessionRole.Role.HELPER)
    return user


def make_question(
    session: Session | None = None,
    text: str = "Why?",
    *,
    state: str = "open",
    attendee: AttendeePass | None = None,
    name: str = "",
) -> Question:
    """A question that went the legal way to its state; asked by somebody of its own unless said otherwise."""
    session = session or make_session()
    attendee = attendee or make_attendee(session)
    usual = session.questions_moderated
    Session.objects.filter(pk=session.pk).update(questions_moderated=state == "waiting")
    question = ask_question(session_id=session.pk, attendee=attendee, text=text, name=name, now=NOW)
    Session.objects.filter(pk=session.pk).update(questions_moderated=usual)
    for step in WAY_TO_STATE[state]:
        caller = organiser_of(session.event)
        question = set_question_state(question_id=question.pk, caller=caller, state=step, now=NOW)
    return Question.objects.get(pk=question.pk)


def upvote(question: Question, attendee: AttendeePass, *, takes_back: bool = False) -> str:
    """Vote for a question; the code of the refusal, or "ok"."""
    [outcome] = record_upvotes([Upvote(question.pk, attendee, takes_back)])
    return outcome.code if isinstance(outcome, DomainError) else "ok"


def voters_of(*questions: Question) -> set[int]:
    """The attendees who voted for one of them, by the rows."""
    votes = QuestionVote.objects.filter(question__in=questions)
    return set(votes.values_list("attendee_id", flat=True))


def votes_of(question: Question) -> int:
    return Question.objects.get(pk=question.pk).votes
