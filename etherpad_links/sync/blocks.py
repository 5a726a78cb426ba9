"""Headings in a pad and the names under them: where they stand, and when that cannot be said."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from etherpad_links.easysync import Line
from etherpad_links.models import PadLine

LIST_SIGNS = re.compile(r"^\s*(?:[-*•‣–]\s+|\d{1,3}[.)]\s+)")  # what people type where they want a list
CLOSE_MATCH = 0.8
MAX_NAME_UNITS = 80

State = PadLine.State


@dataclass(frozen=True, slots=True)
class Place:
    """Where a heading stands. `line` is None unless the state is OK; `copies` counts the lines that read like it."""

    state: str
    line: Line | None = None
    copies: int = 0


def folded(text: str) -> str:
    """Return a text as it is compared: without its case, spacing, composition, list signs and last colon."""
    plain = unicodedata.normalize("NFKC", LIST_SIGNS.sub("", text)).casefold()
    return " ".join(plain.split()).rstrip(":").rstrip()


def name_on(line: Line) -> str:
    """Return the name that a line holds, without the signs of a list."""
    return " ".join(LIST_SIGNS.sub("", line.text).split())


def locate(lines: Sequence[Line], *, heading: str, position: int | None, copies: int = 1) -> Place:
    """Find a heading: by its place, which was followed through every change, then by its words.

    `position` is that of the newline that ends it, None where it was deleted or never known. A renamed heading keeps
    its newline, so its place counts; one that somebody broke with Enter is found by its words. Where more lines read
    like it than the `copies` that a moderator has seen, nobody can say which one is meant.
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
    close = [line for line in lines if _is_close(line.text, heading)]
    return Place(State.OK, close[0], 1) if len(close) == 1 else Place(State.MISSING)


def _is_close(text: str, heading: str) -> bool:
    return SequenceMatcher(None, folded(text), folded(heading)).ratio() >= CLOSE_MATCH


def is_ours(line: Line, author: str) -> bool:
    """Whether we wrote every sign of the line."""
    return bool(line.authors) and set(line.authors) == {author}


def names_under(
    lines: Sequence[Line],
    heading: Line,
    *,
    other_headings: Collection[int],
    author: str,
    known: Collection[str],
) -> list[Line]:
    """Return the lines with names: down to a blank line or another heading.

    One blank line is bridged where a name follows that we wrote or know: somebody pressed Enter where we wrote.
    """
    below = lines[heading.number :]
    found: list[Line] = []
    for nth, line in enumerate(below):
        if line.number in other_headings:
            break
        if not line.is_blank:
            found.append(line)
            continue
        following = below[nth + 1] if nth + 1 < len(below) else None
        if following is None or following.is_blank or following.number in other_headings:
            break
        if not (is_ours(following, author) or folded(following.text) in known):
            break
    return found


def is_name(line: Line) -> bool:
    """Whether a line can be a name that somebody typed: not a sentence that happens to stand there."""
    return bool(name_on(line)) and len(line.units) <= MAX_NAME_UNITS
