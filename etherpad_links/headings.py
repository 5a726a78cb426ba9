"""The headings of a pad: lines that are marked as such, and plain ones followed by a list."""

import re

from etherpad_links.easysync import BadChangeset, Document, Line, split_lines
from etherpad_links.easysync.units import readable
from etherpad_links.models import PadCopy

MOST = 12
LONGEST = 100
TYPED_HEADING = re.compile(r"#{1,6}\s+")
TYPED_ITEM = re.compile(r"[*+\-•]\s*")
NUMBER = re.compile(r"\d+[.)]\s+")


def headings_of(copy: PadCopy) -> list[str]:
    """Return the headings in order, each once, at most twelve; none if the copy cannot be read."""
    try:
        lines = split_lines(Document.from_wire(copy.text, copy.runs, copy.pool))
    except BadChangeset:
        return []
    filled = [(line, text) for line in lines if (text := readable("".join(line.units)).strip())]
    found = [
        _plain(text)
        for place, (line, text) in enumerate(filled)
        if _is_marked(line, text) or _leads_a_list(filled, place)
    ]
    return [text for text in dict.fromkeys(found) if 0 < len(text) <= LONGEST][:MOST]


def _is_marked(line: Line, text: str) -> bool:
    """Return True if it was made a heading with the editor's button, or typed as one."""
    return "heading" in dict(line.mark) or TYPED_HEADING.match(text) is not None


def _leads_a_list(filled: list[tuple[Line, str]], place: int) -> bool:
    """Return True if an ordinary line is directly above a list."""
    if place + 1 >= len(filled):
        return False
    return not _is_item(*filled[place]) and _is_item(*filled[place + 1])


def _is_item(line: Line, text: str) -> bool:
    return "list" in dict(line.mark) or TYPED_ITEM.match(text) is not None


def _plain(text: str) -> str:
    return NUMBER.sub("", TYPED_HEADING.sub("", text)).rstrip(" :")
