"""Two concurrent changesets of the same document: the second transformed to follow the first, and mapped positions.

The order of two insertions in the same place follows Etherpad's own rules, since client and server have to agree.
"""

from collections.abc import Iterable

from etherpad_links.easysync.changesets import Changeset, Op
from etherpad_links.easysync.documents import Attributes, sorted_attributes

INSERT_FIRST = ("insertorder", "first")  # list marks have it, so that they stay at the start of their line
END = Op("", 0)


def follow(first: Changeset, second: Changeset, *, first_wins: bool = True) -> Changeset:
    """Return `second` transformed to be applied after `first`. Both were made from the same document.

    `first_wins` says which comes first if both insert in one place and no rule decides: the one that the server
    accepted first. For all documents, `follow(a, b)` after `a` gives the same as `follow(b, a, first_wins=False)`
    after `b`.
    """
    ahead, behind, merged = _Reader(first.ops), _Reader(second.ops), []
    while ahead.op is not END or behind.op is not END:
        a, b = ahead.op, behind.op
        if a.kind == "+" or b.kind == "+":
            if b.kind != "+" or (a.kind == "+" and _goes_first(a, b, tie=first_wins)):
                merged.append(Op("=", ahead.take(a.length).length))
            else:
                merged.append(behind.take(b.length))
        elif b is END:
            break
        else:
            length = min(a.length, b.length) if a is not END else b.length
            step, kept = behind.take(length), ahead.take(length) if a is not END else END
            if kept.kind != "-":
                merged.append(_still_to_do(kept, step))
    return Changeset.build(first.new_length, merged)


class _Reader:
    """Reads operations in pieces of any length."""

    def __init__(self, ops: Iterable[Op]) -> None:
        self.rest = iter(ops)
        self.op = next(self.rest, END)

    def take(self, length: int) -> Op:
        """Return the next `length` units of the current operation."""
        op = self.op
        if length == op.length:
            self.op = next(self.rest, END)
            return op
        self.op = op._replace(length=op.length - length, text=op.text[length:])
        return op._replace(length=length, text=op.text[:length])


def _goes_first(a: Op, b: Op, *, tie: bool) -> bool:
    """Return True if insertion `a` comes before insertion `b` in the same place."""
    marks = INSERT_FIRST in a.attributes, INSERT_FIRST in b.attributes
    if marks[0] != marks[1]:
        return marks[0]
    newlines = a.text.startswith("\n"), b.text.startswith("\n")
    if (
        newlines[0] != newlines[1]
    ):  # text that begins with a newline comes second, so that no line is broken up
        return newlines[1]
    return tie


def _still_to_do(done: Op, step: Op) -> Op:
    """Return a deletion or a keep after `done` was done to the same units."""
    if step.kind == "-" or not step.attributes:
        return step
    return step._replace(attributes=_merged(done.attributes, step.attributes))


def _merged(done: Attributes, wanted: Attributes) -> Attributes:
    """Return the rest of `wanted`: if both set a key, the smaller value wins."""
    values = dict(done)
    return sorted_attributes((k, v) for k, v in wanted if k not in values or v < values[k])


def map_position(changeset: Changeset, position: int) -> int | None:
    """Return the new position of the unit at `position`, or None if it was deleted."""
    old = new = 0
    for op in changeset.ops:
        if op.kind == "+":
            new += op.length
            continue
        if old + op.length > position:
            return None if op.kind == "-" else new + position - old
        old += op.length
        new += op.length if op.kind == "=" else 0
    return new + position - old


def map_line_end(changeset: Changeset, position: int) -> int | None:
    """Return the new position of a line's final newline, or None if it was deleted without a replacement.

    Unlike `map_position`, it stays with the line if somebody presses Enter at its end: their newline
    ends the line from then on.
    """
    old = new = 0
    typed, typed_at = "", 0  # text inserted right before the newline
    for op in changeset.ops:
        if op.kind == "+":
            if old == position:
                typed, typed_at = typed + op.text, typed_at if typed else new
            new += op.length
            continue
        if old + op.length > position:
            return _line_end(typed, typed_at, None if op.kind == "-" else new + position - old)
        old += op.length
        new += op.length if op.kind == "=" else 0
    return _line_end(typed, typed_at, new + position - old)


def _line_end(typed: str, typed_at: int, mapped: int | None) -> int | None:
    cut = typed.find("\n")
    return typed_at + cut if cut >= 0 else mapped
