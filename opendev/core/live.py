"""Live news: what is sent to the sockets of a session, and how lost news is recovered.

A *group* is one session's room; a *topic* is one thing in it that changes, such as a poll. A service calls
`broadcast()` inside its transaction; after the commit the news is handed to the process's event loop, where the Hub
keeps only the latest state of each topic for each *audience* and sends it to every socket at most four times a second.
Nothing on the way of a vote waits here for a socket, for Redis or for a database. ADR 0001 says why there is one Hub
per process instead of a channel-layer group.

Lost news (a killed worker, a missed message, news from a process without a loop) is found by the
sweep: every two seconds it compares the versions in the database with its own.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict
from time import monotonic
from typing import Any

from django.db import transaction

from opendev.core.bus import Bus
from opendev.core.fan_out import FanOut
from opendev.core.groups import (
    Group,
    Member,
    News,
    Source,
    Topic,
    has_right,
)
from opendev.core.newcomers import newcomers
from opendev.core.rights import Rights
from opendev.core.sweep import Sweep
from opendev.core.threads import end_thread, with_fresh_connections
from opendev.core.writing import Writer

log = logging.getLogger("opendev.live")


class Hub(FanOut, Sweep, Rights):
    """The only part of a process that writes to sockets. All methods run on its loop unless they say otherwise."""

    def __init__(self) -> None:
        self.source: Source | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.bus: Bus | None = None
        self.listeners: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._reset()

    def _reset(self) -> None:
        self.groups: dict[int, Group] = {}
        self.writer = Writer(self._message, self.spawn, self.leave)
        self.tasks: set[asyncio.Task[Any]] = set()
        self.heard_at = 0.0  # when news came last, by time.monotonic
        self.lasting: list[asyncio.Task[Any]] = []  # tasks that only end with the process
        self.reader: ThreadPoolExecutor | None = None
        # Attendees whose own part of a topic changed, for the other processes; True or False if they changed audience.
        self.own_changes: dict[tuple[int, str], dict[int, bool | None]] = {}

    # -- life ---------------------------------------------------------------------------------------------------

    async def start(self, layer: Any = None) -> None:
        """Start; called once per process by the lifespan, and by tests. `layer` leads to other processes, if any."""
        self._reset()
        self.loop = asyncio.get_running_loop()
        self.reader = ThreadPoolExecutor(1, thread_name_prefix="live-reader")
        self.bus = Bus(layer, self._hear, self.spawn) if layer is not None else None
        if self.bus:
            await self.bus.start()
        self.spawn_lasting(self._sweep_for_ever())
        self.spawn_lasting(self._recheck_for_ever())

    async def stop(self) -> None:
        """End every task; sockets are closed by the server."""
        self.loop = None
        if self.bus:
            await self.bus.stop()
        self.bus = None
        while self.tasks:  # news in flight may have started another one in the meantime
            for task in list(self.tasks):
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)
            await asyncio.sleep(
                0
            )  # gather() does not yield if all are done, but they need a turn to leave the set
        end_thread(self.reader)
        self._reset()

    def spawn(self, work: Any) -> asyncio.Task[Any]:
        """Run a coroutine as a task that is referenced until it ends, and whose failure is logged."""
        task: asyncio.Task[Any] = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self._task_ended)
        return task

    def spawn_lasting(self, work: Any) -> None:
        """Run a coroutine that should never end; if it does, the process is no longer ready."""
        self.lasting.append(self.spawn(work))

    @property
    def is_whole(self) -> bool:
        """Whether the Hub runs and none of its lasting tasks has died."""
        return self.loop is not None and not any(task.done() for task in self.lasting)

    @property
    def sockets(self) -> int:
        """How many sockets this process has. Only on the loop."""
        return sum(len(group.members) for group in self.groups.values())

    def _task_ended(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("A live task ended with an error.", exc_info=task.exception())

    async def read_in_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        """Return `work(*args)`, run in the Hub's own database thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.reader, with_fresh_connections, work, *args)

    # -- from any thread ----------------------------------------------------------------------------------------

    def say(self, news: News) -> None:
        """Hand news to the loop and return at once. Safe from any thread; without a loop nothing is sent here."""
        self.run_soon(self.publish, news)

    def say_own_changed(self, group: int, topic: str, attendee_id: int) -> None:
        """Make an attendee's sockets reread their own part of a topic. Safe from any thread."""
        self.run_soon(self.own_changed, group, topic, attendee_id)

    def page_loaded(self, group: int, attendee_id: int) -> None:
        """Count an attendee who loaded a page as present for a while. Safe from any thread."""
        self.run_soon(self._note_page_load, group, attendee_id)

    def present(self, group: int) -> int:
        """Return how many attendees were present at the last count. Safe from any thread."""
        known = self.groups.get(group)
        return known.present if known else 0

    def expect(self, group: int) -> None:
        """Watch for a newcomer who may appear at another process. Safe from any thread."""
        if self.bus:
            self.run_soon(self._open_soon, group)

    def _open_soon(self, group: int) -> None:
        self.spawn(self.open(group))

    def unusual(self, group: int) -> frozenset[str]:
        """Return what one network does like a program, by the last count. Safe from any thread."""
        known = self.groups.get(group)
        return frozenset() if known is None else known.unusual

    def run_soon(self, work: Callable[..., None], *args: Any) -> None:
        """Run `work(*args)` on the loop in its next turn; without a loop not at all. Safe from any thread."""
        if self.loop is not None:
            with suppress(RuntimeError):  # the loop has just closed: the process is ending
                self.loop.call_soon_threadsafe(work, *args)

    # -- groups and their sockets -------------------------------------------------------------------------------

    async def open(self, key: int) -> Group | None:
        """Return the group, read from its source for its first socket; None if there is no such session."""
        while True:
            group = self.groups.get(key)
            if group is None:
                group = self.groups[key] = Group(key)
                group.loaded = asyncio.ensure_future(self._load(group))
            assert group.loaded is not None  # noqa: S101
            if not await asyncio.shield(group.loaded):
                return None
            if self.groups.get(key) is group:  # otherwise it was dropped while we waited: start again
                return group

    async def _load(self, group: Group) -> bool:
        """Read a group. News arriving in the meantime is applied by version, so none is lost between read and join."""
        assert self.source is not None  # noqa: S101
        try:
            if self.bus:
                await self.bus.subscribe(group.key)
            state = await self.read_in_thread(self.source.read, group.key)
        except BaseException:
            self.groups.pop(group.key, None)
            raise
        if state is None:
            self.groups.pop(group.key, None)
            return False
        group.facts.update(state.facts)
        group.revoked, group.users = state.revoked, state.users
        for news in state.news:
            self.take(news)
        group.unheard.clear()  # nobody has joined yet
        return True

    def enter(self, group: Group, member: Member) -> None:
        """Add a socket. It gets no news until its `is_ready` is set, right after it was sent the snapshot."""
        group.members.add(member)
        if has_right(member):
            group.holders.add(member)
        if member.attendee_id is not None:
            group.by_attendee.setdefault(member.attendee_id, set()).add(member)
            group.page_loads.pop(member.attendee_id, None)
            self._arrived(group, member.attendee_id)

    def leave(self, group: Group, member: Member) -> None:
        """Remove a socket, and the group with its last one."""
        group.members.discard(member)
        group.holders.discard(member)
        if member.attendee_id is not None:
            mine = group.by_attendee.get(member.attendee_id, set())
            mine.discard(member)
            if not mine:
                group.by_attendee.pop(member.attendee_id, None)
        self.writer.forget(member)
        if (
            not group.members and not group.page_loads and not self.bus
        ):  # otherwise the sweep checks for newcomers
            self._drop(group)

    def _arrived(self, group: Group, attendee_id: int) -> None:
        newcomers.seen(attendee_id)
        if self.bus:
            group.arrived.append(attendee_id)

    def _drop(self, group: Group) -> None:
        if self.groups.get(group.key) is group:
            del self.groups[group.key]
            if self.bus:
                self.spawn(self.bus.unsubscribe(group.key))

    # -- news ---------------------------------------------------------------------------------------------------

    def publish(self, news: News) -> None:
        """Apply news and send it to the other processes. Sockets get it in the loop's next turn. Only on the loop."""
        self.take(news)
        if self.bus:
            self.bus.publish(news.group, {"type": "live.news", "news": asdict(news)})

    def listen(self, kind: str, hear: Callable[[dict[str, Any]], None]) -> None:
        """Pass an app's messages from other processes to the app, by their type."""
        self.listeners[kind] = hear

    def _hear(self, message: dict[str, Any]) -> None:
        """Handle a message from another process."""
        match message["type"]:
            case "live.news":
                self.take(News(**message["news"]))
            case "live.own":
                for attendee_id, takes_part in message["attendees"]:
                    # A repeated message may be outdated: the sockets read for themselves whether they took part.
                    part = None if message.get("again") else takes_part
                    self._own_changed(message["group"], message["topic"], attendee_id, takes_part=part)
            case "live.present":
                if group := self.groups.get(message["group"]):
                    group.elsewhere[message["from"]] = (message["present"], _time())
                    group.unusual_elsewhere |= dict.fromkeys(message["unusual"], _time())
                for attendee_id in message.get("arrived", ()):
                    newcomers.seen(attendee_id)
            case kind if hear := self.listeners.get(kind):
                hear(message)

    def take(self, news: News) -> None:
        """Store news if it is newer than the known state, and schedule it for the sockets."""
        self.heard_at = monotonic()
        group = self.groups.get(news.group)
        if group is None:
            return
        known = group.topics.get(news.topic)
        if known and news.version <= known.version:
            return
        # A version was skipped: that news is lost or late, so the short frame would not be enough.
        whole = news.whole or known is None or news.version > known.version + 1
        topic = Topic(news.version, news.states, news.owner)
        if known:
            topic.shown_to = known.shown_to | known.seen_by()
            topic.gone_for = (known.gone_for | known.seen_by()) - topic.seen_by()
        group.topics[news.topic] = topic
        group.wants(news.topic, whole=whole)
        self._step_soon(group)

    def part_changed(
        self, key: int, topic: str, attendee_id: int, *, takes_part: bool, origin: Member | None = None
    ) -> None:
        """Move all sockets of an attendee to (or from) the audience of those who took part, in every process.

        All of them except `origin`, which has its answer, reread the attendee's own part of the topic.
        """
        self._change_own(key, topic, attendee_id, takes_part=takes_part, origin=origin)

    def own_changed(self, key: int, topic: str, attendee_id: int, *, origin: Member | None = None) -> None:
        """Make all sockets of an attendee except `origin` reread the attendee's own part of a topic.

        It is not sent between processes: each socket reads it with the pass that it was opened with,
        because an anonymous ballot belongs to one device.
        """
        self._change_own(key, topic, attendee_id, takes_part=None, origin=origin)

    def _change_own(
        self, key: int, topic: str, attendee_id: int, *, takes_part: bool | None, origin: Member | None
    ) -> None:
        self._own_changed(key, topic, attendee_id, takes_part=takes_part, origin=origin)
        if self.bus:
            if not self.own_changes:  # one message for a whole batch
                asyncio.get_running_loop().call_soon(self._publish_own_changes)
            self.own_changes.setdefault((key, topic), {})[attendee_id] = takes_part

    def _publish_own_changes(self) -> None:
        changes, self.own_changes = self.own_changes, {}
        for (key, topic), attendees in changes.items():
            if self.bus:
                changed = list(attendees.items())
                message = {"type": "live.own", "group": key, "topic": topic, "attendees": changed}
                self.bus.publish(key, message, is_swept=False)

    def _own_changed(
        self, key: int, topic: str, attendee_id: int, *, takes_part: bool | None, origin: Member | None = None
    ) -> None:
        """Notify this process's sockets of an attendee; moved ones get the state of their new audience at once."""
        if group := self.groups.get(key):
            for member in group.by_attendee.get(attendee_id, ()):
                if takes_part is not None:
                    self.move_member(group, member, topic, takes_part=takes_part)
                if member is not origin:
                    member.own_changed(topic)

    def move_member(self, group: Group, member: Member, topic: str, *, takes_part: bool) -> None:
        """Move one socket, and send it its new audience's state at once, unless that is about to be sent anyway."""
        known = group.topics.get(topic)
        before = member.audience(topic)
        has_moved = member.note_part(topic, takes_part=takes_part)
        is_due = topic in group.unheard and group.next_step_at <= _time()
        if not has_moved or not member.is_ready or known is None or is_due:
            return
        if known.differs(before, after := member.audience(topic)):
            message = self._message(group, topic, after, whole=False)
            if message is not None:
                self.writer.write(group, member, message, topic, whole=False)
                if topic in group.unheard:
                    known.answered.add(member)

    def _note_page_load(self, key: int, attendee_id: int) -> None:
        self.spawn(self._open_and_note(key, attendee_id))

    async def _open_and_note(self, key: int, attendee_id: int) -> None:
        """Note a page load. It opens the group if no socket has, so that pages without JavaScript see who is here."""
        group = await self.open(key)
        if group is not None and self.loop is not None and attendee_id not in group.by_attendee:
            group.page_loads[attendee_id] = _time()
            self._arrived(group, attendee_id)


hub = Hub()


def _time() -> float:
    return asyncio.get_running_loop().time()


def broadcast(news: News) -> None:
    """Publish news once the current transaction has committed, and not at all if it does not."""
    transaction.on_commit(lambda: hub.say(news), robust=True)


def broadcast_own_change(group: int, topic: str, attendee_id: int) -> None:
    """Make an attendee's sockets reread their own part of a topic, once the current transaction has committed."""
    transaction.on_commit(lambda: hub.say_own_changed(group, topic, attendee_id), robust=True)
