"""Erasing what belongs to sessions and events, for good. Who may, and what goes before, is the caller's to see to."""

from typing import Any

from django.db.models import CASCADE, ManyToOneRel

from opendev.core.write_ahead_log import empty_log_after_commit
from sessions.programme.broadcasts import session_gone
from sessions.programme.models import Event, Session


def erase_sessions(event: Event) -> list[int]:
    """Delete an event's locked sessions with what belongs to them, and tell their rooms; return their ids.

    Their polls went before. Their timelines stand for a moment without them, which is when they can be deleted
    (sessions/timeline/guards.py); the database looks at references when the transaction ends.
    """
    sessions = list(Session.objects.filter(event=event).order_by("pk"))
    ids = [session.pk for session in sessions]
    for relation in Session._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.on_delete is CASCADE:
            rows: Any = relation.related_model._base_manager
            rows.filter(**{f"{relation.field.name}__in": ids}).delete()
    without: Any = Session.objects.filter(pk__in=ids)
    without._raw_delete(without.db)  # Django would ask the timelines first
    for session in sessions:
        session_gone(session)
    return ids


def erase_emptied_event(event: Event) -> None:
    """Delete an event whose sessions are gone, with all else that belongs to it."""
    event.delete()
    empty_log_after_commit()
