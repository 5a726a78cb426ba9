"""Who may know what of a run sheet: pure predicates, the only place that knows."""

from sessions.run_sheet.models import RunSheetItem


def may_everybody_read(item: RunSheetItem) -> bool:
    """Return True if an item that runs is for the room. A note is the moderators' own; the plan always is."""
    return item.kind != RunSheetItem.Kind.NOTE


def is_shown_prompt(item: RunSheetItem) -> bool:
    """Return True if an item is a prompt that the room was shown: a step that was taken back showed it nothing."""
    return item.kind == RunSheetItem.Kind.PROMPT and item.started_at is not None
