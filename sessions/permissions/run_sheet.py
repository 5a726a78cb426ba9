"""Who may know what of a run sheet: a pure predicate, the only place that knows."""

from sessions.models import RunSheetItem


def may_everybody_read(item: RunSheetItem) -> bool:
    """Tell whether an item that runs is for the room. A note is the moderators' own; the plan always is."""
    return item.kind != RunSheetItem.Kind.NOTE
