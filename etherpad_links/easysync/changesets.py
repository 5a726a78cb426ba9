"""Changesets: a person's change of a document, as operations from its start to its end.

On the wire `Z:5>4=5*0|1+1*0+3$\nAnn` says: for a document of 5 units, 4 longer afterwards; keep 5; insert one newline
and three units with attribute 0, taken from what follows the `$`. `|n` counts the newlines of an operation. An
unchanged end of the document is left out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from etherpad_links.easysync.documents import (
    NO_ATTRIBUTES,
    Attributes,
    Document,
    Pool,
    changed_by,
    read_attributes,
)
from etherpad_links.easysync.errors import BadChangeset
from etherpad_links.easysync.units import base36, from_units, to_units

HEAD = re.compile(r"Z:([0-9a-z]+)([><])([0-9a-z]+)")
OPERATION = re.compile(r"((?:\*[0-9a-z]+)*)(?:\|([0-9a-z]+))?([-+=])([0-9a-z]+)")


class Op(NamedTuple):
    """One step: `+` inserts `text`, `-` deletes, `=` keeps; `attributes` go with `+`, and change what `=` keeps."""

    kind: str
    length: int
    text: str = ""
    attributes: Attributes = NO_ATTRIBUTES


@dataclass(frozen=True, slots=True)
class Changeset:
    """Operations for a document of `old_length` units, in canonical order (`build`)."""

    old_length: int
    ops: tuple[Op, ...]

    @classmethod
    def build(cls, old_length: int, ops: Iterable[Op]) -> "Changeset":
        """Return the operations in canonical form, which decides ties when changesets are merged.

        Adjacent operations of a kind are joined; deletions come before insertions in the same place; an insertion is
        split after its last newline; a plain keep at the end is left out.
        """
        assembly = _Assembly()
        for op in ops:
            assembly.add(op)
        return cls(old_length, assembly.finished())

    @property
    def new_length(self) -> int:
        """The length of the document afterwards, in units."""
        return self.old_length + sum(op.length * {"+": 1, "-": -1, "=": 0}[op.kind] for op in self.ops)

    @property
    def changes_nothing(self) -> bool:
        """Whether the document stays as it is."""
        return not self.ops

    def apply(self, document: Document) -> Document:
        """Return the document afterwards.

        Raises:
            BadChangeset: the changeset was made for a document of another length.
        """
        if len(document.text) != self.old_length:
            raise BadChangeset(f"for {self.old_length} units, the document has {len(document.text)}")
        text: list[str] = []
        marks: list[Attributes] = []
        at = 0
        for op in self.ops:
            if op.kind == "+":
                text.append(op.text)
                marks += [op.attributes] * op.length
                continue
            if op.kind == "=":
                text.append(document.text[at : at + op.length])
                kept = document.marks[at : at + op.length]
                marks += [changed_by(mark, op.attributes) for mark in kept] if op.attributes else kept
            at += op.length
        return Document("".join(text) + document.text[at:], (*marks, *document.marks[at:]))


class _Assembly:
    """Puts operations into canonical form, one after the other."""

    def __init__(self) -> None:
        self.done: list[Op] = []
        self.deleted = 0
        self.inserted: list[Op] = []

    def add(self, op: Op) -> None:
        if not op.length:
            return
        if op.kind == "-":
            self.deleted += op.length
        elif op.kind == "+":
            _append_joined(self.inserted, op)
        else:
            self._close_gap()
            _append_joined(self.done, op)

    def _close_gap(self) -> None:
        if self.deleted:
            self.done.append(Op("-", self.deleted))
        for op in self.inserted:
            self.done += cut_after_last_newline(op)
        self.deleted, self.inserted = 0, []

    def finished(self) -> tuple[Op, ...]:
        self._close_gap()
        while self.done and self.done[-1].kind == "=" and not self.done[-1].attributes:
            self.done.pop()
        return tuple(self.done)


def _append_joined(ops: list[Op], op: Op) -> None:
    """Append, or extend the last one if that is equivalent."""
    if ops and ops[-1].kind == op.kind and ops[-1].attributes == op.attributes:
        last = ops.pop()
        op = last._replace(length=last.length + op.length, text=last.text + op.text)
    ops.append(op)


def cut_after_last_newline(op: Op) -> list[Op]:
    """Return an insertion as one or two operations of the wire format."""
    cut = op.text.rfind("\n") + 1
    parts = (op.text[:cut], op.text[cut:])
    return [op._replace(length=len(part), text=part) for part in parts if part]


def splice(
    document: Document, position: int, deleted: int, pieces: Sequence[tuple[str, Attributes]]
) -> Changeset:
    """Return the changeset that deletes `deleted` units at `position` and inserts the pieces there.

    Raises:
        BadChangeset: the position is not in the document, or after its last newline.
    """
    if not 0 <= position <= position + deleted < len(document.text):
        raise BadChangeset(f"{position} and {deleted} units on do not lie before the last newline")
    inserted = [Op("+", len(text), text, attributes) for text, attributes in pieces]
    return Changeset.build(len(document.text), [Op("=", position), Op("-", deleted), *inserted])


def unpack(wire: str, pool: Pool) -> Changeset:
    """Return the changeset that a server sent; `pool` maps numbers to attributes.

    Raises:
        BadChangeset
    """
    wire = to_units(wire)
    head, dollar = HEAD.match(wire), wire.find("$")
    if head is None or dollar < 0:
        raise BadChangeset(f"not a changeset: {wire[:60]!r}")
    bank, ops, at = wire[dollar + 1 :], [], head.end()
    while at < dollar:
        found = OPERATION.match(wire, at, dollar)
        if found is None:
            raise BadChangeset(f"no operation at {at}: {wire[:60]!r}")
        length, text = int(found[4], 36), ""
        if found[3] == "+":
            text, bank = bank[:length], bank[length:]
        ops.append(Op(found[3], length, text, read_attributes(found[1], pool)))
        at = found.end()
    change = int(head[3], 36) * (1 if head[2] == ">" else -1)
    return _checked(Changeset(int(head[1], 36), tuple(ops)), change, bank)


def _checked(changeset: Changeset, change: int, rest: str) -> Changeset:
    """Return a changeset after checking that its numbers are consistent."""
    used = sum(op.length for op in changeset.ops if op.kind != "+")
    short = any(len(op.text) != op.length for op in changeset.ops if op.kind == "+")
    if short or rest or used > changeset.old_length or changeset.new_length != changeset.old_length + change:
        raise BadChangeset("its lengths do not agree with each other")
    return changeset


def pack(changeset: Changeset, document: Document) -> tuple[str, dict[str, Any]]:
    """Return the wire format of a changeset for `document`: an ordinary text, and the pool for its numbers."""
    numbers: dict[tuple[str, str], int] = {}
    written, bank, at = [], [], 0
    for op in changeset.ops:
        stars = "".join(f"*{base36(numbers.setdefault(pair, len(numbers)))}" for pair in op.attributes)
        if op.kind == "+":
            bank.append(op.text)
            written.append(_write(op.kind, op.text, stars))
        else:
            written.append(_write(op.kind, document.text[at : at + op.length], stars))
            at += op.length
    change = changeset.new_length - changeset.old_length
    head = f"Z:{base36(changeset.old_length)}{'<' if change < 0 else '>'}{base36(abs(change))}"
    pool = {"numToAttrib": {str(n): list(pair) for pair, n in numbers.items()}, "nextNum": len(numbers)}
    return from_units(f"{head}{''.join(written)}${''.join(bank)}"), pool


def _write(kind: str, text: str, stars: str) -> str:
    """Return one operation on `text`: first the part up to its last newline, then the rest."""
    cut = text.rfind("\n") + 1
    whole = f"{stars}|{base36(text.count(chr(10)))}{kind}{base36(cut)}" if cut else ""
    return whole + (f"{stars}{kind}{base36(len(text) - cut)}" if cut < len(text) else "")
