"""The bus between processes: one channel a process, joined to a session's group while it has sockets there.

Delivery is never left to it. A process hears itself directly, a lost message is found by the sweep, and a bus that is
dead or hangs costs neither a vote nor its acknowledgement: every call here is given up after a second. What Redis does
when it dies, hangs or returns was measured; docs/adr/0005 says what follows from it.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

log = logging.getLogger("opendev.live")

GIVE_UP_S = 1.0
MAX_PUBLISHING = 1_000  # messages on their way; beyond that the sweep has to do

Message = dict[str, Any]


class Bus:
    """Speaks to the other processes through a channel layer. All methods run on the loop."""

    def __init__(
        self, layer: Any, hear: Callable[[Message], None], spawn: Callable[[Any], asyncio.Task[Any]]
    ) -> None:
        self.layer, self.hear, self.spawn = layer, hear, spawn
        self.channel = ""
        self.wanted: set[int] = set()
        self.publishing = 0
        self.is_up = True
        self.listening: asyncio.Task[Any] | None = None
        self.was_repaired = asyncio.Event()

    async def start(self) -> None:
        """Take a channel and listen to it."""
        self.channel = await self.layer.new_channel()
        self.listening = self.spawn(self._listen())

    @property
    def is_heard(self) -> bool:
        """Whether the last call to the bus went well, and somebody listens to it."""
        return self.is_up and self.listening is not None and not self.listening.done()

    async def stop(self) -> None:
        """Leave the bus."""
        for key in list(self.wanted):
            await self.unsubscribe(key)

    async def subscribe(self, key: int) -> None:
        """Hear what is said in a group. When the bus is down this is made good by `renew()`."""
        self.wanted.add(key)
        await self._try(self.layer.group_add(_group(key), self.channel))

    async def unsubscribe(self, key: int) -> None:
        """Hear of a group no more."""
        self.wanted.discard(key)
        await self._try(self.layer.group_discard(_group(key), self.channel))

    async def renew(self) -> None:
        """Subscribe to all wanted groups again: the layer lists a group whose subscription failed as joined."""
        for key in list(self.wanted):
            if not await self._try(self.layer.group_add(_group(key), self.channel)):
                return

    def publish(self, key: int, message: Message) -> None:
        """Tell the other processes, in a task of its own."""
        if self.publishing < MAX_PUBLISHING:
            self.publishing += 1
            self.spawn(self._publish(key, message))

    async def _publish(self, key: int, message: Message) -> None:
        try:
            await self._try(self.layer.group_send(_group(key), {**message, "from": self.channel}))
        finally:
            self.publishing -= 1

    async def _try(self, call: Coroutine[Any, Any, None]) -> bool:
        """Await a call to the layer for a second; log when the bus goes down or comes back, not each failure."""
        try:
            async with asyncio.timeout(GIVE_UP_S):
                await call
        except Exception as error:  # noqa: BLE001  # whatever the client library raises, the bus did not take it
            if self.is_up:
                log.warning("The bus between processes is down: %s", type(error).__name__)
            self.is_up = False
            return False
        if not self.is_up:
            log.warning("The bus between processes is back.")
            self.is_up = True
            self.was_repaired.set()
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
                    self.hear(message)


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _group(key: int) -> str:
    return f"session-{key}"
