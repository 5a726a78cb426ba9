"""News to thousands of sockets, by the product and by the bare application alternately."""

import asyncio
from typing import Any

from bench.figures import percentile
from bench.frames import vote
from bench.machine import cpu_s
from bench.sockets import Socket, close_all, connect_all, now

EVERY_S = 0.3  # the product sends a socket at most four news per second
PATIENCE_S = 30.0


class Listener(Socket):
    """Records when it gets news."""

    hall: "Hall"

    def note(self, what: bytes, payload: bytes) -> None:
        """Record the time of news; responses and presence do not count."""
        if what == b"poll.tally":
            self.hall.heard(payload)


class Hall:
    """Sockets on one server that all wait for the same news."""

    def __init__(self, pids: list[int]) -> None:
        self.pids = pids
        self.listeners: list[Listener] = []
        self.latencies: list[float] = []
        self.said_at = 0.0
        self.waited_for = 0
        self.all_heard = asyncio.Event()
        self.last = b""

    def listener(self) -> Listener:
        """Return a new listener of this hall."""
        one = Listener()
        one.hall = self
        return one

    def heard(self, payload: bytes) -> None:
        """Record that one more has got the news."""
        self.latencies.append(now() - self.said_at)
        self.last = payload
        self.waited_for -= 1
        if self.waited_for == 0:
            self.all_heard.set()

    async def rounds(self, say: Any, count: int) -> dict[str, float]:
        """Send news and wait until all have got them, this many times; return the cost to the server."""
        self.latencies = []
        before, received = cpu_s(self.pids), self.received()
        for _ in range(count):
            self.waited_for = len(self.listeners)
            self.all_heard.clear()
            self.said_at = now()
            say()
            async with asyncio.timeout(PATIENCE_S):
                await self.all_heard.wait()
            await asyncio.sleep(max(0.0, self.said_at + EVERY_S - now()))
        spent, delivered = cpu_s(self.pids) - before, self.received() - received
        return {
            "cpu_us": 1e6 * spent / delivered,
            "p50_ms": 1000 * percentile(self.latencies, 50),
            "p95_ms": 1000 * percentile(self.latencies, 95),
        }

    def received(self) -> int:
        """Return how many frames the listeners have got."""
        return sum(one.received for one in self.listeners)


async def play(spec: dict[str, Any]) -> dict[str, Any]:
    """Play `runs` pairs of blocks; the product's news is a tally that one vote moves."""
    product, bare = Hall(spec["product"]["pids"]), Hall(spec["bare"]["pids"])
    tokens: list[str] = spec["product"]["tokens"]
    product.listeners = await connect_all(product.listener, spec["product"]["url"], tokens)
    bare.listeners = await connect_all(bare.listener, spec["bare"]["url"], ["nobody"] * len(tokens))
    poll = spec["product"]["polls"][0]
    seq = 0

    def say_by_vote() -> None:
        nonlocal seq
        seq += 1
        option = poll["options"][seq % 2]
        product.listeners[0].send(vote(ref=seq, poll=poll["id"], option=option, seq=seq))

    def say() -> None:
        bare.listeners[0].send(b"say " + product.last)

    await asyncio.sleep(spec["settle_s"])  # a round of the sweep: the number of people present has been sent
    count = spec["rounds"]
    await product.rounds(say_by_vote, count)
    await bare.rounds(say, count)
    runs = []
    for _ in range(spec["runs"]):
        ours, limit = await product.rounds(say_by_vote, count), await bare.rounds(say, count)
        runs.append({"product": ours, "bare": limit})
    frame_bytes = len(product.last)
    await close_all(product.listeners + bare.listeners)
    return {"runs": runs, "frame_bytes": frame_bytes}
