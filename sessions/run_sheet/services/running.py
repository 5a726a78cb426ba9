"""Which item of the run sheet runs: moving on, undoing a step, and the end of the session."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict
from opendev.core.languages import shared_language
from opendev.core.undo import undo_window
from sessions.follow_ups.models import SignUpLine
from sessions.follow_ups.selectors.lines import line_with_names
from sessions.follow_ups.services.lines import edit_line, open_line
from sessions.programme.models import Session
from sessions.programme.refusals import SessionIsOver
from sessions.programme.selectors import name_of_user
from sessions.run_sheet.models import RunSheet, RunSheetItem
from sessions.run_sheet.selectors import SheetWithItems, item_after, item_by_id, items_of
from sessions.run_sheet.services.plan import lock_sheet, save_and_tell
from sessions.timeline.models import TimelineEntry
from sessions.timeline.services import note

Kind = RunSheetItem.Kind


class RunChangedMeanwhile(Conflict):
    code, message = (
        "changed_meanwhile",
        _("Someone else moved on a moment ago. Here is the item that is running now."),
    )


class NoNextItem(Conflict):
    code, message = "no_next_item", _("This is the last item of the run sheet.")


class TooLateToStepBack(Conflict):
    code, message = "illegal_move", _("It is too late to undo that step.")


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the run sheet: the plan after it, the new item, and whether anything changed."""

    plan: SheetWithItems
    item: RunSheetItem | None
    has_moved: bool


@transaction.atomic
def run_next(
    *,
    session_id: int,
    caller: Caller,
    seen: Any = None,
    now: datetime,
    first: Callable[[RunSheetItem], None] | None = None,
) -> Step:
    """Move on to the next item, after calling `first` with that item, under the plan's lock.

    `seen` is the id of the item that the caller saw running ("" for none), if given.

    If two moderators press at the same moment, one moves on; the other is told that somebody was faster.

    Raises:
        NotFound, NotSignedIn, NotModerator
        RunChangedMeanwhile: another item is running than was seen.
        NoNextItem
        SessionIsOver
    """
    sheet = lock_sheet(session_id=session_id, caller=caller)
    _check_seen(sheet, seen)
    item = item_after(items_of(session_id), sheet.running_id)
    if item is None:
        raise NoNextItem
    if first is not None:
        first(item)
    return Step(_move(sheet, item, caller, now), item, has_moved=True)


@transaction.atomic
def run_item(
    *, session_id: int, item_id: int | None, caller: Caller, seen: Any = None, now: datetime
) -> Step:
    """Go to any item, or (None) to none. Going to the running item does nothing.

    Raises:
        NotFound, NotSignedIn, NotModerator, RunChangedMeanwhile, SessionIsOver
    """
    sheet = lock_sheet(session_id=session_id, caller=caller)
    item = None if item_id is None else item_by_id(item_id, session_id=session_id)
    if sheet.running_id == item_id:
        return Step(SheetWithItems(sheet, items_of(session_id)), item, has_moved=False)
    _check_seen(sheet, seen)
    return Step(_move(sheet, item, caller, now), item, has_moved=True)


def _check_seen(sheet: RunSheet, seen: Any) -> None:
    if seen is not None and seen != str(sheet.running_id or ""):
        raise RunChangedMeanwhile
    if sheet.session.state == Session.State.OVER:
        raise SessionIsOver


def _move(sheet: RunSheet, item: RunSheetItem | None, caller: Caller, now: datetime) -> SheetWithItems:
    """End the run of one item and start that of another, opening its sign-up line."""
    _end_run(sheet, now)
    sheet.previous_id, sheet.previous_since = sheet.running_id, sheet.since
    sheet.running, sheet.since = item, now if item else None
    sheet.moved_at, sheet.moved_by = now, _name_of(caller, sheet)
    sheet.is_first_run, sheet.opened_line = item is not None and item.started_at is None, None
    if item is not None:
        item.started_at = item.started_at or now
        _note(sheet, TimelineEntry.Verb.ITEM_STARTED, item, caller, now)
        if item.kind == Kind.LINE:
            sheet.opened_line = _open_line(item, caller, now)
        item.save()
    return save_and_tell(sheet, runs_otherwise=True)


def _name_of(caller: Caller, sheet: RunSheet) -> str:
    return name_of_user(caller.user_id or 0, sheet.session.event_id)[:150]


def _end_run(sheet: RunSheet, now: datetime) -> None:
    if sheet.running is not None and sheet.since is not None:
        sheet.running.used_seconds += max(0, round((now - sheet.since).total_seconds()))
        sheet.running.save(update_fields=["used_seconds"])


def _note(
    sheet: RunSheet, verb: TimelineEntry.Verb, item: RunSheetItem, caller: Caller | None, now: datetime
) -> None:
    with shared_language(sheet.session.spoken_language):  # the timeline is not only for moderators
        title = str(item)
    note(session=sheet.session, verb=verb, now=now, subject=item.pk, title=title, caller=caller)


def _open_line(item: RunSheetItem, caller: Caller, now: datetime) -> SignUpLine | None:
    """Open the item's sign-up line, creating it if necessary; return it, or None if it was already open."""
    if item.subject is None:
        title = {"title": item.text}
        line = open_line(session_id=item.session_id, caller=caller, given=title, now=now)
        item.subject = line.pk
        return line
    known = SignUpLine.objects.filter(pk=item.subject, session=item.session_id).first()
    if known is None or known.is_open:
        return None
    return edit_line(line_id=known.pk, caller=caller, given={"state": SignUpLine.State.OPEN}, now=now)


@transaction.atomic
def take_step_back(*, session_id: int, caller: Caller, now: datetime) -> Step:
    """Undo the last step within five seconds: the previous item runs again, as if it had never ended.

    A line that the step opened is closed again if nobody has signed up. The returned step has the item whose run
    was undone. The caller undoes what the step did to polls.

    Raises:
        NotFound, NotSignedIn, NotModerator
        TooLateToStepBack
    """
    sheet = lock_sheet(session_id=session_id, caller=caller)
    if (
        sheet.moved_at is None
        or now > sheet.moved_at + undo_window()
        or sheet.session.state == Session.State.OVER
    ):
        raise TooLateToStepBack
    undone = sheet.running
    if undone is not None:
        if sheet.is_first_run:
            undone.started_at = None
            undone.save(update_fields=["started_at"])
        if sheet.opened_line is not None:
            _close_unused_line(sheet.opened_line, caller, now)
        _note(sheet, TimelineEntry.Verb.ITEM_SET_BACK, undone, caller, now)
    _resume_previous(sheet)
    sheet.moved_by = _name_of(caller, sheet)
    return Step(save_and_tell(sheet, runs_otherwise=True), undone, has_moved=True)


def _resume_previous(sheet: RunSheet) -> None:
    """Resume the previous item since its start, without counting its finished run."""
    assert sheet.moved_at is not None  # noqa: S101  # the caller has checked
    before = sheet.previous
    if before is not None and sheet.previous_since is not None:
        counted = max(0, round((sheet.moved_at - sheet.previous_since).total_seconds()))
        before.used_seconds = max(0, before.used_seconds - counted)
        before.save(update_fields=["used_seconds"])
    sheet.running, sheet.since = before, sheet.previous_since if before else None
    _forget_step(sheet)


def _forget_step(sheet: RunSheet) -> None:
    """Make the last step final."""
    sheet.previous, sheet.previous_since, sheet.moved_at = None, None, None
    sheet.is_first_run, sheet.opened_line = False, None


def _close_unused_line(line: SignUpLine, caller: Caller, now: datetime) -> None:
    if line_with_names(line.pk).count == 0:
        edit_line(line_id=line.pk, caller=caller, given={"state": SignUpLine.State.CLOSED}, now=now)


def stop_running(*, session: Session, now: datetime) -> None:
    """Stop the running item, since the session has ended. The caller holds the session's lock."""
    sheet = RunSheet.objects.select_related("running").filter(session=session).first()
    if sheet is None or sheet.running is None:
        return
    _end_run(sheet, now)
    sheet.running, sheet.since, sheet.moved_by = None, None, ""
    _forget_step(sheet)
    save_and_tell(sheet, runs_otherwise=True)
