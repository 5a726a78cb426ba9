"""Several worker processes on PostgreSQL and Redis: a room that votes in three seconds is counted once, and all see it.

`pytest tests/load/test_workers.py --runs=10 -s` repeats the storm and prints the figures of each run.
"""

import asyncio
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from opendev.core.attendance import AttendeePass, new_pass, sign_pass
from polls.models import Participation, Poll
from polls.services import recount_polls
from sessions.attendees.models import Attendee
from tests.factories import NOW, as_tally, make_poll, make_session, options_of, votes_counted
from tests.factories.databases import connected_to
from tests.load.crowd import Line, connect_all, worker_by_port, workers_of
from tests.support.server import Server

PEOPLE, STORM_S, PATIENCE_S = 1_000, 3.0, 60.0
TEXTS = ("a", "b", "c", "d")
AGAIN = ("retry elsewhere", "change", "change elsewhere", "withdrawal", "two secrets")


class PostgresLog:
    """What PostgreSQL wrote since the test began."""

    def __init__(self, postgres: Any) -> None:
        self.path = postgres.log
        self.begin = self.path.stat().st_size

    def count(self, words: str) -> int:
        with self.path.open("rb") as file:
            file.seek(self.begin)
            return file.read().decode(errors="replace").count(words)


@pytest.fixture
def postgres_log(postgres: Any) -> PostgresLog:
    return PostgresLog(postgres)


class Stage:
    """A server of several workers with one session, and a crowd that joined it."""

    def __init__(self, server: Server, runs: int) -> None:
        self.server = server
        self.session = make_session()
        self.polls = [make_poll(self.session, options=TEXTS, visibility="always") for _ in range(runs)]
        event = self.session.event
        rows = Attendee.objects.bulk_create(Attendee(event=event, joined_at=NOW) for _ in range(PEOPLE))
        self.passes = [new_pass(event.pk, row.pk) for row in rows]
        # The texts of each poll's options by their ids, as they travel.
        self.texts = {
            poll.pk: {str(pk): text for text, pk in options_of(poll).items()} for poll in self.polls
        }
        server.start()


@pytest.fixture
def stage(start_server: Any, redis_url: str, django_db_blocker: Any, runs: int) -> Iterator[Stage]:
    server = start_server(database="postgres", REDIS_URL=redis_url, WORKERS="4", start=False)
    with django_db_blocker.unblock(), connected_to(server.environment["DATABASE_URL"]):
        yield Stage(server, runs)


@dataclass
class Voter:
    """Somebody with a line, perhaps a second one to another worker, and what they do in the storm."""

    attendee: AttendeePass
    again: str
    lines: list[Line]
    first: str
    second: str
    delay: float
    last: str = ""
    waits: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    async def act(self, begin: float) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(begin + self.delay - loop.time())
        here, elsewhere = self.lines[0], self.lines[-1]
        match self.again:
            case "retry elsewhere":
                await asyncio.gather(
                    self.vote(here, self.first, 1, ref=1), self.vote(elsewhere, self.first, 1, ref=2)
                )
            case "change":
                await asyncio.gather(
                    self.vote(here, self.first, 1, ref=1), self.vote(here, self.second, 2, ref=2)
                )
            case "change elsewhere":
                await asyncio.gather(
                    self.vote(here, self.first, 1, ref=1), self.vote(elsewhere, self.second, 2, ref=2)
                )
                self.last = self.second
            case "withdrawal":
                await self.vote(here, self.first, 1, ref=1)
                answer = await self.ask(here, "poll.withdraw", ref=2, seq=2)
                assert answer["mine"]["options"] is None
                self.last = ""
            case "two secrets":
                secrets = [f"{name}-device-of-{self.attendee.attendee_id:06}" for name in ("one", "other")]
                await asyncio.gather(
                    self.vote(here, self.first, 1, ref=1, ballot=secrets[0]),
                    self.vote(elsewhere, self.second, 1, ref=2, ballot=secrets[1]),
                )
                assert self.refused == ["already_voted"]
            case _:
                await self.vote(here, self.first, 1, ref=1)

    async def vote(self, line: Line, option: str, seq: int, *, ref: int, **more: str) -> None:
        answer = await self.ask(line, "poll.vote", ref=ref, options=[option], seq=seq, **more)
        if answer["type"] == "ok":
            self.last = option
        else:
            self.refused.append(answer["code"])

    async def ask(self, line: Line, type: str, *, ref: int, **fields: Any) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        begin = loop.time()
        answer = await line.send(ref, type, **fields)
        self.waits.append(loop.time() - begin)
        return answer


async def voters_of(stage: Stage, poll: Poll, chance: random.Random) -> list[Voter]:
    """Everybody connects; who votes again elsewhere has a second line, to another worker than the first."""
    kinds = [*AGAIN * (PEOPLE // 5 // len(AGAIN))]
    kinds += [""] * (PEOPLE - len(kinds))
    tokens = [sign_pass(one) for one in stage.passes]
    lines = await connect_all(stage.server, stage.session.pk, tokens, str(poll.pk))
    options = list(stage.texts[poll.pk])
    voters = [
        Voter(one, kind, [line], *two_of(options, chance), delay=chance.uniform(0, STORM_S))
        for one, kind, line in zip(stage.passes, kinds, lines, strict=True)
    ]
    wanting = [
        voter for voter in voters if voter.again in {"retry elsewhere", "change elsewhere", "two secrets"}
    ]
    for _ in range(20):
        wanting = await give_second_lines(stage, poll, wanting)
        if not wanting:
            return voters
    raise AssertionError("no second worker was ever reached")


def two_of(options: list[str], chance: random.Random) -> tuple[str, str]:
    first, second = chance.sample(options, 2)
    return first, second


async def give_second_lines(stage: Stage, poll: Poll, wanting: list[Voter]) -> list[Voter]:
    """Connect once more; who came to the same worker again is returned, and tries again."""
    tokens = [sign_pass(voter.attendee) for voter in wanting]
    lines = await connect_all(stage.server, stage.session.pk, tokens, str(poll.pk))
    workers = worker_by_port(stage.server)
    left = []
    for voter, line in zip(wanting, lines, strict=True):
        if workers[line.port] != workers[voter.lines[0].port]:
            voter.lines.append(line)
        else:
            line.close()
            left.append(voter)
    return left


async def storm(stage: Stage, poll: Poll, run: int) -> tuple[list[Voter], dict[str, float]]:
    chance, loop = random.Random(run), asyncio.get_running_loop()
    voters = await voters_of(stage, poll, chance)
    lines = [line for voter in voters for line in voter.lines]
    try:
        workers = worker_by_port(stage.server)
        shares = Counter(workers[line.port] for line in lines)
        begin = loop.time()
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(voter.act(begin) for voter in voters))
        answered = loop.time() - begin
        version = await asyncio.to_thread(final_version, stage, poll)
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(line.is_shown(version) for line in lines))
        settled = loop.time() - begin
    finally:
        for line in lines:
            line.close()
    waits = statistics.quantiles([1000 * wait for voter in voters for wait in voter.waits], n=100)
    figures = {
        "workers": len(shares), "fewest sockets": min(shares.values()), "most": max(shares.values()),
        "acts": sum(len(voter.waits) for voter in voters), "ack p50 ms": waits[49], "p95": waits[94], "p99": waits[98],
        "last ack s": answered, "settled s": settled,
    }  # fmt: skip
    return voters, figures


def final_version(stage: Stage, poll: Poll) -> int:
    """The poll's version with all that was answered: what is pending is added within a moment."""
    with psycopg.connect(stage.server.environment["DATABASE_URL"], autocommit=True) as connection:
        deadline = time.monotonic() + PATIENCE_S
        while connection.execute("SELECT 1 FROM polls_pendingtally").fetchone():
            assert time.monotonic() < deadline, "what is pending was never added"
            time.sleep(0.02)
        row = connection.execute("SELECT version FROM polls_poll WHERE id = %s", [poll.pk]).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_storm_over_four_workers_is_counted_by_last_answers_and_shown_to_every_socket(
    stage, postgres_log, runs
):
    assert len(workers_of(stage.server)) == 4
    for run, poll in enumerate(stage.polls):
        voters, figures = asyncio.run(storm(stage, poll, run))
        print(f"\nrun {run + 1}: {' · '.join(f'{name} {value:.4g}' for name, value in figures.items())}")
        last = Counter(voter.last for voter in voters if voter.last)
        expected = {**{stage.texts[poll.pk][option]: n for option, n in last.items()}, "": last.total()}
        assert votes_counted(poll) == expected
        assert as_tally(poll) == expected
        assert Participation.objects.filter(poll=poll).count() == PEOPLE
        shown = [line.shown for voter in voters for line in voter.lines]
        assert [one for one in shown if one != dict(last)] == []
        assert last.total() == PEOPLE - sum(voter.again == "withdrawal" for voter in voters)
    assert recount_polls()[1] == []
    assert postgres_log.count("deadlock detected") == 0
    # an attendee's votes that came by two workers at once: the second batch is refused, and recorded alone
    assert postgres_log.count("ERROR:") == postgres_log.count("ERROR:  duplicate key value")


def test_deadlock_would_stand_in_the_log(fresh_database, postgres_log):
    url = fresh_database()
    with psycopg.connect(url) as one, psycopg.connect(url) as other:
        for connection in (one, other):
            connection.execute("SET deadlock_timeout = '50ms'")
        one.execute("SELECT pg_advisory_xact_lock(1)")
        other.execute("SELECT pg_advisory_xact_lock(2)")

        async def cross() -> None:
            waiting = asyncio.to_thread(one.execute, "SELECT pg_advisory_xact_lock(2)")
            crossing = asyncio.to_thread(other.execute, "SELECT pg_advisory_xact_lock(1)")
            outcomes = await asyncio.gather(waiting, crossing, return_exceptions=True)
            assert any(isinstance(outcome, psycopg.errors.DeadlockDetected) for outcome in outcomes)

        asyncio.run(cross())
    assert postgres_log.count("deadlock detected") == 1
