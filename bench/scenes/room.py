"""The main scene: a room joins, everybody votes within five seconds, all see the same at the end."""

import asyncio
import random
import sys
from collections import Counter
from typing import Any

from bench.figures import percentile
from bench.frames import counts, number, vote
from bench.machine import cpu_s, memory_kb
from bench.sockets import Probe, Socket, close_all, connect_all, now, open_probe

# The second is the whole poll: for when a version was missed, as with several workers.
NEWS_OF_POLLS = {b"poll.tally", b"poll.changed"}
PATIENCE_S = 30.0
SAID = 5  # errors printed; all are counted


class Attendee(Socket):
    """Votes once, and records the frames that arrive meanwhile."""

    room: "Room"
    option: str
    sent_at = acked_at = settled_at = 0.0
    news = 0
    final = last = b""

    def note(self, what: bytes, payload: bytes) -> None:
        """Take the acknowledgement, an error, or news."""
        if what == b"ok":
            self.acked_at = now()
        elif what == b"error":
            self.room.errors.append(payload.decode())
        else:
            self.news += 1
            if what in NEWS_OF_POLLS:
                self.last = payload
                if not self.final and self.room.is_final(payload):
                    self.final, self.settled_at = payload, now()
                    self.room.one_settled()


class Room:
    """The sockets of one session."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.poll: dict[str, Any] = spec["polls"][0]
        self.attendees: list[Attendee] = []
        self.errors: list[str] = []
        self.unsettled = len(spec["tokens"])
        self.all_settled = asyncio.Event()

    def attendee(self) -> Attendee:
        """Return a new attendee of this room."""
        one = Attendee()
        one.room = self
        return one

    def is_final(self, payload: bytes) -> bool:
        """Return True if a tally, or the whole poll, counts everybody and shows the counts."""
        return number(payload, b"ballots") == len(self.attendees) and b'"count"' in payload

    def one_settled(self) -> None:
        """Record that one more has the final tally."""
        self.unsettled -= 1
        if self.unsettled == 0:
            self.all_settled.set()

    async def vote(self) -> float:
        """Have everybody vote, spread evenly at random over the time; return when the last one did."""
        chance = random.Random(self.spec["seed"])
        plan = sorted(
            ((chance.uniform(0, self.spec["vote_within_s"]), one) for one in self.attendees),
            key=lambda due: due[0],
        )
        for one in self.attendees:
            one.option = chance.choice(self.poll["options"])
            one.news = 0
        began = now()
        for due, one in plan:
            if (pause := began + due - now()) > 0:
                await asyncio.sleep(pause)
            one.sent_at = now()
            one.send(vote(ref=1, poll=self.poll["id"], option=one.option, seq=1))
        return now()

    def what_lacks(self) -> str:
        """Report who never got the final tally, and the last frame of the first of them."""
        waiting = [one for one in self.attendees if not one.final]
        return f"{len(waiting)} clients never had the final tally; the last news of one: {waiting[0].last!r}"

    def lost(self) -> int:
        """Return how many acknowledged votes the final tally does not count."""
        acked = Counter(one.option for one in self.attendees if one.acked_at)
        shown = counts(self.attendees[0].final) if self.attendees[0].final else {}
        return sum(max(0, n - shown.get(option, 0)) for option, n in acked.items())


async def play(spec: dict[str, Any]) -> dict[str, Any]:
    """Play the scene once."""
    room = Room(spec)
    probe = await open_probe(spec["url"], spec["probe_token"])
    found = await join(room)
    await asyncio.sleep(spec["settle_s"])  # a round of the sweep: the number of people present has been sent
    found |= await everybody_votes(room, probe)
    await asyncio.sleep(1.0)
    await close_all(room.attendees)
    if spec["reconnects"]:
        found |= await everybody_comes_back(room)
    await close_all([probe])
    return found


async def join(room: Room) -> dict[str, float]:
    """Let everybody in, each with a snapshot."""
    pids, tokens = room.spec["pids"], room.spec["tokens"]
    memory, spent, began = memory_kb(pids), cpu_s(pids), now()
    room.attendees = await connect_all(room.attendee, room.spec["url"], tokens)
    took, spent = now() - began, cpu_s(pids) - spent
    return {
        "join_s": took,
        "join_cpu_ms": 1000 * spent / len(tokens),
        "kb_per_attendee": (memory_kb(pids) - memory) / len(tokens),
    }


async def everybody_votes(room: Room, probe: Probe) -> dict[str, float]:
    """Play the five seconds, until the last client has the final tally."""
    people, pids = len(room.attendees), room.spec["pids"]
    spent, began = cpu_s(pids), now()
    probe.begin()
    last_vote = await room.vote()
    try:
        async with asyncio.timeout(PATIENCE_S):
            await room.all_settled.wait()
    except TimeoutError:
        room.errors.append(room.what_lacks())
    spent, took = cpu_s(pids) - spent, now() - began
    for error in room.errors[:SAID]:
        print(error, file=sys.stderr)  # standard output is for the report
    waits = [1000 * (one.acked_at - one.sent_at) for one in room.attendees if one.acked_at]
    return {
        "ack_p50_ms": percentile(waits, 50),
        "ack_p95_ms": percentile(waits, 95),
        "ack_p99_ms": percentile(waits, 99),
        "settled_s": max(one.settled_at for one in room.attendees) - last_vote,
        "lost": room.lost(),
        "unanswered": people - len(waits),
        "errors": len(room.errors),
        "messages_per_client_s": sum(one.news for one in room.attendees) / people / took,
        "cpu_per_vote_us": 1e6 * spent / people,
        "cpu_share": spent / took,
        **probe.lags(),
    }


async def everybody_comes_back(room: Room) -> dict[str, float]:
    """Let everybody reconnect at once, as after an outage, each with their own answer in the snapshot."""
    began = now()
    again = await connect_all(Returned, room.spec["url"], room.spec["tokens"], at_once=500)
    found = {
        "reconnect_s": now() - began,
        "forgotten": float(sum(not one.has_voted for one in again)),
    }
    await close_all(again)
    return found


class Returned(Socket):
    """Reconnects, and checks whether its answer is in the snapshot."""

    has_voted = False

    def note(self, what: bytes, payload: bytes) -> None:
        """Read the snapshot."""
        if what == b"snapshot":
            self.has_voted = b'"mine":{"voted":true' in payload
