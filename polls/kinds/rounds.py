"""Two rounds of one poll compared, option by option."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from babel.lists import format_list
from django.utils.translation import gettext as _

from opendev.core.languages import locale
from opendev.core.punctuation import in_brackets, quoted
from polls.kinds.base import Kind
from polls.kinds.tallies import ResultRow, Tally

MINUS = "\u2212"
UP, DOWN, SAME = "\u25b2", "\u25bc", "="
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Change:
    """An option in both rounds; None for a round without it.

    `lengths` are those of both bars in percent of the longest; both rounds have the same scale.
    """

    text: str
    before: ResultRow | None
    after: ResultRow | None
    lengths: tuple[str, str] = ("0", "0")

    @property
    def by(self) -> int | None:
        """By how many percentage points, or places, it rose; None if a round did not have it."""
        if self.before is None or self.after is None:
            return None
        risen = self.after.figure - self.before.figure
        return risen if self.after.unit else -risen  # the first place is the best

    @property
    def arrow(self) -> str:
        """Whether it rose or fell, as an arrow."""
        by = self.by
        return "" if by is None else UP if by > 0 else DOWN if by < 0 else SAME

    @property
    def amount(self) -> str:
        """+12, −5 or 0; "" if a round did not have it."""
        by = self.by
        return "" if by is None else f"{by:+d}".replace("-", MINUS) if by else "0"

    @property
    def from_to(self) -> str:
        """Return "33% → 64%", from left to right in any language, since the arrow is never mirrored."""
        return f"\u2066{' → '.join(self.figures)}\u2069"

    @property
    def figures(self) -> tuple[str, str]:
        """The figures of both rounds, with their unit; a dash if a round did not have it."""
        return _figure(self.before), _figure(self.after)


class Rounds(NamedTuple):
    """A round and the one before it: their numbers, the number of voters in each, and the options in order."""

    before: int
    after: int
    voted_before: int
    voted: int
    changes: Sequence[Change]
    is_of_places: bool

    @property
    def sentence(self) -> str:
        """What changed most, in a sentence."""
        return rounds_sentence(self)

    @property
    def heading(self) -> str:
        """The unit of the changes."""
        return _("Change in places") if self.is_of_places else _("Change in percentage points")


def may_compare(kind: Kind) -> bool:
    """Return True if rounds of this kind have the same options."""
    return not kind.is_written


def rounds_of(kind: Kind, before: tuple[int, Tally], after: tuple[int, Tally]) -> Rounds:
    """Return each option's change from one (round, tally) to another, in the order of the later one's rows.

    Options are the same if their texts are. Those that only the first round had come last.
    """
    rows = [*kind.rows(before[1]), *kind.rows(after[1])]
    longest = max((_measure(row) for row in rows), default=0) or 1
    earlier = {before[1].options[row.index].text: row for row in kind.rows(before[1])}
    pairs: list[tuple[str, ResultRow | None, ResultRow | None]] = []
    for row in kind.rows(after[1]):
        text = after[1].options[row.index].text
        pairs.append((text, earlier.pop(text, None), row))
    pairs += [(text, row, None) for text, row in earlier.items()]
    changes = [
        Change(text, first, last, (_length(first, longest), _length(last, longest)))
        for text, first, last in pairs
    ]
    return Rounds(
        before[0],
        after[0],
        before[1].ballots,
        after[1].ballots,
        changes,
        is_of_places=kind.has_places,
    )


def rounds_sentence(rounds: Rounds) -> str:
    """Return "Since round 1 (120 voted), these changed most: “Magnum” (32% → 44%)." """
    moved = sorted(
        (change for change in rounds.changes if change.by), key=lambda change: -abs(change.by or 0)
    )
    words: dict[str, object] = {"round": rounds.before, "voted": rounds.voted_before}
    if not moved:
        return _("Nothing changed since round %(round)d (%(voted)d voted).") % words
    if len(moved) > MOST_NAMED:
        least = abs(moved[MOST_NAMED].by or 0)
        above = [change for change in moved[:MOST_NAMED] if abs(change.by or 0) > least]
        moved = above or moved[:MOST_NAMED]
    words["changes"] = format_list(
        [in_brackets(quoted(each.text), each.from_to) for each in moved],
        style="unit",
        locale=locale(),
    )
    if rounds.is_of_places:
        return _("Since round %(round)d (%(voted)d voted), these changed places most: %(changes)s.") % words
    return _("Since round %(round)d (%(voted)d voted), these changed most: %(changes)s.") % words


def _measure(row: ResultRow) -> float:
    """Return the length of a bar: the share, or if the figure is a place, the length of the page's bar."""
    return row.figure if row.unit else float(row.width.rstrip("%"))


def _length(row: ResultRow | None, longest: float) -> str:
    return "0" if row is None else f"{100 * _measure(row) / longest:.1f}"


def _figure(row: ResultRow | None) -> str:
    return "\u2013" if row is None else f"{row.figure}{row.unit}"
