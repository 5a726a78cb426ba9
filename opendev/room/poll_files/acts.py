"""Exporting a session's polls as a file, and creating drafts from one. Votes are not included."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from opendev.core.attendance import Caller
from opendev.room.poll_files.portable import write_polls
from opendev.room.poll_files.reading import PollFile, check_rows
from polls.models import Poll
from polls.services import add_poll
from polls.services.copies import latest_rounds
from polls.services.drafts import draft_of
from polls.services.reading import PollDraft
from sessions.audit.models import AuditKind
from sessions.audit.services import record
from sessions.programme.models import Session
from sessions.programme.services.rights import check_moderates

ALL, DRAFTS = "all", "drafts"


@transaction.atomic
def export_polls(*, session: Session, caller: Caller, form: str, drafts_only: bool) -> str:
    """Return a session's polls as a file, and record that in the audit log.

    Raises:
        NotSignedIn, NotModerator
    """
    check_moderates(caller=caller, session_id=session.pk)
    subject = f"polls of session {session.pk}"
    record(AuditKind.EXPORTED, caller=caller, event_id=session.event_id, subject=subject, format=form)
    return write_polls(drafts_of(session.pk, drafts_only=drafts_only), form)


def drafts_of(session_id: int, *, drafts_only: bool = False) -> list[PollDraft]:
    """Return a session's polls in a form that can be asked again."""
    polls = latest_rounds(session_id)
    if drafts_only:
        polls = [poll for poll in polls if poll.state == Poll.State.DRAFT]
    return [draft_of(poll, list(poll.options.all())) for poll in polls]


@transaction.atomic
def import_polls(*, session_id: int, caller: Caller, file: PollFile, now: datetime) -> list[Poll]:
    """Add the polls of a file as drafts: all of them, or none.

    Raises:
        NotFound, NotSignedIn, NotModerator
        PollsRefused: a row cannot be read; `fields` has which, and why.
    """
    check_moderates(caller=caller, session_id=session_id)
    check_rows(file)
    return add_drafts(session_id=session_id, caller=caller, drafts=file.drafts, now=now)


def add_drafts(*, session_id: int, caller: Caller, drafts: Sequence[PollDraft], now: datetime) -> list[Poll]:
    """Add polls in order."""
    return [add_poll(session_id=session_id, caller=caller, draft=draft, now=now) for draft in drafts]
