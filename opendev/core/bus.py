"""The bus between processes: one channel per process, joined to a session's group while it has sockets there.

Delivery never depends on it. A process handles its own news directly, the sweep finds lost messages, and a bus that is
dead or hangs costs neither a vote nor its acknowledgement: every call here gives up after a second. The behaviour of
Redis when it dies, hangs or returns was measured; docs/adr/0005 says what follows from it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

log = logging.getLogger("opendev.live")

GIVE_UP_S = 1.0
MAX_PUBLISHING = 1_000  # messages in flight; beyond that the sweep has to do the work
MAX_TO_REPEAT = (
    2_000  # messages that no sweep can replace, kept until they are sent again; the oldest are dropped first
)
MAX_HEARD = 20_000  # how many of other processes' messages are remembered, to recognise repetitions
HEARS_AGAIN_S = 5.0  # by then every process has noticed that Redis went or returned, and subscribed again

SIGN_OF_LIFE = "signs-of-life"  # a group that nobody joins

Message = dict[str, Any]


class Bus:
    """Speaks to the other processes through a channel layer. All methods run on the loop.

    It is up from a complete `renew()` until the next call that fails. Adding a group that the layer lists as joined
    does not contact Redis, so that alone is never a sign of life: only a message that Redis accepted is.
    """

    def __init__(
        self, layer: Any, hear: Callable[[Message], None], spawn: Callable[[Any], asyncio.Task[Any]]
    ) -> None:
        self.layer, self.hear, self.spawn = layer, hear, spawn
        self.channel = ""  # until Redis has once answered
        self.wanted: set[int] = set()
        self.publishing = 0
        self.numbered = 0
        self.to_repeat: deque[tuple[float, int, Message]] = deque(
            maxlen=MAX_TO_REPEAT
        )  # sent when, and where
        self.heard: dict[tuple[str, int], None] = {}  # its sender and number; in order of arrival
        self.all_hear_at = 0.0
        self.is_up = True
        self.listening: asyncio.Task[Any] | None = None
        self.may_be_back = asyncio.Event()  # Redis accepted a message although the bus is down

    async def start(self) -> None:
        """Open a channel and listen to it; while Redis is away this is left to `renew()`."""
        await self.renew()

    @property
    def is_heard(self) -> bool:
        """Whether the last call to the bus succeeded, and the listener is running."""
        return self.is_up and self.listening is not None and not self.listening.done()

    async def stop(self) -> None:
        """Leave the bus."""
        for key in list(self.wanted):
            if not self.is_up:  # if it hangs, each room would cost a second
                return
            await self.unsubscribe(key)

    async def subscribe(self, key: int) -> None:
        """Subscribe to a group. If the bus is down, `renew()` does it later."""
        self.wanted.add(key)
        if self.channel:
            await self._try(self.layer.group_add(_group(key), self.channel))

    async def unsubscribe(self, key: int) -> None:
        """Unsubscribe from a group."""
        self.wanted.discard(key)
        if self.channel:
            await self._try(self.layer.group_discard(_group(key), self.channel))

    async def renew(self) -> None:
        """Check that Redis is alive, and subscribe to all needed groups again.

        The layer lists a group as joined even if its subscription failed. Even if nobody watches a session, this
        notices that Redis has gone or returned.
        """
        if not await self._try(self.layer.group_send(SIGN_OF_LIFE, {"type": "live.sign"})):
            return
        if not self.channel and not await self._try(self._take_channel()):
            return
        for key in list(self.wanted):
            if not await self._try(self.layer.group_add(_group(key), self.channel)):
                return
        if not self.is_up:
            log.warning("The bus between processes is back.")
            self.is_up, self.all_hear_at = True, asyncio.get_running_loop().time() + HEARS_AGAIN_S
        if asyncio.get_running_loop().time() >= self.all_hear_at:
            self._repeat()

    def _repeat(self) -> None:
        """Repeat messages that may not have been received: Redis accepts a message even if no process is subscribed.

        A process that lost its connection is deaf for a second or two and misses the messages of that time, and their
        sender cannot know: neither of them notices an outage that is shorter than a sweep.
        """
        said_before = asyncio.get_running_loop().time() - HEARS_AGAIN_S
        while self.to_repeat and self.to_repeat[0][0] <= said_before and self.publishing < MAX_PUBLISHING:
            _said_at, key, message = self.to_repeat.popleft()
            self.publish(key, message)

    async def _take_channel(self) -> None:
        """Open a channel, only after Redis answered: the layer never forgets a failed subscription."""
        self.channel = await self.layer.new_channel()
        self.listening = self.spawn(self._listen())

    def publish(self, key: int, message: Message, *, is_swept: bool = True) -> None:
        """Send to the other processes, in a separate task.

        A message that no sweep can replace (not `is_swept`) is sent once more, five seconds later or after an outage,
        with `again` in it. Processes that received the first one ignore the second.
        """
        if not is_swept:
            self.numbered += 1
            message = {**message, "number": self.numbered}
            self._repeat_later(key, {**message, "again": True})
        if self.publishing < MAX_PUBLISHING:
            self.publishing += 1
            self.spawn(self._publish(key, message))

    def _repeat_later(self, key: int, message: Message) -> None:
        self.to_repeat.append((asyncio.get_running_loop().time(), key, message))

    async def _publish(self, key: int, message: Message) -> None:
        try:
            taken = await self._try(self.layer.group_send(_group(key), {**message, "from": self.channel}))
            if taken and not self.is_up:
                self.may_be_back.set()
            if not taken and "again" in message:
                self._repeat_later(key, message)
        finally:
            self.publishing -= 1

    async def _try(self, call: Coroutine[Any, Any, None]) -> bool:
        """Await a call to the layer for a second; log when the bus goes down, not each failure."""
        try:
            async with asyncio.timeout(GIVE_UP_S):
                await call
        except Exception as error:  # noqa: BLE001  # whatever the client library raises, the message was not sent
            if self.is_up:
                log.warning("The bus between processes is down (REDIS_URL): %s", _in_a_line(error))
            self.is_up = False
            return False
        return True

    async def _listen(self) -> None:
        while True:
            try:
                message = await self.layer.receive(self.channel)
            except Exception:
                if _is_cancelled():  # with a dead Redis the layer turns a cancellation into its own error
                    return
                log.exception("Listening to the bus failed; trying again.")
                await asyncio.sleep(GIVE_UP_S)
                continue
            if message.get("from") != self.channel:
                with suppress(KeyError, TypeError):  # from another version of the program, during an upgrade
                    if self._is_new(message):
                        self.hear(message)

    def _is_new(self, message: Message) -> bool:
        """Return False if this is a repetition of a message that was received before."""
        if "number" not in message:
            return True
        known_as = (message["from"], message["number"])
        is_new = known_as not in self.heard
        self.heard[known_as] = None
        if len(self.heard) > MAX_HEARD:
            del self.heard[next(iter(self.heard))]
        return is_new


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _in_a_line(error: Exception) -> str:
    """Return the text of an error of the client library; it contains host and port, but no password."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def _group(key: int) -> str:
    return f"session-{key}"
