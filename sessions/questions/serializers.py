"""The public JSON of questions, built for an audience. It never contains anything that its audience may not see."""

from datetime import datetime
from typing import Any

from opendev.core.text import time_text
from opendev.core.undo import undo_window
from sessions.programme.permissions import MODERATORS
from sessions.questions.models import Question
from sessions.questions.permissions import AUTHOR, is_public


def undo_until(question: Question) -> datetime | None:
    """Return until when the last move, or the merge, can be undone, or None."""
    since = question.moved_at if question.merged_into_id is None else question.merged_at
    return since and since + undo_window()


def question_json(question: Question, audience: str) -> dict[str, Any] | None:
    """Return the question for moderators and helpers, its author or everybody; None if it does not exist for them.

    The question must come from one of the selectors, which load what was merged into it.
    """
    if audience not in {MODERATORS, AUTHOR} and not is_public(question):
        return None
    is_answered = question.state == Question.State.ANSWERED
    body: dict[str, Any] = {
        "id": str(question.pk),
        "session": str(question.session_id),
        "text": question.text,
        "name": question.name,
        "state": question.state,
        "pinned": question.pinned,
        "votes": question.votes,
        "answer": question.answer if is_answered or audience == MODERATORS else "",
        "asked_at": time_text(question.asked_at),
        "on_air_at": time_text(question.on_air_at),
        "answered_at": time_text(question.answered_at) if is_answered else None,
        "merged": [str(pk) for pk in question.merged_ids],
        "version": question.version,
    }
    if audience == MODERATORS:
        body["merged_into"] = str(question.merged_into_id) if question.merged_into_id else None
        body["undo_until"] = time_text(undo_until(question))
    if audience == AUTHOR:
        body["is_merged"] = question.merged_into_id is not None
    return body


def mine_json(question: Question, attendee_id: int | None, upvoted: bool) -> dict[str, bool]:
    """Return an attendee's own part of a question: whether they asked or upvoted it."""
    return {"author": attendee_id is not None and question.attendee_id == attendee_id, "upvoted": upvoted}
