"""The JSON of a display link."""

from typing import Any

from opendev.core.text import time_text
from sessions.displays.models import DisplayLink


def display_link_json(link: DisplayLink) -> dict[str, Any]:
    """Return a display link for moderators; its token is only sent when it is created."""
    return {"id": str(link.pk), "name": link.name, "created_at": time_text(link.created_at)}
