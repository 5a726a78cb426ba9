"""How a session's own state and its questions travel to its sockets."""

from collections.abc import Sequence
from typing import Any

from opendev.core.groups import AUDIENCES, AUTHOR, EVERYBODY, MODERATORS, Frame, News, State
from sessions.models import Question, Session
from sessions.serializers import question_json, session_state

TOPIC = "session"
QUESTION_KIND = "question"
QUESTION_AUDIENCES = (MODERATORS, AUTHOR, EVERYBODY)


class SessionFrames:
    """How a session's state travels: `session.changed`, for everybody alike."""

    def changed(self, state: State, now: str) -> Frame:
        """Return the frame of a change."""
        return {"type": "session.changed", "now": now, "session": state}

    def tally(self, state: State, now: str) -> Frame:
        """Return the same: a session has no short form."""
        return self.changed(state, now)

    def gone(self, topic: str, version: int) -> Frame:
        """Return the frame of a session that was deleted."""
        return {"type": "session.gone", "version": version}


class QuestionFrames:
    """How a question travels: whole as `question.changed`; the votes of all that moved in one `question.tally`."""

    def changed(self, state: State, now: str) -> Frame:
        """Return the frame with the whole question."""
        return {"type": "question.changed", "now": now, "question": state}

    def tally(self, state: State, now: str) -> Frame:
        """Return the frame with the votes alone."""
        return self.tallies([state], now)

    def tallies(self, states: Sequence[State], now: str) -> Frame:
        """Return the frame with the votes of several questions."""
        votes = [{"id": s["id"], "votes": s["votes"], "version": s["version"]} for s in states]
        return {"type": "question.tally", "questions": votes}

    def gone(self, topic: str, version: int) -> Frame:
        """Return the frame for those who saw a question that they may no longer see."""
        return {"type": "question.gone", "question": topic.partition(":")[2], "version": version}


def news_of(session: Session) -> News:
    """Return the session as it stands, for every audience."""
    state: dict[str, Any] = session_state(session)
    return News(session.pk, TOPIC, session.version, dict.fromkeys(AUDIENCES, state))


def question_topic(question_id: int) -> str:
    """Return the question's topic in its session's group."""
    return f"{QUESTION_KIND}:{question_id}"


def news_of_question(question: Question, *, whole: bool = True, gone: bool = False) -> News:
    """Return the question as it stands, for every audience; for none of them where it is gone."""
    states = {a: None if gone else question_json(question, a) for a in QUESTION_AUDIENCES}
    topic = question_topic(question.pk)
    return News(
        question.session_id, topic, question.version, states, whole=whole, author=question.attendee_id
    )
