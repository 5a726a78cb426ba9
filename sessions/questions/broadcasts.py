"""What is sent to the sockets of a session about its questions."""

from opendev.core.groups import Member
from opendev.core.live import broadcast, hub
from sessions.questions.models import Question
from sessions.questions.news import news_of, topic_of


def question_changed(question: Question) -> None:
    """Send a changed question, after the commit, to those who may see it, and to the others that it is gone."""
    broadcast(news_of(question))


def question_tallied(question: Question) -> None:
    """Send a question's number of votes, after the commit, to those who may see it."""
    broadcast(news_of(question, whole=False))


def question_gone(question: Question) -> None:
    """Notify those who saw a question, after the commit, that it is gone."""
    broadcast(news_of(question, gone=True))


def attendee_upvoted(session_id: int, question_id: int, attendee_id: int, *, origin: Member | None) -> None:
    """Send an attendee's sockets except `origin` whether they upvoted a question. Only on the loop."""
    hub.own_changed(session_id, topic_of(question_id), attendee_id, origin=origin)
