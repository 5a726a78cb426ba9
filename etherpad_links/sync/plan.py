"""What has to be done to make the names below a heading match the sign-ups of its line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from etherpad_links.easysync import Line
from etherpad_links.models import PadName
from etherpad_links.sync.blocks import folded, is_name, is_ours, name_on

SAME_LINE = 0.6  # two texts this similar are one edited line
ADDED_TO = 0.95
SAME_LINE_OF_OURS = 0.4  # less is enough if some of our text is still there

State = PadName.State


@dataclass(frozen=True, slots=True)
class Known:
    """A sign-up as the pad should show it. `text` is what was there last; `wanted` what should be, "" for nothing."""

    sign_up_id: int
    wanted: str
    text: str
    state: str
    is_claim: bool = False  # typed in the pad, where people may change and remove it
    is_rewritten: bool = False  # a claim whose line we wrote again after its heading was lost

    @property
    def was_there(self) -> bool:
        """Whether the name was in the pad when we last looked."""
        return self.state == State.WRITTEN


@dataclass(slots=True)
class Plan:
    """What was found, and what has to be done about it."""

    arrived: list[Known] = field(default_factory=list)  # wanted, and found there without a confirmation
    add: list[Known] = field(default_factory=list)
    remove: list[tuple[Known, Line]] = field(default_factory=list)
    rewrite: list[tuple[Known, Line]] = field(default_factory=list)
    vanished: list[Known] = field(default_factory=list)  # not wanted, and not there
    lost: list[Known] = field(default_factory=list)  # wanted, written, and not found
    strangers: list[Line] = field(default_factory=list)  # lines that match nobody yet


def compare(lines: Sequence[Line], known: Sequence[Known], author: str, *, refills: bool = False) -> Plan:
    """Match lines with sign-ups, one each; two people with the same name are two lines.

    `refills` says that the heading was lost and is back: everybody on the line who is not below it is written again.
    """
    plan, free = Plan(), list(lines)
    for one in sorted(
        known, key=lambda each: not each.was_there
    ):  # names that were there before are matched first
        line = _line_of(one, free, author, refills=refills)
        if line is not None:
            free.remove(line)
        _judge(plan, one, line, refills=refills)
    plan.strangers = free
    return plan


def _line_of(one: Known, free: Sequence[Line], author: str, *, refills: bool) -> Line | None:
    """Return the line with the name. A name that only we write must be on a line of ours; a claim never is."""
    alike = [line for line in free if folded(line.text) == folded(one.text or one.wanted)]
    ours = [line for line in alike if is_ours(line, author)]
    theirs = [line for line in alike if line not in ours]
    if one.is_claim:
        return next(iter([*theirs, *ours] if one.is_rewritten else theirs), None)
    may_be_theirs = one.was_there or (refills and bool(one.text))
    return next(iter([*ours, *theirs] if may_be_theirs else ours), None)


def _judge(plan: Plan, one: Known, line: Line | None, *, refills: bool) -> None:
    if line is None:
        if not one.wanted:
            plan.vanished.append(one)
        elif refills or one.state == State.PENDING or (one.state == State.TAKEN_OUT and not one.is_claim):
            plan.add.append(one)
        elif one.was_there:
            plan.lost.append(one)
    elif not one.wanted:
        plan.remove.append((one, line))
    elif not one.was_there:
        plan.arrived.append(one)
    elif not one.is_claim and folded(one.text) != folded(one.wanted):
        plan.rewrite.append((one, line))


@dataclass(slots=True)
class Settlement:
    """What people did in the pad, read while nobody is typing."""

    changed: list[tuple[Known, Line]] = field(default_factory=list)
    gone: list[Known] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)


def settle(plan: Plan, author: str) -> Settlement:
    """Distinguish edits, removals and new names. The most similar texts count as edits of each other.

    A line that only we wrote is never a new name: it is a result, a heading, or somebody on another sign-up line.
    """
    found, lost, strangers = Settlement(), list(plan.lost), [line for line in plan.strangers if is_name(line)]
    pairs = [
        (likeness(one, line), nth, n) for nth, one in enumerate(lost) for n, line in enumerate(strangers)
    ]
    for alike, nth, n in sorted(pairs, reverse=True):
        one, line = plan.lost[nth], strangers[n]
        limit = SAME_LINE_OF_OURS if author in line.authors else SAME_LINE
        is_free = one in lost and all(line is not taken for _, taken in found.changed)
        may_be = one.is_rewritten or not (one.is_claim and is_ours(line, author))
        if alike >= limit and is_free and may_be:
            found.changed.append((one, line))
            lost.remove(one)
    taken = [line for _, line in found.changed]
    found.gone = lost
    new = [line for line in strangers if not is_ours(line, author)]
    found.typed = [name_on(line) for line in new if all(line is not other for other in taken)]
    return found


def likeness(one: Known, line: Line) -> float:
    """Return the similarity of a line and the previous text, from 0 to 1; a name with additions counts as the same."""
    before, after = sorted((folded(one.text), folded(line.text)), key=len)
    if after.startswith(before) and not after[len(before) : len(before) + 1].isalnum():
        return ADDED_TO
    return SequenceMatcher(None, before, after).ratio()
