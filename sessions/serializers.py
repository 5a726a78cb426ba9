"""The public JSON of sessions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from opendev.core.groups import AUTHOR, MODERATORS
from opendev.core.text import time_text
from sessions.models import Attendee, Event, EventDay, Question, Session
from sessions.permissions import is_public

QUESTION_UNDO_S = 5


def session_state(session: Session) -> dict[str, Any]:
    """Return `{id, state, questions}`, as frames carry a session."""
    rules = {"named": session.questions_named, "moderated": session.questions_moderated}
    return {"id": str(session.pk), "state": session.state, "questions": rules}


def event_json(event: Event, sessions: Sequence[Session], days: Sequence[EventDay]) -> dict[str, Any]:
    """Return an event, as lists and its own address give it."""
    return {
        "id": str(event.pk),
        "slug": event.slug,
        "name": event.name,
        "series": event.series,
        "summary": event.summary,
        "time_zone": event.time_zone,
        "is_live": any(session.state == Session.State.LIVE for session in sessions),
        "session_count": len(sessions),
        "days": [{"number": day.number, "date": day.date.isoformat()} for day in days],
        "url": event.get_absolute_url(),
    }


def session_json(session: Session, present: int) -> dict[str, Any]:
    """Return a session with its people; its event, day and roles are expected to be loaded."""
    return {
        **session_state(session),
        "event": session.event.slug,
        "day": session.day.number,
        "slug": session.slug,
        "title": session.title,
        "short_title": session.short_title,
        "part": session.part,
        "topic": session.topic,
        "starts_at": time_text(session.starts_at),
        "minutes": session.minutes,
        "code": session.code,
        "present": present,
        "people": [
            {
                "name": role.person.name,
                "company": role.person.company,
                "title": role.person.title,
                "role": role.role,
            }
            for role in session.people
        ],
        "url": session.get_absolute_url(),
    }


def attendee_json(attendee: Attendee) -> dict[str, Any]:
    """Return an attendee, to themselves."""
    return {
        "id": str(attendee.pk),
        "event": str(attendee.event_id),
        "name": attendee.name,
        "company": attendee.company,
        "country": attendee.country,
    }


def question_undo_until(question: Question) -> datetime | None:
    """Return until when the last move, or the merging, can be taken back; None where there is nothing to take back."""
    since = question.moved_at if question.merged_into_id is None else question.merged_at
    return since and since + timedelta(seconds=QUESTION_UNDO_S)


def question_json(question: Question, audience: str) -> dict[str, Any] | None:
    """Return the question for moderators and helpers, its author or everybody; None where it does not exist for them.

    The question was read by one of the selectors, which read what was merged into it.
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
        body["undo_until"] = time_text(question_undo_until(question))
    if audience == AUTHOR:
        body["is_merged"] = question.merged_into_id is not None
    return body


def question_mine(question: Question, attendee_id: int | None, upvoted: bool) -> dict[str, bool]:
    """Return what a question is to one attendee: theirs, or one that they voted for."""
    return {"author": attendee_id is not None and question.attendee_id == attendee_id, "upvoted": upvoted}
