"""A session's plan: adding, editing, moving and removing items, before the session and while it is live."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed
from opendev.core.text import clean_id, clean_line, clean_word
from sessions.follow_ups.models import MAX_TITLE_LENGTH
from sessions.programme.services.locks import lock_session
from sessions.programme.services.rights import check_moderates
from sessions.run_sheet import broadcasts
from sessions.run_sheet.models import RunSheet, RunSheetItem
from sessions.run_sheet.permissions import is_shown_prompt
from sessions.run_sheet.selectors import SheetWithItems, item_by_id, items_of

Kind = RunSheetItem.Kind
MAX_TEXT_LENGTH, MAX_MINUTES, MAX_ITEMS = 300, 600, 100
WITHOUT_TEXT = {Kind.POLL, Kind.QUESTIONS}  # a poll has its own question; "Questions" is enough
WITH_SUBJECT = {Kind.POLL, Kind.LINE}


class ItemIsRunning(Conflict):
    code, message = "item_is_running", _("This item is running. Move on to another one first.")


@dataclass(frozen=True, slots=True)
class NewItem:
    """The content of an item. `subject` is the poll or the sign-up line that it opens; it may bring a new line."""

    kind: str
    text: str
    minutes: int
    subject: int | None = None


def wrong(field: str, sentence: Any) -> Malformed:
    return Malformed(sentence, fields={field: sentence})


def clean_minutes(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_MINUTES:
        raise wrong("minutes", _("This must be a whole number of minutes, up to 600."))
    return value


def clean_item_text(value: Any, kind: str) -> str:
    most = MAX_TITLE_LENGTH if kind == Kind.LINE else MAX_TEXT_LENGTH  # becomes the line's title
    return clean_line(value, field="text", most=most, required=kind not in WITHOUT_TEXT)


def read_item(given: Mapping[str, Any]) -> NewItem:
    """Return a checked item from its JSON form: `{kind, text, minutes?, subject?}`.

    Raises:
        Malformed: a field of the wrong type, too long, out of range, or not of this kind; `fields` names it.
    """
    kind = clean_word(given.get("kind"), field="kind", choices=Kind.values)
    subject = given.get("subject")
    if subject is not None and kind not in WITH_SUBJECT:
        raise wrong("subject", _("Only a poll or a follow-up can have this."))
    if subject is None and kind == Kind.POLL:
        raise wrong("subject", _("Choose a poll."))
    return NewItem(
        kind,
        clean_item_text(given.get("text"), kind),
        clean_minutes(given.get("minutes", 0)),
        None if subject is None else clean_id(subject, field="subject"),
    )


def lock_sheet(*, session_id: int, caller: Caller) -> RunSheet:
    """Return the run sheet of a session that the caller moderates, locked with its session; create it if necessary.

    Raises:
        NotFound, NotSignedIn, NotModerator
    """
    session = lock_session(session_id)
    check_moderates(caller=caller, session_id=session_id)
    sheet, _is_new = RunSheet.objects.get_or_create(session=session)
    sheet.session = session
    return sheet


def save_and_tell(sheet: RunSheet, *, runs_otherwise: bool = False) -> SheetWithItems:
    """Save a locked run sheet as its next version, and publish it after the commit; the running item if it changed."""
    sheet.version += 1
    sheet.running_version += runs_otherwise
    sheet.save()
    plan = SheetWithItems(sheet, items_of(sheet.session_id))
    broadcasts.plan_changed(plan)
    if runs_otherwise:
        broadcasts.running_changed(plan)
    return plan


@transaction.atomic
def edit_item(*, session_id: int, item_id: int, caller: Caller, given: Mapping[str, Any]) -> SheetWithItems:
    """Change an item's text, minutes or position: `{text?, minutes?, position?}`; position counts from 1.

    Raises:
        NotFound, NotSignedIn, NotModerator, Malformed
    """
    sheet = lock_sheet(session_id=session_id, caller=caller)
    item = item_by_id(item_id, session_id=session_id)
    before = (item.text, item.minutes)
    if "text" in given:
        item.text = clean_item_text(given["text"], item.kind)
    if "minutes" in given:
        item.minutes = clean_minutes(given["minutes"])
    changed = before != (item.text, item.minutes)
    if changed:
        item.save()
    moved = "position" in given and _place(item, given["position"])
    if not (changed or moved):
        return SheetWithItems(sheet, items_of(session_id))
    is_told = sheet.running_id == item.pk or is_shown_prompt(item)
    return save_and_tell(sheet, runs_otherwise=is_told and before[0] != item.text)


def _place(item: RunSheetItem, position: Any) -> bool:
    """Move the item to a position; return True if that changed the order."""
    before = items_of(item.session_id)
    if not isinstance(position, int) or isinstance(position, bool) or not 1 <= position <= len(before):
        raise wrong("position", _("This must be a position in the run sheet, counted from 1."))
    after = [other for other in before if other.pk != item.pk]
    after.insert(position - 1, item)
    for place, other in enumerate(after, 1):
        RunSheetItem.objects.filter(pk=other.pk).update(position=place)
    return [other.pk for other in before] != [other.pk for other in after]


@transaction.atomic
def remove_item(*, session_id: int, item_id: int, caller: Caller) -> SheetWithItems:
    """Remove an item from the plan, and a prompt from the session's record. What it opened stays.

    Raises:
        NotFound, NotSignedIn, NotModerator
        ItemIsRunning
    """
    sheet = lock_sheet(session_id=session_id, caller=caller)
    item = item_by_id(item_id, session_id=session_id)
    if item.pk == sheet.running_id:
        raise ItemIsRunning
    if item.pk == sheet.previous_id:  # there is no going back to it
        sheet.previous, sheet.previous_since, sheet.moved_at = None, None, None
    item.delete()
    return save_and_tell(sheet, runs_otherwise=is_shown_prompt(item))
