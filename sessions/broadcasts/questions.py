"""What is said to the sockets of a session about its questions."""

from opendev.core.live import broadcast
from sessions.models import Question
from sessions.news.questions import news_of


def question_changed(question: Question) -> None:
    """Tell those who may know of it, after the commit, that a question changed; the others that it is gone."""
    broadcast(news_of(question))


def question_tallied(question: Question) -> None:
    """Tell those who may know of it, after the commit, how many want the question answered."""
    broadcast(news_of(question, whole=False))


def question_gone(question: Question) -> None:
    """Tell those who knew of it, after the commit, that a question is no longer there."""
    broadcast(news_of(question, gone=True))
