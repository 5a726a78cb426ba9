"""A Hub with rooms of the test's own: what it reads them from, and who listens in them."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from opendev.core.attendance import Ground
from opendev.core.groups import (
    EVERYBODY,
    Frame,
    GroupState,
    News,
    State,
    TopicKind,
)
from opendev.core.live import Hub
from opendev.core.sending import SendMessage, TextMessage

ROOM, TOPIC = 7, "poll:1"
MODERATORS, VOTED = "moderators", "voted"  # audiences as an app names them
AUDIENCES = (MODERATORS, VOTED, EVERYBODY)
MODERATOR = 9  # who moderates it


def news(
    version: int, *, topic: str = TOPIC, group: int = ROOM, whole: bool = True, hidden: Iterable[str] = ()
) -> News:
    """A topic at a version, for all audiences but the hidden ones; each is told its own name."""
    states = {a: None if a in hidden else {"version": version, "for": a} for a in AUDIENCES}
    return News(group, topic, version, states, whole)


class Frames:
    """How the topics of these rooms travel."""

    def changed(self, state: State, now: str) -> Frame:
        return {"type": "changed", **state}

    def tally(self, state: State, now: str) -> Frame:
        return {"type": "tally", **state}

    def gone(self, topic: str, version: int) -> Frame:
        return {"type": "gone", "topic": topic, "version": version}


class Rooms:
    """The rooms as a database would hold them."""

    def __init__(self, *keys: int) -> None:
        self.kinds: Mapping[str, TopicKind] = {"poll": Frames()}
        self.stored: dict[int, dict[str, News]] = {key: {} for key in keys or (ROOM,)}
        self.reads = 0
        self.reserved = frozenset({MODERATORS})
        self.held: dict[str, frozenset[int]] = {"moderator": frozenset({MODERATOR}), "display": frozenset()}
        self.lost_grounds: frozenset[Ground] = frozenset()
        self.revoked: frozenset[int] = frozenset()
        self.users: frozenset[int] | None = None  # who alone may be in the rooms

    def store(self, item: News) -> News:
        self.stored[item.group][item.topic] = item
        return item

    def read(self, group: int) -> GroupState | None:
        self.reads += 1
        if group not in self.stored:
            return None
        return GroupState({"event_id": 1}, list(self.stored[group].values()))

    def versions(self, groups: Iterable[int]) -> dict[int, dict[str, int]]:
        return {
            group: {topic: item.version for topic, item in self.stored[group].items()}
            for group in groups
            if group in self.stored
        }

    def raise_versions(self, group: int, above: Mapping[str, int]) -> None:
        for topic, version in above.items():
            if self.stored[group][topic].version <= version:
                self.stored[group][topic] = news(version + 1, topic=topic, group=group)

    def holders(self, right: str, group: int) -> frozenset[int]:
        return self.held[right]

    def lasting(self, grounds: frozenset[Ground]) -> frozenset[Ground]:
        return grounds - self.lost_grounds

    def revoked_passes(self, groups: Iterable[int]) -> dict[int, frozenset[int]]:
        return dict.fromkeys(groups, self.revoked)

    def users_of_closed(self, groups: Iterable[int]) -> dict[int, frozenset[int]]:
        return {} if self.users is None else dict.fromkeys(groups, self.users)


class Listener:
    """A socket that takes everything at once, until it is `blocked`."""

    def __init__(self, hub: Hub, attendee_id: int | None = None, *, audience: str = EVERYBODY) -> None:
        self.hub, self.attendee_id, self.always = hub, attendee_id, audience
        self.rights: dict[str, int] = {"moderator": MODERATOR} if audience == MODERATORS else {}
        self.ground: Ground | None = None
        self.pass_ends_at: float | None = None
        self.is_ready, self.is_closed = True, False
        self.voted: set[str] = set()
        self.own: list[str] = []
        self.heard: list[tuple[float, dict[str, Any]]] = []
        self.closed: int | None = None
        self.free = asyncio.Event()
        self.free.set()
        self.base_send: SendMessage = self.take

    async def take(self, message: Any) -> None:
        while not self.free.is_set():
            await self.free.wait()
        if message["type"] == "websocket.close":
            self.closed = message["code"]
        else:
            self.heard.append((asyncio.get_running_loop().time(), json.loads(message["text"])))

    def block(self) -> None:
        self.free.clear()

    def unblock(self) -> None:
        self.free.set()

    def audience(self, topic: str) -> str:
        return VOTED if topic in self.voted else self.always

    def note_part(self, topic: str, *, takes_part: bool) -> bool:
        if takes_part == (topic in self.voted):
            return False
        (self.voted.add if takes_part else self.voted.discard)(topic)
        return True

    def own_changed(self, topic: str) -> None:
        self.own.append(topic)

    def frames(self, *types: str) -> list[dict[str, Any]]:
        """What it heard, presence left out unless it is asked for."""
        wanted = types or ("changed", "tally", "gone", "reply")
        return [frame for _at, frame in self.heard if frame["type"] in wanted]

    def versions(self) -> list[int]:
        return [frame["version"] for frame in self.frames()]

    async def join(self, room: int = ROOM) -> "Listener":
        group = await self.hub.open(room)
        assert group is not None
        self.hub.enter(group, self)
        return self

    def leave(self, room: int = ROOM) -> None:
        self.hub.leave(self.hub.groups[room], self)

    def reply(self, text: str) -> None:
        message = TextMessage(json.dumps({"type": "reply", "version": text}))
        self.hub.writer.reply(self.hub.groups[ROOM], self, message)


@asynccontextmanager
async def running(*keys: int) -> AsyncIterator[tuple[Hub, Rooms]]:
    """A Hub that runs, with rooms of these keys."""
    hub, rooms = Hub(), Rooms(*keys)
    hub.source = rooms
    await hub.start()
    try:
        yield hub, rooms
    finally:
        await hub.stop()
