"""The timeline: written by the services that act, in their own transaction, and only changed to erase words."""

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
    """Record what just happened in the session. Called inside the same transaction.

    Args:
        subject: the id of the affected object; None for the session itself.
        caller: who did it; None if it was automatic, or follows from another action.
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
    """Overwrite the wording of a question whose author is erased; the entry and its time stay."""
    entries = TimelineEntry.objects.filter(session=session_id, verb__startswith="question.")
    entries.filter(subject=str(question_id)).exclude(title=ERASED).update(title=ERASED)


def delete_timelines(session_ids: Collection[int]) -> None:
    """Delete the timelines of sessions that no longer exist; the database protects the others."""
    TimelineEntry.objects.filter(session__in=list(session_ids)).delete()
