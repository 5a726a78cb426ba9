"""The bus between processes: one channel a process, joined to a session's group while it has sockets there.

Delivery is never left to it. A process hears itself directly, a lost message is found by the sweep, and a bus that is
dead or hangs costs neither a vote nor its acknowledgement: every call here is given up after a second. What Redis does
when it dies, hangs or returns was measured; docs/adr/0005 says what follows from it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

log = logging.getLogger("opendev.live")

GIVE_UP_S = 1.0
MAX_PUBLISHING = 1_000  # messages on their way; beyond that the sweep has to do
MAX_TO_REPEAT = (
    2_000  # messages that no sweep makes good, kept until they were said again; the oldest go first
)
MAX_HEARD = 20_000  # of these the ones of other processes that are known when they come again
HEARS_AGAIN_S = 5.0  # after Redis went or came back every process has noticed by then, and subscribed again

SIGN_OF_LIFE = "signs-of-life"  # a group that nobody joins

Message = dict[str, Any]


class Bus:
    """Speaks to the other processes through a channel layer. All methods run on the loop.

    It is up from a whole `renew()` until the next call that fails. Adding a group that the layer lists as joined does
    not ask Redis anything, so that alone is never a sign of life: only a message that Redis took is.
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
        )  # when it was said, where
        self.heard: dict[tuple[str, int], None] = {}  # who said it, and its number; in order of hearing
        self.all_hear_at = 0.0
        self.is_up = True
        self.listening: asyncio.Task[Any] | None = None
        self.may_be_back = asyncio.Event()  # Redis took a message although the bus is down

    async def start(self) -> None:
        """Take a channel and listen to it; while Redis is away this is left to `renew()`."""
        await self.renew()

    @property
    def is_heard(self) -> bool:
        """Whether the last call to the bus went well, and somebody listens to it."""
        return self.is_up and self.listening is not None and not self.listening.done()

    async def stop(self) -> None:
        """Leave the bus."""
        for key in list(self.wanted):
            if not self.is_up:  # where it hangs, each room would cost a second
                return
            await self.unsubscribe(key)

    async def subscribe(self, key: int) -> None:
        """Hear what is said in a group. When the bus is down this is made good by `renew()`."""
        self.wanted.add(key)
        if self.channel:
            await self._try(self.layer.group_add(_group(key), self.channel))

    async def unsubscribe(self, key: int) -> None:
        """Hear of a group no more."""
        self.wanted.discard(key)
        if self.channel:
            await self._try(self.layer.group_discard(_group(key), self.channel))

    async def renew(self) -> None:
        """Ask Redis for a sign of life, and subscribe to all wanted groups again.

        The layer lists a group whose subscription failed as joined. Also where nobody watches a session this notices
        that Redis has gone or returned.
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
        """Say again what nobody may have heard: Redis takes a message also when no process is subscribed.

        A process that lost its connection is deaf for a second or two and does not learn what was said meanwhile, and
        who said it cannot know: an outage that is shorter than a sweep is noticed by neither.
        """
        said_before = asyncio.get_running_loop().time() - HEARS_AGAIN_S
        while self.to_repeat and self.to_repeat[0][0] <= said_before and self.publishing < MAX_PUBLISHING:
            _said_at, key, message = self.to_repeat.popleft()
            self.publish(key, message)

    async def _take_channel(self) -> None:
        """Take a channel, only after Redis answered: the layer keeps those that it failed to subscribe for good."""
        self.channel = await self.layer.new_channel()
        self.listening = self.spawn(self._listen())

    def publish(self, key: int, message: Message, *, is_swept: bool = True) -> None:
        """Tell the other processes, in a task of its own.

        What no sweep makes good (`is_swept`) is said once more, five seconds later or after an outage, with `again` in
        it. Who heard it the first time does not hear it twice.
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
        except Exception as error:  # noqa: BLE001  # whatever the client library raises, the bus did not take it
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
        """Return False if this is said again and was heard the first time."""
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
    """Return what an error of the client library says; it names host and port, and no password."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def _group(key: int) -> str:
    return f"session-{key}"
