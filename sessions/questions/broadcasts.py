"""What is said to the sockets of a session about its questions."""

from opendev.core.groups import Member
from opendev.core.live import broadcast, hub
from sessions.questions.models import Question
from sessions.questions.news import news_of, topic_of


def question_changed(question: Question) -> None:
    """Tell those who may know of it, after the commit, that a question changed; the others that it is gone."""
    broadcast(news_of(question))


def question_tallied(question: Question) -> None:
    """Tell those who may know of it, after the commit, how many want the question answered."""
    broadcast(news_of(question, whole=False))


def question_gone(question: Question) -> None:
    """Tell those who knew of it, after the commit, that a question is no longer there."""
    broadcast(news_of(question, gone=True))


def attendee_upvoted(session_id: int, question_id: int, attendee_id: int, *, origin: Member | None) -> None:
    """Tell an attendee's sockets but `origin` whether they upvoted a question. Only on the loop."""
    hub.own_changed(session_id, topic_of(question_id), attendee_id, origin=origin)
