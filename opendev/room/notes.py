"""Live notes in the room: only for sockets that ask for them, first all lines, then the changed ones.

A room's other news is small and for everybody; a pad is tens of kilobytes and changes with every keystroke. So this has
its own list of followers, and sends at most one change per second, encoded once for all.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol

from etherpad_links.notes import Notes, difference, notes_of
from etherpad_links.selectors import copies_newer_than
from opendev.core.groups import Group, Member, encode
from opendev.core.live import hub
from opendev.core.sending import TextMessage

NOTHING = Notes(-1, ())


class NotesSocket(Member, Protocol):
    """What these commands need from a consumer."""

    group: Group | None

    def answer(self, frame: dict[str, Any]) -> None: ...


@dataclass
class Feed:
    """One room's notes as this process last saw them, and their followers."""

    group: Group
    notes: Notes = NOTHING
    followers: set[Member] = field(default_factory=set)
    behind: set[Member] = field(default_factory=set)  # need all lines: they are new, or were slow

    def take(self, notes: Notes) -> None:
        """Send the changes to everybody."""
        before, self.notes = self.notes, notes
        change = difference(before.lines, notes.lines)
        lines = [line.as_json() for line in change.lines]
        frame = {"type": "notes.changed", "revision": notes.revision, "from": before.revision}
        told = TextMessage(encode({**frame, "at": change.at, "removed": change.removed, "lines": lines}))
        for member in self.followers - self.behind:
            if member in hub.writer.slow:
                self.behind.add(member)
            else:
                hub.writer.reply(self.group, member, told)

    def catch_up(self) -> None:
        """Send all lines to those who need them and can accept them."""
        waiting = [member for member in self.behind if member not in hub.writer.slow]
        if not waiting or self.notes.revision < 0:
            return
        lines = [line.as_json() for line in self.notes.lines]
        told = TextMessage(encode({"type": "notes.whole", "revision": self.notes.revision, "lines": lines}))
        for member in waiting:
            hub.writer.reply(self.group, member, told)
            self.behind.discard(member)

    def forget_gone(self) -> None:
        """Remove sockets that left the room."""
        self.followers &= self.group.members
        self.behind &= self.followers


feeds: dict[int, Feed] = {}


def follow(socket: NotesSocket, frame: dict[str, Any]) -> None:
    """`notes.follow`: send this socket the notes from now on; all lines follow within a second."""
    if socket.group is not None:
        feed = feeds.get(socket.group.key)
        if feed is None or feed.group is not socket.group:
            feed = feeds[socket.group.key] = Feed(socket.group)
        feed.followers.add(socket)
        feed.behind.add(socket)
    socket.answer({"type": "ok", "ref": frame.get("ref")})


def leave(socket: NotesSocket, frame: dict[str, Any]) -> None:
    """`notes.leave`: stop following the notes."""
    if socket.group is not None and (feed := feeds.get(socket.group.key)):
        feed.followers.discard(socket)
        feed.behind.discard(socket)
    socket.answer({"type": "ok", "ref": frame.get("ref")})


COMMANDS = {"notes.follow": follow, "notes.leave": leave}


async def look() -> None:
    """Read the pads of rooms with followers if they are newer than the known revision."""
    for key, feed in list(feeds.items()):
        feed.forget_gone()
        if not feed.followers:
            del feeds[key]
    known = {key: feed.notes.revision for key, feed in feeds.items()}
    found = await hub.read_in_thread(_read, known) if known else {}
    for key, notes in found.items():
        if key in feeds:
            feeds[key].take(notes)
    for feed in feeds.values():
        feed.catch_up()


def _read(known: dict[int, int]) -> dict[int, Notes]:
    return {session: notes_of(copy) for session, copy in copies_newer_than(known).items()}
