"""A room with questions: everybody upvotes one of a few within a second, and all see the same."""

import asyncio
import json
import random
from bisect import bisect_left
from collections import Counter
from typing import Any

from bench.figures import percentile
from bench.frames import upvote
from bench.machine import cpu_s
from bench.sockets import Socket, close_all, connect_all, now

PATIENCE_S = 30.0


class Attendee(Socket):
    """Upvotes one question, and records the frames that arrive meanwhile, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.question = ""
        self.sent_at = self.acked_at = 0.0
        self.told_at: list[float] = []
        self.votes: dict[str, int] = {}
        self.errors: list[str] = []

    def note(self, what: bytes, payload: bytes) -> None:
        """Take the acknowledgement, an error, or news."""
        if what == b"ok":
            self.acked_at = now()
        elif what == b"error":
            self.errors.append(payload.decode())
        else:
            self.told_at.append(now())
            if what in {b"question.tally", b"snapshot"}:
                self.votes |= {one["id"]: one["votes"] for one in json.loads(payload)["questions"]}

    def most_in_a_second(self) -> int:
        """Return how many news arrived in the busiest second."""
        return max((bisect_left(self.told_at, at + 1) - n for n, at in enumerate(self.told_at)), default=0)


async def play(spec: dict[str, Any]) -> dict[str, float]:
    """Play the scene once."""
    people = await connect_all(Attendee, spec["url"], spec["tokens"])
    await asyncio.sleep(spec["settle_s"])
    for one in people:
        one.told_at.clear()
    spent, began = cpu_s(spec["pids"]), now()
    last = await upvote_all(people, spec)
    wanted = Counter(one.question for one in people)
    settled = await until_all_see(people, wanted)
    spent, took = cpu_s(spec["pids"]) - spent, now() - began
    after = (await connect_all(Attendee, spec["url"], spec["tokens"][:1]))[0]
    shown = [one.votes for one in (*people, after)]
    waits = [1000 * (one.acked_at - one.sent_at) for one in people if one.acked_at]
    await close_all([*people, after])
    return {
        "ack_p50_ms": percentile(waits, 50),
        "ack_p95_ms": percentile(waits, 95),
        "ack_p99_ms": percentile(waits, 99),
        "settled_s": settled - last,
        "miscounted": sum(abs(seen.get(q, 0) - n) for seen in shown for q, n in wanted.items()),
        "unanswered": len(people) - len(waits),
        "errors": sum(len(one.errors) for one in people),
        "most_in_a_second": max(one.most_in_a_second() for one in people),
        "cpu_per_vote_us": 1e6 * spent / len(people),
        "cpu_share": spent / took,
    }


async def upvote_all(people: list[Attendee], spec: dict[str, Any]) -> float:
    """Have everybody upvote one question, spread evenly at random over the time; return when the last one did."""
    chance = random.Random(spec["seed"])
    plan = sorted(((chance.uniform(0, spec["within_s"]), one) for one in people), key=lambda due: due[0])
    began = now()
    for due, one in plan:
        if (pause := began + due - now()) > 0:
            await asyncio.sleep(pause)
        one.question, one.sent_at = chance.choice(spec["questions"]), now()
        one.send(upvote(ref=1, question=one.question))
    return now()


async def until_all_see(people: list[Attendee], wanted: Counter[str]) -> float:
    """Wait until everybody is shown every vote, or until a timeout; return when that was."""
    until = now() + PATIENCE_S
    while now() < until and any(one.votes.get(q) != n for one in people for q, n in wanted.items()):
        await asyncio.sleep(0.01)
    return now()
