"""Attendees' own data for their other sockets: votes, upvotes, supports, sign-ups.

Each socket reads it with the pass that it was opened with, so that of an anonymous ballot, which belongs to one device,
the attendee's other devices only learn that they voted. None of it is sent between processes.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from opendev.core.attendance import AttendeePass
from opendev.core.batching import Answer
from opendev.core.errors import DomainError, TryLater
from opendev.core.groups import Frame, Group
from polls import consumers as polls
from polls.news import KIND as POLL
from sessions.follow_ups import consumers as follow_ups
from sessions.follow_ups.news import KIND as LINE
from sessions.questions import consumers as questions
from sessions.questions.news import KIND as QUESTION
from sessions.suggestions import consumers as suggestions
from sessions.suggestions.news import KIND as SUGGESTION

TRY_AGAIN_S = 2.0  # while the database is away or overloaded

ReadOwn = Callable[[AttendeePass, Group, int, Answer[Frame]], None]
READERS: dict[str, ReadOwn] = {
    POLL: polls.read_own,
    QUESTION: questions.read_own,
    SUGGESTION: suggestions.read_own,
    LINE: follow_ups.read_own,
}


class OwnSocket(Protocol):
    """What this needs from a consumer."""

    attendee: AttendeePass | None
    group: Group | None
    is_closed: bool

    def answer(self, frame: dict[str, Any]) -> None: ...
    def part_was_read(self, topic: str, *, takes_part: bool) -> None: ...


class OwnReader:
    """Reads an attendee's own data for one socket: at most one read per topic at a time, never an outdated one last.

    All methods run on the loop.
    """

    def __init__(self, socket: OwnSocket) -> None:
        self.socket = socket
        self.reading: set[str] = set()
        self.changed_since: set[str] = set()  # topics that changed after their read began

    def changed(self, topic: str) -> None:
        """Read a topic, or read it again after the read in progress, which may have been too early."""
        if topic in self.reading:
            self.changed_since.add(topic)
        else:
            self.reading.add(topic)
            self._read(topic)

    def answered(self, topic: str) -> None:
        """Note that the socket has just got its own data: the result of a read in progress may be older."""
        if topic in self.reading:
            self.changed_since.add(topic)

    def _read(self, topic: str) -> None:
        kind, _, identity = topic.partition(":")
        attendee, group, read = self.socket.attendee, self.socket.group, READERS.get(kind)
        if attendee is None or group is None or read is None or self.socket.is_closed:
            self.reading.discard(topic)
            return
        self.changed_since.discard(topic)
        try:
            read(attendee, group, int(identity), lambda outcome: self._take(topic, outcome))
        except TryLater:
            self._read_later(topic)

    def _take(self, topic: str, outcome: Frame | DomainError) -> None:
        if isinstance(outcome, DomainError):
            self._read_later(topic)
        elif topic in self.changed_since:
            self._read(topic)
        else:
            self.reading.discard(topic)
            if topic.startswith(f"{POLL}:"):
                self.socket.part_was_read(topic, takes_part=outcome["mine"]["voted"])
            self.socket.answer(outcome)

    def _read_later(self, topic: str) -> None:
        asyncio.get_running_loop().call_later(TRY_AGAIN_S, self._read, topic)
