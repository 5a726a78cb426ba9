"""Actions on a run sheet that involve polls: poll items, and steps that launch or close a poll."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opendev.core.attendance import Caller
from opendev.core.errors import Conflict, Malformed, NotFound
from opendev.core.text import clean_id
from opendev.room.forms import read_line
from opendev.room.models import PollStep
from opendev.room.pasting import read_plan
from polls.models import Poll
from polls.permissions import close_shows_something_new
from polls.poll_locks import lock_polls
from polls.selectors import poll_by_id, polls_of
from polls.services import add_poll, set_poll_state
from polls.services.reading import read_draft
from sessions.programme.services.rights import check_moderates
from sessions.run_sheet.models import RunSheet, RunSheetItem
from sessions.run_sheet.selectors import SheetWithItems
from sessions.run_sheet.services.additions import TooManyItems, append_items
from sessions.run_sheet.services.plan import MAX_ITEMS, NewItem, read_item
from sessions.run_sheet.services.running import Step, run_item, run_next, take_step_back

Kind = RunSheetItem.Kind


class PollIsGone(Conflict):
    code, message = (
        "poll_is_gone",
        gettext_lazy("This item’s poll was archived or deleted. Go to another item."),
    )


@transaction.atomic
def add_items(*, session_id: int, caller: Caller, given: Sequence[Any], now: datetime) -> SheetWithItems:
    """Add items to the plan from their JSON form: all or none. A new poll is given as one line with its options.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: see read_item, add_poll; a poll of another session.
        BadLine: the poll does not exist and the line has no options.
        TooManyItems
    """
    check_moderates(caller=caller, session_id=session_id)
    if len(given) > MAX_ITEMS:
        raise TooManyItems
    if not all(isinstance(item, Mapping) for item in given):
        raise Malformed(
            _("Each item must be an object."), fields={"items": _("Each item must be an object.")}
        )
    items = [_read(item, session_id, caller, now) for item in given]
    return append_items(session_id=session_id, caller=caller, items=items)


@transaction.atomic
def paste_plan(*, session_id: int, caller: Caller, text: Any, now: datetime) -> SheetWithItems:
    """Add a plan pasted as text, one item per line (pasting.py): all of it, or nothing.

    Raises:
        see add_items; the sentence of a Malformed or BadLine says which line.
    """
    check_moderates(caller=caller, session_id=session_id)
    items, wanted = [], read_plan(text)
    if len(wanted) > MAX_ITEMS:
        raise TooManyItems
    for given in wanted:
        try:
            items.append(_read(given, session_id, caller, now))
        except Malformed as refusal:
            words = {"line": given.get("line") or given["text"], "why": refusal.message}
            sentence = _("“%(line)s”: %(why)s") % words
            raise type(refusal)(sentence, fields={"lines": sentence}) from None
    return append_items(session_id=session_id, caller=caller, items=items)


def _read(given: Mapping[str, Any], session_id: int, caller: Caller, now: datetime) -> NewItem:
    """Return a checked item; a poll's item has its id, and its question if the item has no text of its own."""
    if given.get("kind") != Kind.POLL:
        return read_item(given)
    poll = _poll_of(given, session_id, caller, now)
    text = given.get("text") or poll.question
    return read_item({**given, "text": text, "subject": str(poll.pk)})


def _poll_of(given: Mapping[str, Any], session_id: int, caller: Caller, now: datetime) -> Poll:
    """Return an item's poll, by its id or by its line: an existing one, otherwise a new draft."""
    if (line := given.get("line")) is not None:
        if not isinstance(line, str):
            raise Malformed(_("This must be text."), fields={"line": _("This must be text.")})
        drafts = [poll for poll in polls_of([session_id]) if poll.state == Poll.State.DRAFT]
        known = next((poll for poll in drafts if poll.question.casefold() == line.strip().casefold()), None)
        return known or add_poll(
            session_id=session_id, caller=caller, draft=read_draft(read_line(line)), now=now
        )
    if given.get("subject") is None:
        raise Malformed(_("Choose a poll."), fields={"subject": _("Choose a poll.")})
    return _poll_here(given["subject"], session_id, "subject")


def _poll_here(value: Any, session_id: int, field: str) -> Poll:
    try:
        return poll_by_id(clean_id(value, field=field), session_id=session_id)
    except NotFound:
        sentence = _("This session has no such poll.")
        raise Malformed(sentence, fields={field: sentence}) from None


@transaction.atomic
def go_on(
    *, session_id: int, caller: Caller, seen: Any = None, close: Any = None, now: datetime
) -> SheetWithItems:
    """Move on to the next item, launching a draft poll. `close` is the id of a live poll to close first.

    Raises:
        see run_next; PollIsGone; those of a launch.
        Malformed: `close` is not a poll of this session.
    """

    closed: list[int] = []

    def close_it(item: RunSheetItem) -> None:
        closing = _poll_here(close, session_id, "close")
        lock_polls([closing.pk, *_polls_of(item)])
        if closing.state == Poll.State.LIVE:
            set_poll_state(poll_id=closing.pk, caller=caller, state=Poll.State.CLOSED, now=now)
            closed.append(closing.pk)

    step = run_next(
        session_id=session_id, caller=caller, seen=seen, now=now, first=None if close is None else close_it
    )
    return _launch_and_record(step, closed, caller, now)


@transaction.atomic
def go_to(
    *, session_id: int, item_id: int | None, caller: Caller, seen: Any = None, now: datetime
) -> SheetWithItems:
    """Go to this item, launching a draft poll, or (None) to none.

    Raises:
        see run_item; PollIsGone; those of a launch.
    """
    step = run_item(session_id=session_id, item_id=item_id, caller=caller, seen=seen, now=now)
    return _launch_and_record(step, [], caller, now)


def _launch_and_record(step: Step, closed: list[int], caller: Caller, now: datetime) -> SheetWithItems:
    """Launch the draft that a step leads to, and record what the step did to polls, instead of the previous step."""
    if step.has_moved:
        launched = _launch(step.item, caller, now)
        sheet = step.plan.sheet
        PollStep.objects.filter(sheet=sheet).delete()
        PollStep.objects.bulk_create(
            PollStep(sheet=sheet, poll_id=poll_id, act=act)
            for act, poll_ids in ((PollStep.Act.CLOSED, closed), (PollStep.Act.LAUNCHED, launched))
            for poll_id in poll_ids
        )
    return step.plan


def _launch(item: RunSheetItem | None, caller: Caller, now: datetime) -> list[int]:
    """Launch the item's poll if it is a draft; return its id, as a list of one or none.

    Raises:
        PollIsGone; those of a launch.
    """
    if item is None or item.kind != Kind.POLL:
        return []
    poll = Poll.objects.filter(pk=item.subject or 0, session=item.session_id).first()
    if poll is None or poll.state == Poll.State.ARCHIVED:
        raise PollIsGone
    if poll.state != Poll.State.DRAFT:
        return []
    set_poll_state(poll_id=poll.pk, caller=caller, state=Poll.State.LIVE, now=now)
    return [poll.pk]


@transaction.atomic
def step_back(*, session_id: int, caller: Caller, now: datetime) -> SheetWithItems:
    """Undo the last step within five seconds, together with its launch, and with its close if that revealed nothing.

    Raises:
        see take_step_back
        TooLateToUndo: somebody has already voted; then nothing is undone.
    """
    step = take_step_back(session_id=session_id, caller=caller, now=now)
    sheet = step.plan.sheet
    launched = polls_of_step(sheet, PollStep.Act.LAUNCHED)
    closed = [
        poll.pk
        for poll in Poll.objects.filter(pk__in=polls_of_step(sheet, PollStep.Act.CLOSED))
        if poll.state == Poll.State.CLOSED and not close_shows_something_new(poll)
    ]
    lock_polls([*launched, *closed])
    for ids, state in ((launched, Poll.State.DRAFT), (closed, Poll.State.LIVE)):
        for poll_id in ids:
            set_poll_state(poll_id=poll_id, caller=caller, state=state, now=now)
    PollStep.objects.filter(sheet=sheet).delete()
    return step.plan


def polls_of_step(sheet: RunSheet, act: PollStep.Act) -> list[int]:
    """Return the ids of the polls that the run sheet's last step launched or closed; none once it is final."""
    return list(PollStep.objects.filter(sheet=sheet, act=act).values_list("poll_id", flat=True))


def _polls_of(item: RunSheetItem | None) -> list[int]:
    """Return the id of the item's poll, as a list of one or none."""
    if item is None or item.kind != Kind.POLL or item.subject is None:
        return []
    return [item.subject]
