"""The room socket's commands about the run sheet, and the run sheet's part of the snapshot."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from django.utils import timezone

from opendev.core.attendance import AttendeePass, Ground
from opendev.core.batching import Answer
from opendev.core.desk import caller_of, put_on_desk
from opendev.core.errors import Malformed
from opendev.core.groups import EVERYBODY, Group
from opendev.core.text import clean_id
from opendev.room import run_sheets
from sessions.programme.permissions import MODERATORS
from sessions.run_sheet.news import PLAN, RUNNING
from sessions.run_sheet.selectors import SheetWithItems
from sessions.run_sheet.services.plan import edit_item, remove_item

FIELDS = ("text", "minutes", "position")


class RunSheetSocket(Protocol):
    """What these commands need from a consumer."""

    attendee: AttendeePass | None
    moderator_id: int | None
    helper_id: int | None
    ground: Ground | None
    group: Group | None

    def submit(
        self, put: Callable[[Answer[Any]], None], ref: object, succeed: Callable[[Any], None]
    ) -> None: ...
    def answer(self, frame: dict[str, Any]) -> None: ...


Frame = dict[str, Any]
Service = Callable[..., SheetWithItems]


def _do(socket: RunSheetSocket, frame: Frame, service: Service, **given: Any) -> None:
    """Queue a service call for the caller; `ok` follows the commit, with the run sheet's version."""
    assert socket.group is not None  # noqa: S101
    ref = frame.get("ref")

    def succeed(plan: SheetWithItems) -> None:
        socket.answer({"type": "ok", "ref": ref, "version": plan.sheet.version})

    act = partial(service, session_id=socket.group.key, caller=caller_of(socket), **given)
    put_on_desk(socket, act, ref, succeed)


def _item_of(frame: Frame) -> int:
    return clean_id(frame.get("item"), field="item")


def go_on(socket: RunSheetSocket, frame: Frame) -> None:
    """`run_sheet.next`: move on to the next item; `close` is the id of a poll to close."""
    given = {field: frame.get(field) for field in ("seen", "close")}
    _do(socket, frame, run_sheets.go_on, **given, now=timezone.now())


def go_to(socket: RunSheetSocket, frame: Frame) -> None:
    """`run_sheet.go`: go to this item; with null, no item runs."""
    item_id = None if "item" in frame and frame["item"] is None else _item_of(frame)
    _do(socket, frame, run_sheets.go_to, item_id=item_id, seen=frame.get("seen"), now=timezone.now())


def step_back(socket: RunSheetSocket, frame: Frame) -> None:
    """`run_sheet.undo`: undo the last step."""
    _do(socket, frame, run_sheets.step_back, now=timezone.now())


def add(socket: RunSheetSocket, frame: Frame) -> None:
    """`run_sheet.add`: add `items`, or a plan as `lines` of text, at the end."""
    now = timezone.now()
    if "lines" in frame:
        _do(socket, frame, run_sheets.paste_plan, text=frame["lines"], now=now)
        return
    _do(socket, frame, run_sheets.add_items, given=listed(frame.get("items")), now=now)


def listed(items: Any) -> list[Any]:
    """Return the list of items from a client.

    Raises:
        Malformed: it is not a list.
    """
    if not isinstance(items, list) or not items:
        raise Malformed(fields={"items": Malformed.message})
    return items


def edit(socket: RunSheetSocket, frame: Frame) -> None:
    """`run_sheet.edit`: change an item's text, minutes or position."""
    given = {field: frame[field] for field in FIELDS if field in frame}
    _do(socket, frame, edit_item, item_id=_item_of(frame), given=given)


def remove(socket: RunSheetSocket, frame: Frame) -> None:
    """`run_sheet.remove`: remove an item from the plan."""
    _do(socket, frame, remove_item, item_id=_item_of(frame))


COMMANDS = {
    "run_sheet.next": go_on,
    "run_sheet.go": go_to,
    "run_sheet.undo": step_back,
    "run_sheet.add": add,
    "run_sheet.edit": edit,
    "run_sheet.remove": remove,
}


def snapshot_parts(group: Group, *, is_moderator: bool) -> dict[str, Any]:
    """Return the running item, for everybody, and the plan, for moderators; None if there is no plan."""
    running, plan = group.topics.get(RUNNING), group.topics.get(PLAN)
    parts: dict[str, Any] = {"running": running.states[EVERYBODY] if running else None}
    if is_moderator:
        parts["run_sheet"] = plan.states[MODERATORS] if plan else None
    return parts
