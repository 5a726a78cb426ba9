"""The board: people's taps in this process, sent once a second to other processes and to the sockets that show them.

Nothing here is a topic of the Hub: there is no version in a database, nobody reads it later, and the people who tap are
sent nothing. So it does not involve the fan-out to all attendees, and a tap costs one turn of the loop.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any, Protocol
from weakref import WeakSet

from opendev.core.groups import EVERYBODY, Group, Member, State, encode
from opendev.core.live import hub
from opendev.core.sending import TextMessage
from sessions.programme.news import TOPIC
from sessions.reactions.counters import SessionCounters
from sessions.reactions.news import pace_changed, reaction_tally
from sessions.reactions.permissions import is_on_screen, takes_reactions
from sessions.reactions.serializers import Pace, pace_json

log = logging.getLogger("opendev.live")

TELL_EVERY_S = 1.0
REPORT = "live.reactions"  # the report of a process to the others
NO_PACE = pace_json({})


class Watcher(Member, Protocol):
    """A socket that shows reactions: a presenter screen's, or a moderator's, which also shows pace."""

    moderator_id: int | None


class ReactionBoard:
    """Counts by session, and the sockets that show them. All methods run on the loop unless they say otherwise."""

    def __init__(self) -> None:
        self.counters: dict[int, SessionCounters] = {}
        self.watchers: dict[int, WeakSet[Watcher]] = {}
        self.told: dict[int, Pace] = {}  # the pace that watchers were sent last

    def clear(self) -> None:
        """Forget everything: the process starts."""
        self.counters.clear()
        self.watchers.clear()
        self.told.clear()

    def counters_of(self, session_id: int) -> SessionCounters:
        """Return the session's counters; new ones if nobody has tapped yet."""
        return self.counters.setdefault(session_id, SessionCounters())

    def react(self, session_id: int, reaction: str) -> None:
        """Count one reaction."""
        self.counters_of(session_id).react(reaction)

    def signal(self, session_id: int, attendee_id: int, pace: str | None) -> None:
        """Set or withdraw an attendee's pace signal."""
        self.counters_of(session_id).signal(attendee_id, pace, now=_time(), said_at=time.time())

    def pace_told(self, session_id: int) -> Pace:
        """Return the pace that was sent last. Safe from any thread."""
        return self.told.get(session_id, NO_PACE)

    def watch(self, session_id: int, socket: Watcher) -> None:
        """Send to this socket from now on, until it leaves its group."""
        self.watchers.setdefault(session_id, WeakSet()).add(socket)

    def hear(self, message: Mapping[str, Any]) -> None:
        """Store the report of another process."""
        self.counters_of(message["group"]).hear(message["from"], message["report"], _time())

    def tell(self) -> None:
        """Send the changes of the last second, and forget what is over."""
        now = _time()
        for session_id, counters in list(self.counters.items()):
            group = hub.groups.get(session_id)
            state = state_of(group)
            counters.fade(now)
            if state is not None and not takes_reactions(state):
                counters.clear()
            report = counters.pop_report()
            if report and hub.bus:
                hub.bus.publish(session_id, {"type": REPORT, "group": session_id, "report": report})
            self._tell_watchers(session_id, group, counters)
            if counters.is_idle:
                del self.counters[session_id]
        for session_id in [key for key, sockets in self.watchers.items() if not sockets]:
            del self.watchers[session_id]

    def _tell_watchers(self, session_id: int, group: Group | None, counters: SessionCounters) -> None:
        reactions, pace = counters.pop_untold(), pace_json(counters.pace())
        has_moved = pace != self.pace_told(session_id)
        self.told[session_id] = pace
        if pace == NO_PACE:
            del self.told[session_id]
        state = state_of(group)
        if group is None or state is None or not (reactions or has_moved):
            return
        # A socket that does not read misses reactions, which would be old anyway; it is sent pace when it reads again.
        tally = TextMessage(encode(reaction_tally(reactions)))
        change = TextMessage(encode(pace_changed(pace)))
        for socket in list(self.watchers.get(session_id, ())):
            if socket not in group.members or not socket.is_ready:
                continue
            is_moderator = socket.moderator_id is not None
            if reactions and (is_moderator or is_on_screen(state)):
                hub.writer.write(group, socket, tally, whole=False)
            if has_moved and is_moderator:
                hub.writer.reply(group, socket, change)


board = ReactionBoard()


def state_of(group: Group | None) -> State | None:
    """Return the session as every socket of its group knows it, {} if it was deleted; None if it has not been read."""
    known = group.topics.get(TOPIC) if group is not None else None
    return None if known is None else known.states[EVERYBODY] or {}


def reacted(session_id: int, reaction: str) -> None:
    """Count one reaction. Safe from any thread."""
    hub.run_soon(board.react, session_id, reaction)


def signalled(session_id: int, attendee_id: int, pace: str | None) -> None:
    """Set or withdraw an attendee's pace signal. Safe from any thread."""
    hub.run_soon(board.signal, session_id, attendee_id, pace)


async def tell_for_ever() -> None:
    """Send the taps once a second, as long as the process lives."""
    board.clear()
    hub.listen(REPORT, board.hear)
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        try:
            board.tell()
        except Exception:
            log.exception("A round of reactions failed; the next one tries again.")


def _time() -> float:
    return asyncio.get_running_loop().time()
