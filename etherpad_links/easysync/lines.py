"""Lines of a document: reading them, and the changesets that add, rewrite and remove whole ones.

A line in a list begins with a hidden `*` that has the list as attributes. Everything that we insert has our
author, and begins with a newline: Etherpad's merge then never puts it into the middle of somebody's typing there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from etherpad_links.easysync.changesets import Changeset, splice
from etherpad_links.easysync.documents import NO_ATTRIBUTES, Attributes, Document, sorted_attributes
from etherpad_links.easysync.merging import INSERT_FIRST
from etherpad_links.easysync.units import readable, to_units

IS_MARK = "lmkr"


@dataclass(frozen=True)
class Line:
    """One line: `number` counts from 1; `end` is the position of its final newline."""

    number: int
    start: int
    end: int
    units: str
    mark: Attributes = NO_ATTRIBUTES  # of the list that the line belongs to
    authors: tuple[str, ...] = ()  # of each unit of `units`, "" if unknown

    @cached_property
    def text(self) -> str:
        """The visible text, as an ordinary text."""
        return readable(self.units)

    @property
    def is_blank(self) -> bool:
        """Whether it looks empty."""
        return not self.units.strip()

    @property
    def list_mark(self) -> Attributes:
        """The mark if it is that of a list, otherwise none."""
        return self.mark if any(key == "list" for key, _ in self.mark) else NO_ATTRIBUTES


@lru_cache(maxsize=1024)
def author_of(attributes: Attributes) -> str:
    """Return its authors, "" for an unknown one."""
    return dict(attributes).get("author", "")


def split_lines(document: Document) -> list[Line]:
    """Return the lines. The newline at the document's end ends the last line and begins no other."""
    lines, start = [], 0
    for number, units in enumerate(document.text.removesuffix("\n").split("\n"), 1):
        end = start + len(units)
        mark = document.marks[start] if units else NO_ATTRIBUTES
        is_marked = any(key == IS_MARK for key, _ in mark)
        authors = tuple(map(author_of, document.marks[start + is_marked : end]))
        lines.append(
            Line(number, start, end, units[is_marked:], mark if is_marked else NO_ATTRIBUTES, authors)
        )
        start = end + 1
    return lines


def add_lines(document: Document, below: Line, texts: Sequence[str], author: str) -> Changeset:
    """Return the changeset that adds lines below a line, as entries of its list if it belongs to one.

    Other marks are not continued: a heading (ep_headings2) or an alignment is that line's own.
    """
    pieces = []
    for nth, text in enumerate(texts, 1):
        pieces.append(("\n", _written_by(author)))
        if below.list_mark:
            pieces.append(("*", _next_mark(below.mark, nth, author)))
        pieces.append((to_units(text), _written_by(author)))
    return splice(document, below.end, 0, pieces)


def remove_line(document: Document, line: Line) -> Changeset:
    """Return the changeset that removes a line with its final newline, or the last line with the newline before it.

    The newline before it stays if possible: the position of a heading may be remembered by it.
    """
    if line.end + 1 < len(document.text):
        return splice(document, line.start, line.end + 1 - line.start, [])
    start = max(line.start - 1, 0)
    return splice(document, start, line.end - start, [])


def rewrite_line(document: Document, line: Line, text: str, author: str) -> Changeset:
    """Return the changeset that replaces the text of a line; its position in a list stays."""
    start = line.end - len(line.units)
    return splice(document, start, len(line.units), [(to_units(text), _written_by(author))])


def _written_by(author: str) -> Attributes:
    return sorted_attributes([("author", author)])


def _next_mark(mark: Attributes, nth: int, author: str) -> Attributes:
    """Return the mark of the nth entry after one with `mark`; a numbered list continues."""
    kept = {key: value for key, value in mark if key in {"list", "start"}}
    if kept.get("start", "").isdigit():
        kept["start"] = str(int(kept["start"]) + nth)
    return sorted_attributes(
        {**kept, IS_MARK: "1", "author": author, INSERT_FIRST[0]: INSERT_FIRST[1]}.items()
    )
