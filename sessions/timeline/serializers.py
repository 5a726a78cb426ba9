"""The JSON of a timeline, for moderators."""

from typing import Any

from opendev.core.text import time_text
from sessions.timeline.models import TimelineEntry


def entry_json(entry: TimelineEntry) -> dict[str, Any]:
    """Return what happened, when, and who did it; `actor` is "" if it was automatic or a consequence."""
    return {
        "at": time_text(entry.at),
        "verb": entry.verb,
        "subject": entry.subject or None,
        "title": entry.title,
        "actor": entry.actor_name,
    }
