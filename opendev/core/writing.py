"""Writing to many sockets, none of which may hold up the others."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from opendev.core.groups import Group, Member
from opendev.core.sending import TextMessage, open_transport, send_frames, send_now

MessageOf = Callable[..., TextMessage | None]
MessageFor = Callable[[Member], TextMessage | None]

MAX_OWED = 32  # answers to a socket that does not read; at most 8 more can be waiting for their commit
TRY_AGAIN_LATER = 1013  # RFC 6455's registry of close codes


@dataclass(slots=True)
class Parked:
    """A socket that did not accept the last frame at once, and what it is owed."""

    group: Group
    since: float
    topics: dict[str, bool] = field(default_factory=dict)  # topic -> whole; of each only the latest is sent
    replies: list[TextMessage] = field(default_factory=list)
    task: asyncio.Task[None] | None = None


Held = tuple[Group, TextMessage, tuple[str, ...], bool]  # the topics of news, or none for an answer; whole


class Writer:
    """Writes frames to sockets without waiting; parks slow sockets, at a few KB each.

    `message_of(group, topic, audience, whole=..., late=...)` builds the latest message of a topic; `spawn` runs a
    coroutine as a task; `leave` removes a socket from its group.
    """

    def __init__(
        self,
        message_of: MessageOf,
        spawn: Callable[[Any], asyncio.Task[Any]],
        leave: Callable[[Group, Member], None],
    ) -> None:
        self.message_of, self.spawn, self.leave = message_of, spawn, leave
        self.slow: dict[Member, Parked] = {}
        self.held: dict[Member, list[Held]] | None = None

    def write(self, group: Group, member: Member, message: TextMessage, *topics: str, whole: bool) -> None:
        """Write news about one topic or several; for a slow socket, only note that it is owed them."""
        if self.held is not None:
            self.held.setdefault(member, []).append((group, message, topics, whole))
        elif parked := self.slow.get(member):
            for topic in topics:
                parked.topics[topic] = parked.topics.get(topic, False) or whole
        elif rest := send_now(member.base_send, message):
            self._park(group, member, rest)

    def write_to_all(
        self,
        group: Group,
        members: Iterable[Member],
        message_for: MessageFor,
        topics: list[str],
        *,
        whole: bool,
    ) -> None:
        """Write news to all ready sockets, as `write` does; most of them accept a finished frame at once."""
        for member in members:
            if member.is_ready and (message := message_for(member)):
                if member not in self.slow and (transport := open_transport(member.base_send)):
                    transport.write(message.frame)
                else:
                    self.write(group, member, message, *topics, whole=whole)

    def reply(self, group: Group, member: Member, message: TextMessage) -> None:
        """Write an answer; a slow socket gets it when it reads again. A socket that is owed too many is closed."""
        if self.held is not None:
            self.held.setdefault(member, []).append((group, message, (), False))
        elif parked := self.slow.get(member):
            parked.replies.append(message)
            if len(parked.replies) > MAX_OWED:
                self.close(parked.group, member, TRY_AGAIN_LATER)
        elif rest := send_now(member.base_send, message):
            self._park(group, member, rest)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send everything that is written to a socket inside the context in one write. Nothing inside may wait."""
        held: dict[Member, list[Held]] = {}
        self.held = held
        try:
            yield
        finally:
            self.held = None
            for member, all_of_it in held.items():
                self._write_all(member, all_of_it)

    def _write_all(self, member: Member, all_of_it: list[Held]) -> None:
        if member in self.slow or not send_frames(member.base_send, [held[1] for held in all_of_it]):
            for group, message, topics, whole in all_of_it:
                if topics:
                    self.write(group, member, message, *topics, whole=whole)
                else:
                    self.reply(group, member, message)

    def forget(self, member: Member) -> None:
        """Drop what a socket is owed."""
        parked = self.slow.pop(member, None)
        if parked and parked.task:
            parked.task.cancel()

    def close_stuck(self, limit_s: float) -> None:
        """Close the sockets that have taken nothing for `limit_s` seconds."""
        now = asyncio.get_running_loop().time()
        for member, parked in list(self.slow.items()):
            if now - parked.since > limit_s:
                self.close(parked.group, member, TRY_AGAIN_LATER)

    def close(self, group: Group, member: Member, code: int) -> None:
        """Give up a socket: nothing more is sent to it, and if it is slow it is closed when it reads again."""
        if member.is_closed:
            return
        member.is_closed, member.is_ready = True, False
        self.leave(group, member)
        rest = send_now(member.base_send, {"type": "websocket.close", "code": code})
        if rest is not None:
            self.spawn(_finish(rest))

    def _park(self, group: Group, member: Member, rest: Awaitable[None]) -> None:
        parked = self.slow[member] = Parked(group, asyncio.get_running_loop().time())
        parked.task = self.spawn(self._catch_up(member, parked, rest))

    async def _catch_up(self, member: Member, parked: Parked, rest: Awaitable[None]) -> None:
        """Finish the stuck frame, then send what was missed: answers first, and only the latest state of each topic."""
        with suppress(OSError, RuntimeError):  # the socket went away: its consumer learns that by itself
            await rest
            while parked.replies or parked.topics:
                parked.since = asyncio.get_running_loop().time()
                message = self._next_message(member, parked)
                if message is not None:
                    await member.base_send(message)
        self.slow.pop(member, None)

    def _next_message(self, member: Member, parked: Parked) -> TextMessage | None:
        if parked.replies:
            return parked.replies.pop(0)
        topic = next(iter(parked.topics))
        whole = parked.topics.pop(topic)
        return self.message_of(parked.group, topic, member.audience(topic), whole=whole, late=True)


async def _finish(rest: Awaitable[None]) -> None:
    """Await the end of a close; the server's ping ends a socket that never reads, and with it this."""
    with suppress(OSError, RuntimeError):
        await rest
