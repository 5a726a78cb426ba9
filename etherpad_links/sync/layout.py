"""The layout of a pad: which pad line is whose heading, which lines are passages of ours, and the names between.

A heading belongs to one sign-up line. Our own lines (headings, passages) are never names, and end a block.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from etherpad_links.easysync import Line
from etherpad_links.models import PadLine
from etherpad_links.sync.blocks import Place, distinct_heading, folded, is_ours, locate, names_under
from etherpad_links.sync.passages import Passage, passage_lines
from etherpad_links.sync.plan import Known, Plan
from etherpad_links.sync.tracking import TrackedLine

State = PadLine.State


@dataclass(frozen=True, slots=True)
class Block:
    """A sign-up line, its heading in the pad (None if unknown), and the pad lines below it."""

    line: TrackedLine
    heading: Line | None
    names: list[Line]


@dataclass(slots=True)
class Layout:
    """The pad at one revision. `fences` and `below_passages` are numbers of pad lines."""

    blocks: list[Block]
    fences: set[int] = field(default_factory=set)  # headings and passages
    below_passages: set[int] = field(default_factory=set)  # directly below a passage, to the next empty line


def name_headings(tracked: Collection[TrackedLine]) -> None:
    """Give each sign-up line the heading to be written: no two in a session read the same.

    The same rows give the same headings, so a heading is found again if the confirmation of its writing was lost.
    """
    new = [line for line in tracked if line.state == State.NEW]
    taken = [(line.line_id, folded(line.heading)) for line in tracked if line.state != State.NEW]
    for line in sorted(tracked, key=lambda each: each.line_id):
        others = {text for line_id, text in taken if line_id != line.line_id}
        line.own_heading = distinct_heading(line.title, others)
        if line in new:
            line.heading = line.own_heading
            taken.append((line.line_id, folded(line.heading)))


def lay_out(
    lines: Sequence[Line],
    tracked: Collection[TrackedLine],
    author: str,
    passages: Sequence[Passage] = (),
    written: Mapping[str, Sequence[str]] | None = None,
) -> Layout:
    """Return the pad's layout, and store the positions of the headings in the tracked lines."""
    ours = passage_lines(lines, passages, written or {})
    headings = _place_headings([line for line in lines if line.number not in ours], tracked, author)
    fences = ours | {line.number for line in headings.values()} | _copies_of_headings(lines, tracked)
    blocks = [
        Block(line, headings.get(line.line_id), _names(lines, headings.get(line.line_id), line, fences))
        for line in tracked
    ]
    return Layout(blocks, fences, _below(lines, ours, fences))


def _names(
    lines: Sequence[Line], heading: Line | None, line: TrackedLine, fences: Collection[int]
) -> list[Line]:
    if heading is None:
        return []
    known = [folded(one.text or one.wanted) for one in line.known if one.text or one.wanted]
    return names_under(lines, heading, fences=fences, known=known)


def _place_headings(lines: Sequence[Line], tracked: Collection[TrackedLine], author: str) -> dict[int, Line]:
    """Find every heading, each pad line for at most one sign-up line; the most certain matches come first."""
    in_order = sorted(tracked, key=_by_title_then_age)
    placed = _where_they_were(lines, in_order)
    _place(placed, lines, in_order, _is_followed_there)
    for line in in_order:
        if line.line_id not in placed:
            line.point(_free(lines, placed))
    _place(placed, lines, in_order, _reads_so)
    for line in in_order:
        if line.line_id not in placed and line.state == State.OK and _shares(line, placed):
            line.begin_anew()
    _place(placed, lines, in_order, _reads_so)
    _place(placed, lines, in_order, lambda line, found: line.state != State.NEW, author)
    for line in tracked:
        own = placed.get(line.line_id)
        line.settle(Place(State.OK, own) if own else _why_not(line, _free(lines, placed)))
    return placed


def _why_not(line: TrackedLine, free: Sequence[Line]) -> Place:
    """Return why a line has no heading: it exists more than once, or not at all."""
    place = _locate(line, free, None)
    return place if place.line is None else Place(State.MISSING)


def _where_they_were(lines: Sequence[Line], tracked: Sequence[TrackedLine]) -> dict[int, Line]:
    """Return the headings that are unchanged at their tracked positions: nearly always all of them."""
    by_end = {line.end: line for line in lines}
    copies = Counter(folded(line.text) for line in lines)
    placed: dict[int, Line] = {}
    for line in tracked:
        there = by_end.get(line.position) if line.position is not None else None
        is_free = there is not None and all(there is not other for other in placed.values())
        if there is None or not is_free or line.pointed_at != line.followed:
            continue
        if folded(there.text) == folded(line.heading) and copies[folded(line.heading)] <= line.copies:
            placed[line.line_id] = there
    return placed


def _place(
    placed: dict[int, Line],
    lines: Sequence[Line],
    tracked: Sequence[TrackedLine],
    accepts: Callable[[TrackedLine, Line], bool],
    author: str | None = None,
) -> None:
    """Give each line without a heading the one found for it, if it is accepted."""
    names = {folded(one.text) for line in tracked for one in line.known if one.was_there}
    for line in tracked:
        if line.line_id in placed:
            continue
        free = _free(lines, placed)
        if line.state == State.NEW:
            free = [each for each in free if folded(each.text) not in names]
        found = _locate(line, free, author).line
        if found is not None and accepts(line, found):
            placed[line.line_id] = found


def _is_followed_there(line: TrackedLine, found: Line) -> bool:
    return found.end == line.position and line.pointed_at == line.followed


def _reads_so(line: TrackedLine, found: Line) -> bool:
    return folded(found.text) == folded(line.heading)


def _free(lines: Sequence[Line], placed: Mapping[int, Line]) -> list[Line]:
    owned = {line.number for line in placed.values()}
    return [line for line in lines if line.number not in owned]


def _locate(line: TrackedLine, free: Sequence[Line], author: str | None) -> Place:
    return locate(free, heading=line.heading, position=line.position, copies=line.copies, author=author)


def _by_title_then_age(line: TrackedLine) -> tuple[bool, int]:
    return folded(line.title) != folded(line.heading), line.line_id


def _shares(line: TrackedLine, placed: Mapping[int, Line]) -> bool:
    """Return True if another line has this one's heading: earlier versions let two with similar titles share one."""
    return any(folded(other.text) == folded(line.heading) for other in placed.values())


def _copies_of_headings(lines: Sequence[Line], tracked: Collection[TrackedLine]) -> set[int]:
    """Return the pad lines that read like a heading; it is unknown whose they are, but they are not names."""
    reads = {folded(line.heading) for line in tracked} - {
        folded(one.text) for line in tracked for one in line.known if one.was_there
    }
    return {line.number for line in lines if folded(line.text) in reads}


def _below(lines: Sequence[Line], ours: Collection[int], fences: Collection[int]) -> set[int]:
    below: set[int] = set()
    for before, line in pairwise(lines):
        follows = before.number in ours or before.number in below
        if follows and not line.is_blank and line.number not in fences:
            below.add(line.number)
    return below


def stray(
    layout: Layout, plans: Sequence[tuple[Block, Plan]], lines: Sequence[Line], author: str
) -> tuple[Known, Line] | None:
    """Return a name of ours that no longer has a heading above it, with its pad line.

    Only searched if a heading was lost and is back, and directly below a passage.
    """
    waiting = [(block, one) for block, plan in plans for one in _without_line(block, plan)]
    if not waiting:
        return None
    claimed = {line.number for block, plan in plans for line in block.names if line not in plan.strangers}
    taken = layout.fences | claimed
    for block, one in waiting:
        for line in lines:
            is_near = block.line.refills or line.number in layout.below_passages
            reads_so = is_near and line.number not in taken and folded(line.text) == folded(one.text)
            if reads_so and is_ours(line, author):
                return one, line
    return None


def _without_line(block: Block, plan: Plan) -> Iterable[Known]:
    """Return the names that we wrote and that are not below their heading."""
    waiting = [*(plan.add if block.line.refills else plan.lost), *plan.vanished]
    return [
        one for one in waiting if one.text and (one.is_rewritten or not one.is_claim) and not _is_over(one)
    ]


def _is_over(one: Known) -> bool:
    return not one.wanted and not one.was_there
