"""Queries about run sheets."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from opendev.core.errors import NotFound
from sessions.run_sheet.models import RunSheet, RunSheetItem


@dataclass(frozen=True, slots=True)
class SheetWithItems:
    """A session's run sheet with its items in order. Before the first item, `sheet` is unsaved."""

    sheet: RunSheet
    items: list[RunSheetItem] = field(default_factory=list)

    @property
    def running(self) -> RunSheetItem | None:
        """The item that runs now."""
        return next((item for item in self.items if item.pk == self.sheet.running_id), None)

    @property
    def next(self) -> RunSheetItem | None:
        """The item after the running one, or the first if nothing has run yet."""
        return item_after(self.items, self.sheet.running_id)


def item_after(items: list[RunSheetItem], item_id: int | None) -> RunSheetItem | None:
    """Return the item after this one; if none is running, the first that never ran; None at the end."""
    if item_id is None:
        return next((item for item in items if item.started_at is None), None)
    ids = [item.pk for item in items]
    following = ids.index(item_id) + 1 if item_id in ids else len(ids)
    return items[following] if following < len(items) else None


def items_of(session_id: int) -> list[RunSheetItem]:
    """Return the items of a session's plan in order."""
    return list(RunSheetItem.objects.filter(session=session_id).order_by("position", "pk"))


def sheet_with_items(session_id: int) -> SheetWithItems:
    """Return the session's run sheet, or an empty one."""
    sheet = RunSheet.objects.filter(session=session_id).first()
    if sheet is None:
        return SheetWithItems(RunSheet(session_id=session_id, version=0, running_version=0))
    return SheetWithItems(sheet, items_of(session_id))


def run_sheets_of(session_ids: Iterable[int]) -> list[SheetWithItems]:
    """Return the existing run sheets of the sessions."""
    sheets = RunSheet.objects.filter(session__in=list(session_ids))
    return [SheetWithItems(sheet, items_of(sheet.session_id)) for sheet in sheets]


def run_sheet_versions(session_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Return (session id, version, running version) of every run sheet of the sessions."""
    sheets = RunSheet.objects.filter(session__in=list(session_ids))
    return list(sheets.values_list("session_id", "version", "running_version"))


def item_by_id(item_id: int, *, session_id: int) -> RunSheetItem:
    """Return the item of this session.

    Raises:
        NotFound: it does not exist, or belongs to another session.
    """
    found = RunSheetItem.objects.filter(pk=item_id, session=session_id).first()
    if found is None:
        raise NotFound
    return found
