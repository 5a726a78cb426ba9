"""A moderator's current options for a poll, as buttons."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from opendev.room.cards import PollCard
from polls.models import Poll

STATE, VISIBILITY, CLOCK, ROUND, RIGHT = (
    "control-poll-state",
    "control-poll-visibility",
    "control-poll-clock",
    "control-poll-round",
    "control-poll-right-answer",
)
COUNTDOWN_S, MORE_S = 60, 30


@dataclass(frozen=True, slots=True)
class Move:
    """A button that posts `field=value` to `url_name`, in the colour of the state that it leads `to`."""

    url_name: str
    field: str
    value: str
    label: str
    to: str | None = None
    icon: str = ""
    primary: bool = False
    seconds_left: int = 0

    @property
    def key(self) -> str:
        """Its keyboard shortcut."""
        if self.url_name != STATE:
            return {VISIBILITY: "r", CLOCK: "t", ROUND: "a", RIGHT: "y"}[self.url_name]
        return {"live": "l", "closed": "c", "data": "p"}.get(self.to or "", "x")

    @property
    def is_aside(self) -> bool:
        """Return True if it is below the poll and not next to the main button."""
        return self.url_name in {CLOCK, ROUND} or self.value == "archived"


def moves_of(card: PollCard) -> list[Move]:
    """Return the currently legal moves, the most likely one first and primary."""
    match card.state:
        case Poll.State.DRAFT:
            launch = Move(STATE, "state", "live", _("Launch"), "live", "air", primary=True)
            return [launch, Move(STATE, "state", "archived", _("Archive"), None, "archive")]
        case Poll.State.LIVE:
            return _live_moves(card)
        case Poll.State.CLOSED:
            publish = Move(STATE, "state", "published", _("Publish results"), "data", "eye", primary=True)
            return [publish, *_right_moves(card), *_over_moves()]
        case Poll.State.PUBLISHED:
            return [*_right_moves(card), *_over_moves()]
    restored = "closed" if card.poll["launched_at"] else "draft"
    return [Move(STATE, "state", restored, _("Restore from the archive"), None, "undo")]


def _live_moves(card: PollCard) -> list[Move]:
    hidden = card.poll["visibility"] != Poll.Visibility.ALWAYS
    close = Move(STATE, "state", "closed", _("Close voting"), "closed", "stop", primary=not hidden)
    moves = [close]
    if hidden:
        moves.insert(
            0, Move(VISIBILITY, "visibility", "always", _("Reveal results"), "data", "eye", primary=True)
        )
    if card.closes_at is None:
        label = _("Close in %(seconds)d s") % {"seconds": COUNTDOWN_S}
        moves.append(Move(CLOCK, "seconds", str(COUNTDOWN_S), label, None, "clock"))
    else:
        label = _("%(seconds)d s more") % {"seconds": MORE_S}
        moves.append(Move(CLOCK, "seconds", str(MORE_S), label, None, "clock"))
    return moves


def _right_moves(card: PollCard) -> list[Move]:
    """Return the button that reveals the right answer, if there is one that is not revealed yet."""
    return [Move(RIGHT, "", "", _("Reveal the right answer"), "data", "check")] if card.hides_right else []


def _over_moves() -> list[Move]:
    return [
        Move(ROUND, "", "", _("Run again"), None, "retry"),
        Move(STATE, "state", "archived", _("Archive"), None, "archive"),
    ]


def undo_of(card: PollCard, now: datetime) -> Move | None:
    """Return the move that undoes the last action, while that is possible."""
    until = parse_datetime(card.poll.get("undo_until") or "")
    if until is None or until <= now:
        return None
    back, label = {
        Poll.State.LIVE: ("draft", _("Undo the launch")),
        Poll.State.CLOSED: ("live", _("Open voting again")),
        Poll.State.PUBLISHED: ("closed", _("Undo publishing")),
    }[Poll.State(card.state)]
    seconds = max(1, round((until - now).total_seconds()))
    return Move(STATE, "state", back, label, None, "undo", seconds_left=seconds)
