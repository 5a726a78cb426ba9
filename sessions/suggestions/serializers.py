"""The public JSON of suggested follow-ups, built for an audience, without anything that it may not see."""

from datetime import datetime
from typing import Any

from opendev.core.text import time_text
from opendev.core.undo import undo_window
from sessions.programme.permissions import MODERATORS
from sessions.suggestions.models import Suggestion
from sessions.suggestions.permissions import AUTHOR, is_public


def undo_until(suggestion: Suggestion) -> datetime | None:
    """Return until when the last move can be undone, or None."""
    return suggestion.moved_at and suggestion.moved_at + undo_window()


def suggestion_json(suggestion: Suggestion, audience: str) -> dict[str, Any] | None:
    """Return the suggestion for moderators, its author or everybody; None if it does not exist for them."""
    if audience not in {MODERATORS, AUTHOR} and not is_public(suggestion):
        return None
    body: dict[str, Any] = {
        "id": str(suggestion.pk),
        "session": str(suggestion.session_id),
        "title": suggestion.title,
        "state": suggestion.state,
        "supporters": suggestion.supporters,
        "line": str(suggestion.line_id) if suggestion.line_id else None,
        "suggested_at": time_text(suggestion.suggested_at),
        "version": suggestion.version,
    }
    if audience == MODERATORS:
        body["undo_until"] = time_text(undo_until(suggestion))
    if audience == AUTHOR:
        body["is_own"] = True
    return body


def mine_json(suggestion: Suggestion, attendee_id: int | None, supported: bool) -> dict[str, bool]:
    """Return an attendee's own part of a suggestion: whether they made or support it."""
    is_author = attendee_id is not None and suggestion.attendee_id == attendee_id
    return {"author": is_author, "supported": supported}
