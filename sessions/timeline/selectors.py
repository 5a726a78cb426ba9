"""What is read about what happened."""

from sessions.timeline.models import TimelineEntry


def timeline_of(session_id: int) -> list[TimelineEntry]:
    """Return what happened in the session, in its order: what recap and chapters are made of."""
    return list(TimelineEntry.objects.filter(session=session_id).order_by("pk"))
