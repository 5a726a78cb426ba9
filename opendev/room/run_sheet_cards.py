"""A run sheet for pages: the plan in the control room, and the running item in the room and on the screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from opendev.room.models import PollStep
from sessions.run_sheet.models import RunSheet, RunSheetItem
from sessions.run_sheet.selectors import SheetWithItems, sheet_with_items
from sessions.run_sheet.serializers import running_json, undo_until

Kind = RunSheetItem.Kind


@dataclass
class ItemCard:
    """An item of the plan. `begins` is its planned minute; `used` seconds include the current run."""

    item: RunSheetItem
    begins: int
    used: int
    is_running: bool
    position: int
    poll: Any = None  # its card in the control room, if the item is an existing poll

    @property
    def id(self) -> str:
        """The item's id."""
        return str(self.item.pk)

    @property
    def title(self) -> str:
        """Its text in the list: its own, the poll's current question, or the kind."""
        if self.poll is not None:
            return str(self.poll.poll["question"])
        return self.item.text or str(self.item.get_kind_display())

    @property
    def was_run(self) -> bool:
        """Whether it has run, and is not running now."""
        return self.item.started_at is not None and not self.is_running

    @property
    def state(self) -> str:
        """The state that determines its colour; for a poll the poll's own."""
        if self.poll is not None:
            return str(self.poll.state)
        return "live" if self.is_running else "closed" if self.was_run else "plain"

    @property
    def used_minutes(self) -> int:
        """The whole minutes used so far."""
        return self.used // 60

    @property
    def is_over(self) -> bool:
        """Whether it takes longer than planned."""
        return 0 < self.item.minutes * 60 < self.used


@dataclass
class SheetCard:
    """The run sheet of a session, for its moderators."""

    found: SheetWithItems
    items: list[ItemCard]
    undo_seconds: int = 0
    behind: int = 0  # minutes over the plan for the items that ran; below 0: to spare
    polls_in_it: frozenset[str] = field(default_factory=frozenset)
    launched: frozenset[str] = field(
        default_factory=frozenset
    )  # polls by the last step, while it can be undone
    closed: frozenset[str] = field(default_factory=frozenset)

    @property
    def running(self) -> ItemCard | None:
        """The item that runs."""
        return next((card for card in self.items if card.is_running), None)

    @property
    def next(self) -> ItemCard | None:
        """The item after one step."""
        following = self.found.next
        return next((card for card in self.items if following and card.item.pk == following.pk), None)

    @property
    def seen(self) -> str:
        """The id of the running item that the reader sees, "" for none."""
        return str(self.found.sheet.running_id or "")

    @property
    def minutes(self) -> int:
        """The length of the plan."""
        return sum(card.item.minutes for card in self.items)

    @property
    def undo_of(self) -> str:
        """What the last step launched, for the undo banner: a poll's id, otherwise "run"."""
        return next(iter(self.launched), "run")


def sheet_card(session_id: int, polls: Mapping[str, Any], now: datetime) -> SheetCard:
    """Return the plan of a session; `polls` are its cards by id, as moderators see them."""
    found = sheet_with_items(session_id)
    sheet = found.sheet
    cards, begins = [], 0
    for position, item in enumerate(found.items, 1):
        is_running = item.pk == sheet.running_id
        goes_on = max(0, int((now - sheet.since).total_seconds())) if is_running and sheet.since else 0
        poll = polls.get(str(item.subject)) if item.kind == Kind.POLL else None
        cards.append(ItemCard(item, begins, item.used_seconds + goes_on, is_running, position, poll))
        begins += item.minutes
    until = undo_until(sheet)
    undo_seconds = max(0, round((until - now).total_seconds())) if until else 0
    launched, closed = _polls_of_step(sheet) if undo_seconds else (frozenset(), frozenset())
    is_voted_on = any(polls[poll_id].ballots for poll_id in launched if poll_id in polls)
    return SheetCard(
        found,
        cards,
        undo_seconds=0 if is_voted_on else undo_seconds,
        behind=_behind(cards),
        polls_in_it=frozenset(card.poll.id for card in cards if card.poll is not None),
        launched=launched,
        closed=closed,
    )


def _polls_of_step(sheet: RunSheet) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids of the polls that the last step launched, and of those it closed."""
    steps = list(sheet.poll_steps.all())
    launched = frozenset(str(step.poll_id) for step in steps if step.act == PollStep.Act.LAUNCHED)
    return launched, frozenset(str(step.poll_id) for step in steps) - launched


def _behind(cards: Sequence[ItemCard]) -> int:
    """Return by how many minutes the items so far exceeded the plan; the running one counts once its time is up."""
    seconds = 0
    for card in cards:
        planned = card.item.minutes * 60
        if card.was_run:
            seconds += card.used - planned
        elif card.is_running:
            seconds += max(0, card.used - planned)
    return int(seconds / 60)


def told_of(session_id: int) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Return the public part: the running item (None, or `{id, kind, text, line, since}`), and the prompts shown."""
    told = running_json(sheet_with_items(session_id))
    return told["item"], told["prompts"]


def running_of(session_id: int) -> dict[str, Any] | None:
    """Return the running item as everybody may see it: None, or `{id, kind, text, line, since}`."""
    return told_of(session_id)[0]


def is_taken(running: dict[str, Any] | None) -> bool:
    """Return True if the running item is public and not a poll, so that it has the stage."""
    return running is not None and running["kind"] != Kind.POLL
