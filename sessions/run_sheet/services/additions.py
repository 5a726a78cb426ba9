"""Adding items to a plan, after opendev/room/run_sheets.py has checked that their polls belong to the session."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict
from sessions.follow_ups.models import SignUpLine
from sessions.run_sheet.models import RunSheetItem
from sessions.run_sheet.selectors import SheetWithItems, items_of
from sessions.run_sheet.services.plan import MAX_ITEMS, Kind, NewItem, lock_sheet, save_and_tell, wrong


class TooManyItems(Conflict):
    code, message = "too_many_items", _("A run sheet can have at most 100 items.")


@transaction.atomic
def append_items(*, session_id: int, caller: Caller, items: Iterable[NewItem]) -> SheetWithItems:
    """Add items at the end of the plan, all of them or none.

    The poll of an item must belong to the session; the caller, which knows polls, checks that.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: a sign-up line of another session.
        TooManyItems
    """
    sheet = lock_sheet(session_id=session_id, caller=caller)
    standing, new = items_of(session_id), list(items)
    if len(standing) + len(new) > MAX_ITEMS:
        raise TooManyItems
    lines = {item.subject for item in new if item.kind == Kind.LINE and item.subject is not None}
    if SignUpLine.objects.filter(session=session_id, pk__in=lines).count() != len(lines):
        raise wrong("subject", _("This session has no such follow-up."))
    first = standing[-1].position + 1 if standing else 1
    for position, item in enumerate(new, first):
        RunSheetItem.objects.create(
            session_id=session_id,
            position=position,
            kind=item.kind,
            text=item.text,
            minutes=item.minutes,
            subject=item.subject,
        )
    return save_and_tell(sheet)
