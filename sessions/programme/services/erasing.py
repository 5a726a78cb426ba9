"""Erasing sessions and events. Callers check the rights, and delete dependent data first."""

from typing import Any

from django.db.models import CASCADE, ManyToOneRel

from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.programme.broadcasts import session_gone
from sessions.programme.models import Event, Session


def erase_sessions(event: Event) -> list[int]:
    """Delete an event's locked sessions with everything that belongs to them, and notify their rooms; return their ids.

    Their polls were deleted before. Their timelines exist for a moment without them, and can only be deleted then
    (sessions/timeline/guards.py); the database checks references when the transaction ends.
    """
    sessions = list(Session.objects.filter(event=event).order_by("pk"))
    ids = [session.pk for session in sessions]
    for relation in Session._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.on_delete is CASCADE:
            rows: Any = relation.related_model._base_manager
            rows.filter(**{f"{relation.field.name}__in": ids}).delete()
    without: Any = Session.objects.filter(pk__in=ids)
    without._raw_delete(without.db)  # Django would delete the timelines first
    for session in sessions:
        session_gone(session)
    return ids


def erase_emptied_event(event: Event) -> None:
    """Delete an event without sessions, with everything else that belongs to it."""
    event.delete()
    empty_log_after_commit()
