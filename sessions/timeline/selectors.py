"""Queries about timelines."""

from sessions.timeline.models import TimelineEntry


def timeline_of(session_id: int) -> list[TimelineEntry]:
    """Return the session's timeline in order, from which recap and chapters are made."""
    return list(TimelineEntry.objects.filter(session=session_id).order_by("pk"))
