"""The JSON of a link of a presenter screen."""

from typing import Any

from opendev.core.text import time_text
from sessions.displays.models import DisplayLink


def display_link_json(link: DisplayLink) -> dict[str, Any]:
    """Return a display link, to moderators; its token is told only when it is made."""
    return {"id": str(link.pk), "name": link.name, "created_at": time_text(link.created_at)}
