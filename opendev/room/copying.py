"""Copying polls and run sheets between sessions: questions and plans, but nothing of what happened."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed
from polls.models import Poll
from polls.services import copy_polls
from polls.services.copies import first_rounds, latest_rounds
from sessions.programme.models import Session
from sessions.programme.selectors import moderates
from sessions.programme.selectors.moderating import moderated_by
from sessions.programme.services.rights import check_moderates
from sessions.run_sheet.models import RunSheetItem
from sessions.run_sheet.selectors import items_of
from sessions.run_sheet.services.additions import append_items
from sessions.run_sheet.services.plan import NewItem

Kind = RunSheetItem.Kind


class UnknownSource(Malformed):
    code, message = "unknown_source", _("You moderate no such session. Choose one of yours to copy from.")


class NothingToCopy(Malformed):
    code, message = "nothing_to_copy", _("Choose at least one poll, or the run sheet.")


@dataclass(frozen=True, slots=True)
class Copied:
    """The ids of the new drafts in order, and the number of items added to the run sheet."""

    polls: list[int]
    items: int


@dataclass(frozen=True, slots=True)
class Source:
    """A session to copy from, with its numbers of polls and run sheet items."""

    session: Session
    polls: int
    items: int


def sources_for(caller: Caller, session_id: int) -> list[Source]:
    """Return the other sessions that the caller moderates and that have something to copy, the latest first."""
    if caller.user_id is None:
        return []
    first_round = Coalesce("polls__rerun_of", "polls__pk")  # even if it is archived: its later rounds count
    polls = Count(first_round, filter=~Q(polls__state=Poll.State.ARCHIVED), distinct=True)
    items = Count("run_sheet_items", distinct=True)
    sessions = (
        moderated_by(caller.user_id, caller.limits.event_id)
        .exclude(pk=session_id)
        .annotate(poll_count=polls, item_count=items)
    )
    return [
        Source(session, session.poll_count, session.item_count)
        for session in sessions
        if session.poll_count or session.item_count
    ]


def check_source(*, caller: Caller, session_id: int) -> None:
    """Check that the caller moderates the session to copy from.

    Raises:
        UnknownSource: also if there is no such session, so that the answer does not reveal whether it exists.
    """
    if not moderates(caller, session_id):
        raise UnknownSource(fields={"from": UnknownSource.message})


@transaction.atomic
def copy_plan(
    *,
    from_session_id: int,
    to_session_id: int,
    caller: Caller,
    polls: Collection[int] | None,
    run_sheet: bool,
    now: datetime,
) -> Copied:
    """Copy polls as drafts, and append the run sheet to the existing one, together with its polls.

    Args:
        polls: ids of the polls to copy; None for all.

    Raises:
        NotFound, NotSignedIn, NotModerator: in the target session.
        UnknownSource, NothingToCopy
        Malformed: a poll of another session, or one that was archived.
        TooManyItems
    """
    check_moderates(caller=caller, session_id=to_session_id)
    check_source(caller=caller, session_id=from_session_id)
    items = items_of(from_session_id) if run_sheet else []
    chosen = _chosen(from_session_id, polls, items)
    copies = copy_polls(
        from_session_id=from_session_id, to_session_id=to_session_id, caller=caller, now=now, only=chosen
    )
    added = copy_run_sheet(items, to_session_id=to_session_id, caller=caller, polls=copies)
    if not copies and not added:
        raise NothingToCopy(fields={"polls": NothingToCopy.message})
    return Copied(sorted(set(copies.values())), added)


def _chosen(session_id: int, polls: Collection[int] | None, items: Collection[RunSheetItem]) -> set[int]:
    """Return which polls to copy, each by its latest round.

    Raises:
        Malformed
    """
    latest = latest_rounds(session_id)
    if polls is None:
        return {poll.pk for poll in latest}
    if not set(polls) <= {poll.pk for poll in latest}:
        sentence = _("One of these polls is not in the session, or was archived.")
        raise Malformed(sentence, fields={"polls": sentence})
    firsts = first_rounds(session_id)
    planned = {firsts.get(item.subject or 0) for item in items if item.kind == Kind.POLL}
    return {poll.pk for poll in latest if poll.pk in polls or poll.first_round_id in planned}


def copy_run_sheet(
    items: Collection[RunSheetItem], *, to_session_id: int, caller: Caller, polls: Mapping[int, int]
) -> int:
    """Add items to a session's plan as if none of them had run, and return how many.

    Items whose poll was archived are left out. A follow-up is opened as a new one when its turn comes.

    Args:
        polls: the ids of the polls' copies, by the ids in the items.

    Raises:
        NotFound, NotSignedIn, NotModerator, TooManyItems
    """
    new = [
        NewItem(
            item.kind, item.text, item.minutes, polls[item.subject or 0] if item.kind == Kind.POLL else None
        )
        for item in items
        if item.kind != Kind.POLL or item.subject in polls
    ]
    if new:
        append_items(session_id=to_session_id, caller=caller, items=new)
    return len(new)
