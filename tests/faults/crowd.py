"""People who vote while something breaks, as the page does: they connect again, and send again what was not answered.

What was acknowledged is remembered, so that afterwards it can be looked for.
"""

import asyncio
import json
import random
from contextlib import asynccontextmanager, suppress
from typing import Any

import websockets

ANSWER_WITHIN_S = 4.0
BACK_AFTER_S = (0.05, 0.4)
PASSING = {
    "try_later",
    "not_sure",
    "slow_down",
    "too_often",
    "unavailable",
}  # said of the moment: send it again
LOST = (OSError, TimeoutError, websockets.WebSocketException)


class Watcher:
    """A page: a socket that comes back, and what it shows of each poll."""

    def __init__(self, url: str, token: str, chance: random.Random) -> None:
        self.url, self.token, self.chance = url, token, chance
        self.socket: websockets.ClientConnection | None = None
        self.connected = asyncio.Event()
        self.shown: dict[str, dict[str, Any]] = {}
        self.answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.reconnects = -1

    async def live(self) -> None:
        """Connect again for ever; cancel it to leave."""
        while True:
            with suppress(*LOST):
                async with websockets.connect(
                    self.url,
                    additional_headers={"Authorization": f"Bearer {self.token}"},
                    compression=None,
                    proxy=None,
                    open_timeout=4,
                    close_timeout=0.2,
                ) as self.socket:
                    self.reconnects += 1
                    async for text in self.socket:
                        self.hear(json.loads(text))
            self.connected.clear()
            for answer in self.answers.values():
                if not answer.done():
                    answer.set_exception(ConnectionResetError())
            await asyncio.sleep(self.chance.uniform(*BACK_AFTER_S))

    def hear(self, frame: dict[str, Any]) -> None:
        if "ref" in frame:
            answer = self.answers.get(frame["ref"])
            if answer and not answer.done():
                answer.set_result(frame)
        elif frame["type"] == "snapshot":
            for poll in frame["polls"]:
                self.paint(poll["id"], poll)
            self.connected.set()
        elif frame["type"] == "poll.changed":
            self.paint(frame["poll"]["id"], frame["poll"])
        elif frame["type"] == "poll.tally":
            self.paint(frame["poll"], frame)

    def paint(self, poll: str, told: dict[str, Any]) -> None:
        """As a page does: what is newer."""
        shown = self.shown.setdefault(poll, {"version": -1, "state": "", "counts": {}})
        if told["version"] < shown["version"]:
            return
        shown["version"] = told["version"]
        shown["state"] = told.get("state", shown["state"])
        if "options" in told:
            shown["counts"] = {o["id"]: o["count"] for o in told["options"] if o.get("count")}


class Voter(Watcher):
    """A page whose person votes; `acknowledged` is the newest vote that was answered `ok`, as (seq, option)."""

    def __init__(self, url: str, token: str, chance: random.Random, poll: str, options: list[str]) -> None:
        super().__init__(url, token, chance)
        self.poll, self.options = poll, options
        self.seq, self.refs = 0, 0
        self.acknowledged: tuple[int, str] | None = None
        self.acknowledgements = 0

    async def vote(self) -> None:
        """Choose something, and send it until it is acknowledged."""
        self.seq += 1
        option = self.chance.choice(self.options)
        while True:
            with suppress(*LOST):
                answer = await self.send(option)
                if answer["type"] == "ok":
                    break
                assert answer["code"] in PASSING, answer
            await asyncio.sleep(self.chance.uniform(0.1, 0.4))
        self.acknowledged = (self.seq, option)
        self.acknowledgements += 1

    async def send(self, option: str) -> dict[str, Any]:
        await self.connected.wait()
        self.refs += 1
        frame = {
            "type": "poll.vote",
            "ref": self.refs,
            "poll": self.poll,
            "options": [option],
            "seq": self.seq,
        }
        answer = self.answers[self.refs] = asyncio.get_running_loop().create_future()
        try:
            assert self.socket is not None
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self.socket.send(json.dumps(frame))
                return await answer
        finally:
            self.answers.pop(self.refs, None)
            answer.cancel()

    async def vote_once(self, within: float) -> None:
        await asyncio.sleep(self.chance.uniform(0, within))
        await self.vote()

    async def vote_until(self, is_over: asyncio.Event) -> None:
        while not is_over.is_set():
            await self.vote()
            await asyncio.sleep(self.chance.uniform(0.05, 0.3))


@asynccontextmanager
async def living(watchers: list[Any]) -> Any:
    """All of them connected, and left at the end."""
    tasks = [asyncio.ensure_future(watcher.live()) for watcher in watchers]
    try:
        async with asyncio.timeout(20):
            await asyncio.gather(*(watcher.connected.wait() for watcher in watchers))
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
