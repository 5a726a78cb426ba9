"""Sign-up lines as pages show them: what templates need to know, computed once."""

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
    """What is known of a line in its session's pad; nothing where there is no pad, or nobody asked it.

    `number` is the line as it is now; `saved` is "under" where one's own name stands there, "waiting" where it will
    appear when the pad is back, "unplaced" where nobody knows its line; `url` leads to the line in the pad.
    """

    number: int | None = None
    saved: str = ""
    url: str = ""
    state: str = ""

    @property
    def is_lost(self) -> bool:
        """Whether a moderator has to say which line it is."""
        return self.state in {"missing", "doubled"}


NOT_IN_PAD = InPad()


@dataclass(frozen=True)
class LineCard:
    """One line for one reader."""

    line: dict[str, Any]
    mine: dict[str, Any]
    pad: InPad = NOT_IN_PAD
    is_joined: bool = False
    wish: str = ""  # what the reader is to the suggestion that it was opened from: "author", "supporter"

    def __getattr__(self, name: str) -> Any:
        return self.line[name]

    @property
    def number(self) -> int | None:
        """The line's number as it is now, else as people said it."""
        return self.pad.number or self.line["announced_line"]

    @property
    def own(self) -> str:
        """One's own name, where it is on the line."""
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
        """How many people are on the line besides those whose names are shown."""
        return max(0, self.line["count"] - len(self.others) - bool(self.own))


def line_cards(
    session_ids: Iterable[int], attendee: AttendeePass | None, pads: Mapping[int, InPad] | None = None
) -> list[LineCard]:
    """Return the sessions' lines as this attendee, or a visitor, sees them. `pads` says what stands in the pads."""
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
    """Return lines, which were read, with one's `own` sign-ups by line, and one's `wishes` for them before."""
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
