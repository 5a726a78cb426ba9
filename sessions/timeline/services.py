"""The timeline: written by the services that act, in their own transaction, and not changed but to erase words."""

from collections.abc import Collection
from datetime import datetime

from opendev.core.attendance import Caller
from opendev.core.text import ERASED
from sessions.programme.models import Session
from sessions.programme.selectors import name_of_user
from sessions.timeline.models import TimelineEntry


def note(
    *,
    session: Session,
    verb: TimelineEntry.Verb,
    now: datetime,
    subject: int | None = None,
    title: str = "",
    caller: Caller | None = None,
) -> None:
    """Write down what just happened in the session. Called inside the transaction of what happened.

    Args:
        subject: the id of what it was done with; None for the session itself.
        caller: who did it; None for the clock, or what follows from another act.
    """
    actor = caller.user_id if caller else None
    TimelineEntry.objects.create(
        session=session,
        at=now,
        verb=verb,
        subject="" if subject is None else str(subject),
        title=title,
        actor=actor,
        actor_name=name_of_user(actor, session.event_id)[:150] if actor is not None else "",
    )


def erase_titles(*, session_id: int, question_id: int) -> None:
    """Overwrite the words of a question whose asker is erased; that it was there, and when, stays."""
    entries = TimelineEntry.objects.filter(session=session_id, verb__startswith="question.")
    entries.filter(subject=str(question_id)).exclude(title=ERASED).update(title=ERASED)


def delete_timelines(session_ids: Collection[int]) -> None:
    """Delete what happened in sessions that are gone; that of one that is there the database keeps."""
    TimelineEntry.objects.filter(session__in=list(session_ids)).delete()
