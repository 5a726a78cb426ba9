"""Pads in rooms: the state of lines in their pads, and how serving processes learn of the worker's changes."""

import asyncio
import logging
from collections.abc import Iterable

from etherpad_links.models import PadLine, PadName
from etherpad_links.news import TOPIC, news_of
from etherpad_links.selectors import LineInPad, PadState, address_of, own_pad_names, pad_states, pad_versions
from opendev.core.attendance import AttendeePass
from opendev.core.live import hub
from opendev.room import notes
from opendev.room.lines import NOT_IN_PAD, InPad
from sessions.attendees.selectors import attendee_by_id
from sessions.follow_ups.models import SignUpLine

log = logging.getLogger("opendev.live")

LOOK_S = 0.5  # numbers must be right within two seconds, which leaves no time for the sweep
SAVED = {
    PadName.State.WRITTEN: "under",
    PadName.State.REMOVED_IN_NOTES: "",
    PadName.State.NEEDS_ATTENTION: "",
}
UNPLACED = {PadLine.State.MISSING, PadLine.State.DOUBLED}


async def watch_for_ever() -> None:
    """Look for changes in the pads of all rooms with sockets: one small query for all of them."""
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            await look()
            await notes.look()
        except Exception:
            log.exception("A look for news of pads failed; the next one tries again.")


async def look() -> None:
    """Read pads that are newer in the database than in this process."""
    known = {key: topic.version for key, group in hub.groups.items() if (topic := group.topics.get(TOPIC))}
    if not known:
        return
    found = await hub.read_in_thread(pad_versions, list(known))
    stale = [key for key, version in found.items() if version > known[key]]
    for state in await hub.read_in_thread(pad_states, stale) if stale else []:
        hub.take(news_of(state))


def in_pads(session_ids: Iterable[int], attendee: AttendeePass | None) -> dict[int, InPad]:
    """Return the state of the sessions' lines in their pads, by line, including the attendee's own names."""
    states = pad_states(session_ids)
    lines = [line.line_id for state in states for line in state.lines]
    own, name = {}, ""
    if attendee and lines:
        own = own_pad_names(lines, attendee.attendee_id)
        known = attendee_by_id(attendee.attendee_id, attendee.event_id)
        name = known.name if known else ""
    return in_pads_of(states, own, name)


def in_pads_of(states: Iterable[PadState], own: dict[int, str], name: str) -> dict[int, InPad]:
    """Return the same for the given pads; `own` is the state of the attendee's names in them, by line."""
    return {
        line.line_id: InPad(line.number, _saved(line, own), _url(state, line, name), line.state)
        for state in states
        for line in state.lines
    }


def in_pad(line: SignUpLine, attendee: AttendeePass | None) -> InPad:
    """Return the state of one line in its pad."""
    return in_pads([line.session_id], attendee).get(line.pk, NOT_IN_PAD)


def _saved(line: LineInPad, own: dict[int, str]) -> str:
    state = own.get(line.line_id, PadName.State.PENDING)
    return SAVED.get(PadName.State(state), "unplaced" if line.state in UNPLACED else "waiting")


def _url(state: PadState, line: LineInPad, name: str) -> str:
    address = address_of(state.link)
    return address.at_line(line.number, user_name=name) if address and line.number else ""
