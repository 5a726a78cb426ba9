"""The data of a result, and its rows as they are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Counted:
    """An option with its count.

    Attributes:
        value: its number, if the kind gives options numbers.
        id: as in REST.
        is_picked: whether a moderator picked it for the recap; for written answers.
        weight: the sum of the ballots' values for it, if ballots have values.
        written: how many people wrote it themselves, before it became an option.
        above: how many ballots put it above each option, in the options' order; at its own index, how many put it
            first.
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
    """The data of a result: the poll's rules, the number of people whose ballots count, and its options in order.

    For written answers, `options` are the most frequent, `different` is the total number of answers, and `values`
    are all of them with their counts, if the kind reads all. `result` is set if it was computed already. `right` is
    a written right answer, once it has been revealed.
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
        figure: the number before it, with its unit.
        amount: the number after it, and the word that it counts.
        width: of the bar, as an SVG length.
        cells: the row of a table with the kind's `columns`.
        line: everything in one line of text.
        note: the text below the bar, or "".
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
