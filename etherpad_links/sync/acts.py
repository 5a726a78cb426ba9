"""The next change to a pad: one at a time, each made for the current document."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from etherpad_links.easysync import Changeset, Document, Line, add_lines, remove_line, rewrite_line
from etherpad_links.easysync.documents import NO_ATTRIBUTES
from etherpad_links.models import PadName
from etherpad_links.services import NameInPad
from etherpad_links.services.records import WRITTEN_AGAIN
from etherpad_links.sync.plan import Known, Plan
from etherpad_links.sync.tracking import TrackedLine

MOST_IN_ONE_CHANGE = 60  # names, of 80 units at most: a changeset stays under 8 kB, less than servers take


@dataclass(frozen=True, slots=True)
class Act:
    """One change to the pad, and the new states of names once it is accepted. Without one, they are there already."""

    changeset: Changeset | None
    names: Sequence[NameInPad] = ()
    line: TrackedLine | None = None  # whose heading it writes


def add_at_end(document: Document, lines: Sequence[Line], texts: Sequence[str], author: str) -> Changeset:
    """Return the change that adds lines at the pad's end, after an empty one."""
    last = next((line for line in reversed(lines) if not line.is_blank), lines[0])
    return add_below(document, last, texts if last.is_blank else ["", *texts], author)


def add_below(document: Document, line: Line, texts: Sequence[str], author: str) -> Changeset:
    """Return the change that adds plain lines below a line, even if that is in a list."""
    return add_lines(document, replace(line, mark=NO_ATTRIBUTES), texts, author)


def act_of(document: Document, plan: Plan, last: Line, author: str) -> Act | None:
    """Return the first act of a plan, beginning with names that have already arrived or are already gone."""
    there = [_written(one) for one in plan.arrived]
    away = [
        NameInPad(one.sign_up_id, PadName.State.TAKEN_OUT, one.text)
        for one in plan.vanished
        if one.state not in {PadName.State.TAKEN_OUT} and (one.text or one.is_claim)
    ]
    if there or away:
        return Act(None, there + away)
    if plan.remove:
        one, line = plan.remove[0]
        out = NameInPad(one.sign_up_id, PadName.State.TAKEN_OUT, one.text)
        return Act(remove_line(document, line), [out])
    if plan.rewrite:
        one, line = plan.rewrite[0]
        anew = NameInPad(one.sign_up_id, PadName.State.WRITTEN, one.wanted)
        return Act(rewrite_line(document, line, one.wanted, author), [anew])
    if plan.add:
        some = plan.add[:MOST_IN_ONE_CHANGE]
        added = [_written(one) for one in some]
        return Act(add_lines(document, last, [one.wanted for one in some], author), added)
    return None


def _written(one: Known) -> NameInPad:
    reason = WRITTEN_AGAIN if one.is_claim else ""
    return NameInPad(one.sign_up_id, PadName.State.WRITTEN, one.wanted, reason)


def take_out_stray(document: Document, line: Line, one: Known) -> Act:
    """Return the act that removes a name of ours without a heading above it.

    People who are still on the line are then written below its heading.
    """
    state = PadName.State.PENDING if one.wanted else PadName.State.TAKEN_OUT
    return Act(remove_line(document, line), [NameInPad(one.sign_up_id, state, one.text)])
