"""What a result is made of, and its rows as they are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Counted:
    """An option with its count.

    Attributes:
        value: its number, where the kind gives options numbers.
        id: as in REST.
        is_picked: whether a moderator picked it for the recap; of written answers.
        weight: what the ballots gave it, where ballots have values.
        written: how many people wrote it themselves, before it became an option.
        above: how many ballots put it above each option, in the options' order; at its own place how many put it first.
    """

    text: str
    count: int
    value: int | None = None
    id: str = ""
    is_picked: bool = False
    weight: int = 0
    above: Sequence[int] = ()
    written: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What a result is made of: the poll's rules, how many people's ballots count, and its options in order.

    Of what voters wrote, `options` are the most named, `different` says how many answers there are in all, and `values`
    are all of them with their counts, where the kind reads all. `result` is there where it was made already. `right` is
    a right answer that was written, once it was revealed.
    """

    rules: Mapping[str, Any]
    ballots: int
    options: Sequence[Counted]
    different: int = 0
    values: Sequence[tuple[str, int]] = ()
    result: Mapping[str, Any] | None = None
    right: Sequence[int | str] = ()


@dataclass(frozen=True, slots=True)
class ResultRow:
    """An option in a result, as pages, notes, files and the recap show it.

    Attributes:
        index: the option's, from 0.
        figure: the number in front, with its unit.
        amount: the number behind, and the word that it counts.
        width: of the bar, as an SVG length.
        cells: the row of a table, below the kind's `columns`.
        line: all of it in a line of text.
        note: what stands below the bar, or "".
    """

    index: int
    figure: int
    unit: str
    amount: str
    word: str
    width: str
    is_lead: bool
    cells: Sequence[str]
    line: str
    note: str = ""
