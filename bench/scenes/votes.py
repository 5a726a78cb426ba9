"""Votes as fast as possible: each socket sends its next one when the last is acknowledged."""

import asyncio
import random
from typing import Any

from bench.figures import percentile
from bench.frames import answer, vote
from bench.machine import cpu_s
from bench.sockets import Socket, close_all, connect_all, now

PATIENCE_S = 60.0


def _frame(ref: int, poll: dict[str, Any], chance: random.Random) -> bytes:
    if "field" in poll:
        value = chance.choice(poll["answers"])
        return answer(ref=ref, poll=poll["id"], field=poll["field"], value=value, seq=1)
    return vote(ref=ref, poll=poll["id"], option=chance.choice(poll["options"]), seq=1)


class Voter(Socket):
    """Sends its frames one after the other; the bare application echoes them, the product answers `ok`."""

    crowd: "Crowd"
    pending: list[bytes]
    sent_at: float

    def note(self, what: bytes, payload: bytes) -> None:
        """Send the next frame after a response."""
        if what in {b"ok", b"poll.vote"}:
            self.crowd.latencies.append(now() - self.sent_at)
            self.next()
        elif what == b"error":
            self.crowd.errors += 1
            self.next()

    def next(self) -> None:
        """Send the next frame, or finish."""
        if self.pending:
            self.sent_at = now()
            self.send(self.pending.pop())
        else:
            self.crowd.one_is_done()


class Crowd:
    """The sockets of one server."""

    def __init__(self, place: dict[str, Any]) -> None:
        self.place = place
        self.pids: list[int] = place["pids"]
        self.voters: list[Voter] = []
        self.latencies: list[float] = []
        self.errors = 0
        self.busy = 0
        self.all_done = asyncio.Event()

    def voter(self) -> Voter:
        """Return a new voter of this crowd."""
        one = Voter()
        one.crowd, one.pending, one.sent_at = self, [], 0.0
        return one

    def one_is_done(self) -> None:
        """Record that one more has nothing left to send."""
        self.busy -= 1
        if self.busy == 0:
            self.all_done.set()

    async def burst(self, polls: list[dict[str, Any]], chance: random.Random) -> dict[str, float]:
        """Let everybody vote in each of the polls; return the figures."""
        self.latencies, self.busy = [], len(self.voters)
        self.all_done.clear()
        for one in self.voters:
            one.pending = [_frame(number, poll, chance) for number, poll in enumerate(reversed(polls))]
        before, began = cpu_s(self.pids), now()
        for one in self.voters:
            one.next()
        async with asyncio.timeout(PATIENCE_S):
            await self.all_done.wait()
        took, spent = now() - began, cpu_s(self.pids) - before
        return {
            "per_s": len(self.latencies) / took,
            "cpu_us": 1e6 * spent / len(self.latencies),
            "p95_ms": 1000 * percentile(self.latencies, 95),
        }


async def play(spec: dict[str, Any]) -> dict[str, Any]:
    """Play `runs` rounds; in each every server has its burst. Every vote is a new ballot."""
    chance = random.Random(spec["seed"])
    crowds = {name: Crowd(place) for name, place in spec["places"].items()}
    for crowd in crowds.values():
        crowd.voters = await connect_all(crowd.voter, crowd.place["url"], crowd.place["tokens"])
    await asyncio.sleep(spec["settle_s"])
    runs = []
    for number in range(spec["runs"] + 1):
        run = {}
        for name, crowd in crowds.items():
            first = number * spec["polls_a_run"]
            run[name] = await crowd.burst(crowd.place["polls"][first : first + spec["polls_a_run"]], chance)
            await asyncio.sleep(1.0)  # until the last news are sent: they must not count for another server
        if number:  # the first round warms up
            runs.append(run)
    for crowd in crowds.values():
        await close_all(crowd.voters)
    return {"runs": runs, "errors": sum(crowd.errors for crowd in crowds.values())}
