"""Headings in a pad and the names below them: their positions, and when these are ambiguous."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from etherpad_links.easysync import Line
from etherpad_links.models import PadLine
from etherpad_links.names import read_name

LIST_SIGNS = re.compile(r"^\s*(?:[-*•‣–]\s+|\d{1,3}[.)]\s+)")  # what people type for list items
CLOSE_MATCH = 0.8
MAX_NAME_UNITS = 80

State = PadLine.State


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a heading. `line` is None unless the state is OK; `copies` counts the lines that read like it."""

    state: str
    line: Line | None = None
    copies: int = 0


@lru_cache(maxsize=16384)
def folded(text: str) -> str:
    """Return a text for comparison: without case, spacing, composition, list marks and final colon."""
    plain = unicodedata.normalize("NFKC", LIST_SIGNS.sub("", text)).casefold()
    return " ".join(plain.split()).rstrip(":").rstrip()


def name_on(line: Line) -> str:
    """Return the name on a line, without list marks."""
    return " ".join(LIST_SIGNS.sub("", line.text).split())


def locate(
    lines: Sequence[Line], *, heading: str, position: int | None, copies: int = 1, author: str | None = None
) -> Place:
    """Find a heading among lines that are not other headings: by its position, then by its text.

    `position` is that of its final newline, tracked through every change; None if it was deleted or never known.
    A renamed heading keeps its newline, so its position counts; one that somebody split with Enter is found by its
    text. If more lines read like it than the `copies` that a moderator has seen, it is ambiguous.

    With an `author` (ours), a line that reads nearly the same is accepted if it is the only one and still has some of
    our
    text: then it is our heading, renamed. Titles in a programme are often similar ("Table 1", "Table 2").
    """
    alike = [line for line in lines if folded(line.text) == folded(heading)]
    there = next((line for line in lines if line.end == position), None)
    if len(alike) > copies:
        return Place(State.DOUBLED, copies=len(alike))
    if there is not None and (there in alike or (not there.is_blank and (not alike or copies > 1))):
        return Place(State.OK, there, max(len(alike), 1))
    if len(alike) == 1:
        return Place(State.OK, alike[0], 1)
    if alike:
        return Place(State.DOUBLED, copies=len(alike))
    close = [line for line in lines if author and author in line.authors and _is_close(line.text, heading)]
    return Place(State.OK, close[0], 1) if len(close) == 1 else Place(State.MISSING)


def _is_close(text: str, heading: str) -> bool:
    return SequenceMatcher(None, folded(text), folded(heading)).ratio() >= CLOSE_MATCH


def distinct_heading(title: str, taken: Collection[str]) -> str:
    """Return the heading for a title: the title, with a number if another heading reads the same.

    `taken` are the folded headings of the session's other lines.
    """
    heading, number = title, 1
    while folded(heading) in taken:
        number += 1
        heading = f"{title} ({number})"
    return heading


def is_ours(line: Line, author: str) -> bool:
    """Return True if we wrote every character of the line."""
    return bool(line.authors) and set(line.authors) == {author}


def names_under(
    lines: Sequence[Line], heading: Line, *, fences: Collection[int], known: Iterable[str]
) -> list[Line]:
    """Return the lines with names: down to an empty line, another heading or a passage of ours.

    `fences` are the numbers of those other lines. One empty line is skipped if it is followed by a name of the block
    that has not occurred yet (`known`, folded): somebody pressed Enter among the names.
    """
    below, awaited = lines[heading.number :], Counter(known)
    names: list[Line] = []
    for nth, line in enumerate(below):
        if line.number in fences:
            break
        if not line.is_blank:
            names.append(line)
            awaited[folded(line.text)] -= 1
            continue
        following = below[nth + 1] if nth + 1 < len(below) else None
        if following is None or following.number in fences or awaited[folded(following.text)] <= 0:
            break
    return names


def is_name(line: Line) -> bool:
    """Return True if the line can be a name that somebody typed: short, and not a placeholder."""
    return len(line.units) <= MAX_NAME_UNITS and read_name(name_on(line)) is not None
