"""A pad as people read it here: numbered lines, each split by author. Never HTML, whatever it contains."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from etherpad_links.easysync import BadChangeset, Document, Line, split_lines
from etherpad_links.easysync.units import readable
from etherpad_links.models import PadCopy

TINTS = 4  # authors' colours in the design; later authors share one
LEVEL = re.compile(r"\d+$")
MOST_LEVELS = 6


@dataclass(frozen=True, slots=True)
class NotesLine:
    """One line: `level` is its depth in a list, `parts` are (text, tint), tint 0 if the author is unknown."""

    level: int
    parts: tuple[tuple[str, int], ...]

    def as_json(self) -> dict[str, Any]:
        """Return `{level, parts: [[text, tint]]}`."""
        return {"level": self.level, "parts": [list(part) for part in self.parts]}


@dataclass(frozen=True, slots=True)
class Notes:
    """The pad at one revision."""

    revision: int
    lines: tuple[NotesLine, ...]


@dataclass(frozen=True, slots=True)
class NotesChange:
    """A change: these lines replace `removed` lines from `at` on (counted from 0)."""

    at: int
    removed: int
    lines: tuple[NotesLine, ...]


def notes_of(copy: PadCopy) -> Notes:
    """Return the notes in a copy; empty ones if it cannot be read."""
    try:
        lines = split_lines(Document.from_wire(copy.text, copy.runs, copy.pool))
    except BadChangeset:
        lines = []
    tints: dict[str, int] = {"": 0}
    return Notes(copy.revision, tuple(_read(line, tints) for line in lines))


def _read(line: Line, tints: dict[str, int]) -> NotesLine:
    parts = []
    for author, group in groupby(zip(line.units, line.authors, strict=True), key=lambda pair: pair[1]):
        tint = tints.setdefault(author, (len(tints) - 1) % TINTS + 1)
        parts.append((readable("".join(unit for unit, _ in group)), tint))
    return NotesLine(_level(line), tuple(parts))


def _level(line: Line) -> int:
    """Return the depth of a line: a list of the first level is 1; typed stars count as list marks."""
    found = LEVEL.search(dict(line.mark).get("list", ""))
    return min(int(found[0]), MOST_LEVELS) if found else 0


def difference(before: Sequence[NotesLine], after: Sequence[NotesLine]) -> NotesChange:
    """Return the changed lines, without the equal ones at the beginning and at the end."""
    most = min(len(before), len(after))
    head = next((n for n in range(most) if before[n] != after[n]), most)
    tail = next((n for n in range(most - head) if before[-1 - n] != after[-1 - n]), most - head)
    return NotesChange(head, len(before) - head - tail, tuple(after[head : len(after) - tail]))
