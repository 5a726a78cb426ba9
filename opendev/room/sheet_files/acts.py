"""Exporting a session's run sheet as a file, and adding one from a file. Results and events are not included."""

from datetime import datetime

from django.db import transaction

from opendev.core.attendance import Caller
from opendev.room.poll_files.lines import without_ids
from opendev.room.poll_files.reading import PollFile, check_rows
from opendev.room.sheet_files.portable import Kind, PlannedItem, write_items
from opendev.room.sheet_files.reading import ItemsRefused, items_of_file
from polls.models import Poll
from polls.services import add_poll
from polls.services.copies import first_rounds, latest_rounds
from polls.services.drafts import draft_of
from polls.services.reading import PollDraft
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.models import Session
from sessions.programme.services.rights import check_moderates
from sessions.run_sheet.selectors import SheetWithItems, items_of
from sessions.run_sheet.services.additions import append_items
from sessions.run_sheet.services.plan import NewItem


@transaction.atomic
def export_run_sheet(*, session: Session, caller: Caller, form: str) -> str:
    """Return a session's run sheet as a file, and record that in the audit log.

    Raises:
        NotSignedIn, NotModerator
    """
    check_moderates(caller=caller, session_id=session.pk)
    subject = f"run sheet of session {session.pk}"
    record(AuditKind.EXPORTED, caller=caller, event_id=session.event_id, subject=subject, format=form)
    return write_items(planned_items(session.pk), form)


def planned_items(session_id: int) -> list[PlannedItem]:
    """Return the items of a session's run sheet in a form in which they can be planned again.

    Of a poll with several rounds it has the latest. Items whose poll was archived are left out.
    """
    firsts = first_rounds(session_id)
    latest = {poll.first_round_id: poll for poll in latest_rounds(session_id)}
    items = []
    for item in items_of(session_id):
        poll = latest.get(firsts.get(item.subject or 0, 0)) if item.kind == Kind.POLL else None
        if poll is not None:
            draft = without_ids(draft_of(poll, list(poll.options.all())))
            items.append(PlannedItem(item.kind, draft.question, item.minutes, draft))
        elif item.kind != Kind.POLL:
            items.append(PlannedItem(item.kind, item.text, item.minutes))
    return items


@transaction.atomic
def import_run_sheet(*, session_id: int, caller: Caller, file: PollFile, now: datetime) -> SheetWithItems:
    """Add the items of a file after the existing ones, with drafts of their polls: all of them, or none.

    Items of one file with the same question are items of one poll.

    Raises:
        NotFound, NotSignedIn, NotModerator
        ItemsRefused: a row cannot be read; `fields` say which, and why.
        TooManyItems
    """
    check_moderates(caller=caller, session_id=session_id)
    check_rows(file, ItemsRefused)
    added: list[tuple[PollDraft, Poll]] = []
    items = []
    for item in items_of_file(file):
        poll = next((poll for draft, poll in added if draft == item.poll), None)
        if item.poll is not None and poll is None:
            poll = add_poll(session_id=session_id, caller=caller, draft=item.poll, now=now)
            added.append((item.poll, poll))
        items.append(NewItem(item.kind, item.text, item.minutes, poll.pk if poll else None))
    return append_items(session_id=session_id, caller=caller, items=items)
