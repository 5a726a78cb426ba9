"""The notes in the room, live: only to sockets that ask for them, whole at first, then the lines that changed.

A room's other news go to everybody and are small; a pad is tens of kilobytes and moves with every key. So this has a
list of followers of its own, a change a second at most, encoded once for all.
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
    """What these commands need of a consumer."""

    group: Group | None

    def answer(self, frame: dict[str, Any]) -> None: ...


@dataclass
class Feed:
    """One room's notes as this process last saw them, and who reads them here."""

    group: Group
    notes: Notes = NOTHING
    followers: set[Member] = field(default_factory=set)
    behind: set[Member] = field(default_factory=set)  # to be given the whole: they are new, or were slow

    def take(self, notes: Notes) -> None:
        """Tell everybody what changed."""
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
        """Give the whole to those who lack it and can take it."""
        waiting = [member for member in self.behind if member not in hub.writer.slow]
        if not waiting or self.notes.revision < 0:
            return
        lines = [line.as_json() for line in self.notes.lines]
        told = TextMessage(encode({"type": "notes.whole", "revision": self.notes.revision, "lines": lines}))
        for member in waiting:
            hub.writer.reply(self.group, member, told)
            self.behind.discard(member)

    def forget_gone(self) -> None:
        """Drop sockets that left the room."""
        self.followers &= self.group.members
        self.behind &= self.followers


feeds: dict[int, Feed] = {}


def follow(socket: NotesSocket, frame: dict[str, Any]) -> None:
    """`notes.follow`: from now on this socket hears the notes; the whole comes within a second."""
    if socket.group is not None:
        feed = feeds.get(socket.group.key)
        if feed is None or feed.group is not socket.group:
            feed = feeds[socket.group.key] = Feed(socket.group)
        feed.followers.add(socket)
        feed.behind.add(socket)
    socket.answer({"type": "ok", "ref": frame.get("ref")})


def leave(socket: NotesSocket, frame: dict[str, Any]) -> None:
    """`notes.leave`: no more of them."""
    if socket.group is not None and (feed := feeds.get(socket.group.key)):
        feed.followers.discard(socket)
        feed.behind.discard(socket)
    socket.answer({"type": "ok", "ref": frame.get("ref")})


COMMANDS = {"notes.follow": follow, "notes.leave": leave}


async def look() -> None:
    """Read the pads of rooms in which somebody follows the notes, where they are newer than what is known."""
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
