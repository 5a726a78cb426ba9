"""The public JSON of run sheets: the plan for moderators, and the running item for everybody."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from opendev.core.text import time_text
from opendev.core.undo import undo_window
from sessions.run_sheet.models import RunSheet, RunSheetItem
from sessions.run_sheet.permissions import is_shown_prompt, may_everybody_read
from sessions.run_sheet.selectors import SheetWithItems


def undo_until(sheet: RunSheet) -> datetime | None:
    """Return until when the last step can be undone, or None."""
    return sheet.moved_at and sheet.moved_at + undo_window()


def item_json(item: RunSheetItem) -> dict[str, Any]:
    """Return an item of the plan, for moderators; `used_s` does not include the current run."""
    return {
        "id": str(item.pk),
        "kind": item.kind,
        "text": item.text,
        "minutes": item.minutes,
        "subject": str(item.subject) if item.subject is not None else None,
        "started_at": time_text(item.started_at),
        "used_s": item.used_seconds,
    }


def run_sheet_json(found: SheetWithItems) -> dict[str, Any]:
    """Return the whole plan, for moderators."""
    sheet = found.sheet
    return {
        "session": str(sheet.session_id),
        "version": sheet.version,
        "running": str(sheet.running_id) if sheet.running_id else None,
        "since": time_text(sheet.since),
        "moved_by": sheet.moved_by,
        "undo_until": time_text(undo_until(sheet)),
        "items": [item_json(item) for item in found.items],
    }


def running_json(found: SheetWithItems) -> dict[str, Any]:
    """Return the running item and the prompts shown so far, for everybody: never planned items or notes."""
    item = found.running
    told = None
    if item is not None and may_everybody_read(item):
        told = {
            "id": str(item.pk),
            "kind": item.kind,
            "text": "" if item.kind == RunSheetItem.Kind.POLL else item.text,
            "line": str(item.subject) if item.kind == RunSheetItem.Kind.LINE and item.subject else None,
            "since": time_text(found.sheet.since),
        }
    return {
        "session": str(found.sheet.session_id),
        "version": found.sheet.running_version,
        "item": told,
        "prompts": _prompts_json(found.items),
    }


def _prompts_json(items: Iterable[RunSheetItem]) -> list[dict[str, Any]]:
    """Return the prompts that the room has seen, in the order of their first run, with their current text."""
    shown = [
        {"id": str(item.pk), "text": item.text, "shown_at": time_text(item.started_at)}
        for item in items
        if is_shown_prompt(item)
    ]
    return sorted(shown, key=lambda prompt: (prompt["shown_at"] or "", int(prompt["id"] or 0)))
