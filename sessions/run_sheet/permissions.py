"""Who may see what of a run sheet: pure predicates, and the only place that decides."""

from sessions.run_sheet.models import RunSheetItem


def may_everybody_read(item: RunSheetItem) -> bool:
    """Return True if the room may see a running item. Notes, and the plan itself, are for moderators only."""
    return item.kind != RunSheetItem.Kind.NOTE


def is_shown_prompt(item: RunSheetItem) -> bool:
    """Return True if an item is a prompt that the room has seen; an undone step does not count."""
    return item.kind == RunSheetItem.Kind.PROMPT and item.started_at is not None
