"""Passages: a few lines that the product writes into a pad and keeps up to date, such as a poll's published result.

Each has a marker in its first line, by which it is found again; so it is written once, and updated in place.
Lines that people changed are theirs from then on, and a passage that they removed is not written again unchanged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from etherpad_links.easysync import Changeset, Document, Line, remove_line, rewrite_line
from etherpad_links.sync.acts import add_at_end, add_below


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that should be in a pad. `marker` is part of the first line and of no other text."""

    key: str
    marker: str
    lines: tuple[str, ...]


class PassageSource(Protocol):
    """The source of passages: code above this app that knows both sides."""

    def marks(self, session_ids: Sequence[int]) -> Mapping[int, Any]:
        """Return for each session a value that changes when its passages may have changed."""
        ...

    def read(self, session_id: int) -> list[Passage]:
        """Return the passages that the session's pad should show now."""
        ...


class NoPassages:
    """No passages."""

    def marks(self, session_ids: Sequence[int]) -> Mapping[int, Any]:
        """Return nothing."""
        return {}

    def read(self, session_id: int) -> list[Passage]:
        """Return none."""
        return []


@dataclass(frozen=True, slots=True)
class PassageAct:
    """One step: a change to the pad, if one is needed, and our lines in the pad after it."""

    key: str
    changeset: Changeset | None
    lines: tuple[str, ...]


def passage_lines(
    lines: Sequence[Line], passages: Sequence[Passage], written: Mapping[str, Sequence[str]]
) -> set[int]:
    """Return the numbers of the pad lines that are passages of ours, even if people changed some of their text.

    These are the passages that should be there and those that we wrote, each at most down to an empty line.
    """
    numbers: set[int] = set()
    texts = {text for passage in written.values() for text in passage}
    for passage in passages:
        head = next((line for line in lines if passage.marker in line.text), None)
        if head is not None:
            there = _extent(lines, head)[: max(len(written.get(passage.key, ())), len(passage.lines))]
            last = max(
                nth for nth, line in enumerate(there) if nth == 0 or line.text in texts | {*passage.lines}
            )
            numbers |= {line.number for line in there[: last + 1]}
    return numbers | {line.number for line in lines if line.text in texts and not line.is_blank}


def _extent(lines: Sequence[Line], head: Line) -> Sequence[Line]:
    """Return the lines from a passage's first one down to an empty one."""
    below = lines[head.number - 1 :]
    end = next((nth for nth, line in enumerate(below) if line.is_blank), len(below))
    return below[:end]


def passage_act(
    document: Document, lines: Sequence[Line], wanted: Passage, written: Sequence[str] | None, author: str
) -> PassageAct | None:
    """Return the next step for a passage, or None. `written` is what we last wrote."""
    head = next((line for line in lines if wanted.marker in line.text), None)
    if head is None:
        if written is not None and tuple(written) == wanted.lines:
            return None  # people removed it
        return PassageAct(wanted.key, add_at_end(document, lines, wanted.lines, author), wanted.lines)
    if written is None:
        there = tuple(line.text for line in _extent(lines, head)[: len(wanted.lines)])
        return PassageAct(wanted.key, None, there)  # written, but the confirmation was lost
    return _mend(document, _extent(lines, head), wanted, tuple(written), author)


def _mend(
    document: Document, there: Sequence[Line], wanted: Passage, written: tuple[str, ...], author: str
) -> PassageAct | None:
    for n, (old, new) in enumerate(zip(written, wanted.lines, strict=False)):
        if old != new:
            line = _reading(there, old, n)
            change = rewrite_line(document, line, new, author) if line else None
            return PassageAct(wanted.key, change, (*written[:n], new, *written[n + 1 :]))
    more = wanted.lines[len(written) :]
    if more:
        last = next((line for line in reversed(there) if line.text in written), there[0])
        return PassageAct(wanted.key, add_below(document, last, more, author), (*written, *more))
    return _shorten(document, there, wanted.key, written) if len(written) > len(wanted.lines) else None


def _shorten(document: Document, there: Sequence[Line], key: str, written: tuple[str, ...]) -> PassageAct:
    """Remove our last line, if it is still ours."""
    last = _reading(there, written[-1], len(written) - 1)
    return PassageAct(key, remove_line(document, last) if last else None, written[:-1])


def _reading(there: Sequence[Line], text: str, nth: int) -> Line | None:
    """Return the line that still reads as we wrote it: the nth, otherwise the last that does (people removed some)."""
    if nth < len(there) and there[nth].text == text:
        return there[nth]
    return next((line for line in reversed(there) if line.text == text), None)


def removal_act(document: Document, lines: Sequence[Line], key: str, written: Sequence[str]) -> PassageAct:
    """Return the next step towards removing a passage, from its last line to its first."""
    head = next((line for line in lines if line.text == written[0]), None)
    there = _extent(lines, head) if head else []
    return _shorten(document, there, key, tuple(written))
