"""Sign-up lines for pages: the values that templates need, computed once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from opendev.core.attendance import AttendeePass
from sessions.follow_ups.models import SignUp
from sessions.follow_ups.selectors import lines as follow_ups
from sessions.follow_ups.selectors.lines import LineWithNames
from sessions.follow_ups.serializers import line_json, mine_json

NAMES_SHOWN = 3


@dataclass(frozen=True)
class InPad:
    """What is known about a line in its session's pad; empty if there is no pad.

    `number` is the current line number; `saved` is "under" if the reader's own name is there, "waiting" if it will
    appear when the pad is back, "unplaced" if the position is unknown; `url` leads to the line in the pad.
    """

    number: int | None = None
    saved: str = ""
    url: str = ""
    state: str = ""

    @property
    def is_lost(self) -> bool:
        """Whether a moderator has to choose the pad line."""
        return self.state in {"missing", "doubled"}


NOT_IN_PAD = InPad()


@dataclass(frozen=True)
class LineCard:
    """A line for one reader."""

    line: dict[str, Any]
    mine: dict[str, Any]
    pad: InPad = NOT_IN_PAD
    is_joined: bool = False
    wish: str = ""  # the reader's role in the suggestion that it was opened from: "author", "supporter"

    def __getattr__(self, name: str) -> Any:
        return self.line[name]

    @property
    def number(self) -> int | None:
        """The current line number, otherwise the announced one."""
        return self.pad.number or self.line["announced_line"]

    @property
    def own(self) -> str:
        """The reader's own name, if it is on the line."""
        return self.mine.get("name", "") if self.mine["signed_up"] else ""

    @property
    def others(self) -> list[dict[str, Any]]:
        """The first names of other people that are listed."""
        names = list(self.line["names"])
        if self.own and self.mine["shown"]:
            own = next((name for name in names if name["name"] == self.own), None)
            names = [name for name in names if name is not own]
        return names[:NAMES_SHOWN]

    @property
    def more(self) -> int:
        """The number of people on the line whose names are not shown."""
        return max(0, self.line["count"] - len(self.others) - bool(self.own))


def line_cards(
    session_ids: Iterable[int], attendee: AttendeePass | None, pads: Mapping[int, InPad] | None = None
) -> list[LineCard]:
    """Return the sessions' lines as this attendee, or a visitor, sees them. `pads` is the state of the pads."""
    lines = follow_ups.lines_of(session_ids)
    own = follow_ups.own_sign_ups([(attendee, [each.line.pk for each in lines])])[0] if attendee else {}
    return cards_of(lines, own, pads or {}, is_joined=attendee is not None)


def cards_of(
    lines: Iterable[LineWithNames],
    own: Mapping[int, SignUp],
    pads: Mapping[int, InPad],
    *,
    is_joined: bool,
    wishes: Mapping[str, str] | None = None,
) -> list[LineCard]:
    """Return the given lines with the attendee's `own` sign-ups by line, and their `wishes` before."""
    return [
        LineCard(
            line_json(each),
            mine_json(own.get(each.line.pk)),
            pads.get(each.line.pk, NOT_IN_PAD),
            is_joined,
            (wishes or {}).get(str(each.line.pk), ""),
        )
        for each in lines
    ]


def line_card(found: LineWithNames, attendee: AttendeePass | None, pad: InPad = NOT_IN_PAD) -> LineCard:
    """Return one line as this attendee, or a visitor, sees it."""
    own = follow_ups.own_sign_ups([(attendee, [found.line.pk])])[0] if attendee else {}
    return LineCard(line_json(found), mine_json(own.get(found.line.pk)), pad, attendee is not None)
