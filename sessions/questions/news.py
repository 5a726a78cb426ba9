"""Questions as news for the sockets of a session: the payload of each audience, and the frames."""

from collections.abc import Sequence

from opendev.core.groups import EVERYBODY, Frame, Gone, News, State
from sessions.programme.permissions import MODERATORS
from sessions.questions.models import Question
from sessions.questions.permissions import AUTHOR
from sessions.questions.serializers import question_json

KIND = "question"
QUESTION_AUDIENCES = (MODERATORS, AUTHOR, EVERYBODY)


class QuestionFrames:
    """The frames of questions: `question.changed` with a whole one; one `question.tally` with all changed votes."""

    def changed(self, state: State, now: str) -> Frame:
        """Return the frame with the whole question."""
        return {"type": "question.changed", "now": now, "question": state}

    def tally(self, state: State, now: str) -> Frame:
        """Return the frame with only the votes."""
        return self.tallies([state], now)

    def tallies(self, states: Sequence[State], now: str) -> Frame:
        """Return the frame with the votes of several questions."""
        votes = [{"id": s["id"], "votes": s["votes"], "version": s["version"]} for s in states]
        return {"type": "question.tally", "questions": votes}

    def several(self, states: Sequence[State], gone: Sequence[Gone], now: str) -> Frame:
        """Return the frame with several questions that changed at once, and those that are no longer there."""
        left = [{"question": _id_in(topic), "version": version} for topic, version in gone]
        return {"type": "questions.changed", "now": now, "questions": list(states), "gone": left}

    def gone(self, topic: str, version: int) -> Frame:
        """Return the frame for those who saw a question that they may no longer see."""
        return {"type": "question.gone", "question": _id_in(topic), "version": version}


def _id_in(topic: str) -> str:
    return topic.partition(":")[2]


def topic_of(question_id: int) -> str:
    """Return the question's topic in its session's group."""
    return f"{KIND}:{question_id}"


def news_of(question: Question, *, whole: bool = True, gone: bool = False) -> News:
    """Return the question's current state for every audience, or for none if it is gone."""
    states = {a: None if gone else question_json(question, a) for a in QUESTION_AUDIENCES}
    topic = topic_of(question.pk)
    return News(question.session_id, topic, question.version, states, whole=whole, owner=question.attendee_id)
