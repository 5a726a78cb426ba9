"""What is said to the sockets of a session about the session itself and its questions."""

from opendev.core.live import broadcast
from sessions.models import Question, Session
from sessions.news import news_of, news_of_question


def session_changed(session: Session) -> None:
    """Tell the session's sockets, after the commit."""
    broadcast(news_of(session))


def question_changed(question: Question) -> None:
    """Tell those who may know of it, after the commit, that a question changed; the others that it is gone."""
    broadcast(news_of_question(question))


def question_tallied(question: Question) -> None:
    """Tell those who may know of it, after the commit, how many want the question answered."""
    broadcast(news_of_question(question, whole=False))


def question_gone(question: Question) -> None:
    """Tell those who knew of it, after the commit, that a question is no longer there."""
    broadcast(news_of_question(question, gone=True))
