"""A full room votes within three seconds over real sockets, some of them twice; every client ends with the truth."""

import asyncio
import random
from collections import Counter

import pytest

from opendev.core.attendance import AttendeePass, new_pass, sign_pass
from polls.models import Poll
from sessions.attendees.models import Attendee
from sessions.programme.models import Session
from tests.factories import NOW, make_poll, make_session, options_of, votes_counted
from tests.support.inner_server import own_file
from tests.support.socket_client import SocketClient, connect

PEOPLE, RUNS = 300, 2
STORM_S = 3.0
PATIENCE_S = 20.0
TEXTS = ("a", "b", "c", "d")


class Stage:
    """A server with a session, a live poll for each run, and people who joined."""

    def __init__(self, server, database) -> None:
        self.server, self.database = server, database
        with own_file(database):
            self.session: Session = make_session()
            self.polls = [make_poll(self.session, options=TEXTS, visibility="always") for _ in range(RUNS)]
            joined = Attendee.objects.bulk_create(
                Attendee(event=self.session.event, joined_at=NOW) for _ in range(PEOPLE + 20)
            )
            self.passes = [new_pass(self.session.event_id, attendee.pk) for attendee in joined]
            self.options = {
                poll.pk: {text: str(pk) for text, pk in options_of(poll).items()} for poll in self.polls
            }

    def rows_of(self, poll: Poll) -> dict[str, int]:
        with own_file(self.database):
            return votes_counted(poll)

    def kept(self, poll: Poll) -> tuple[int, int]:
        with own_file(self.database):
            return Poll.objects.values_list("ballots", "version").get(pk=poll.pk)


@pytest.fixture
def stage(start_server, django_db_blocker):
    server = start_server(start=False)
    with django_db_blocker.unblock():
        made = Stage(server, server.folder / "db.sqlite3")
        server.start()
        yield made


class Voter:
    """A client that votes once, or twice, and remembers the newest that it was told of the poll."""

    def __init__(
        self, client: SocketClient, poll: Poll, options: dict[str, str], twice: str, chance: random.Random
    ):
        self.client, self.poll, self.options = client, str(poll.pk), options
        first, second = chance.choice(TEXTS), chance.choice(TEXTS)
        self.votes = {
            "": [(first, 1)],
            "retry": [(first, 1), (first, 1)],
            "change": [(first, 1), (second, 2)],
            "change and old retry": [(first, 1), (second, 2), (first, 1)],
        }[twice]
        self.last = max(self.votes, key=lambda vote: vote[1])[0]
        self.delay = chance.uniform(0, STORM_S)
        self.version, self.shown = -1, Counter()

    async def vote(self) -> None:
        await asyncio.sleep(self.delay)
        for text, seq in self.votes:
            await self.client.send("poll.vote", poll=self.poll, options=[self.options[text]], seq=seq)
        answered = 0
        while answered < len(self.votes):
            frame = await self.client.receive()
            self.note(frame)
            answered += frame["type"] == "ok"

    def note(self, frame) -> None:
        """As a page does: paint what is newer."""
        assert frame["type"] != "error", frame
        told = frame.get("poll")
        if frame["type"] == "poll.changed":
            told, frame = frame["poll"]["id"], frame["poll"]
        if told == self.poll and frame.get("version", -1) > self.version:
            self.version = frame["version"]
            self.shown = +Counter({option["id"]: option["count"] for option in frame["options"]})

    async def is_shown(self, version: int) -> None:
        while self.version < version:
            self.note(await self.client.receive())


async def storm(stage: Stage, run: int) -> list[Voter]:
    """All connect, all vote within three seconds, a fifth of them again; then each waits for the last version."""
    chance, poll = random.Random(run), stage.polls[run]
    twice = ["retry", "change", "change and old retry"] * (PEOPLE // 15)
    twice += [""] * (PEOPLE - len(twice))
    async with asyncio.timeout(90), opened(stage, stage.passes[:PEOPLE]) as clients:
        voters = [
            Voter(client, poll, stage.options[poll.pk], how, chance)
            for client, how in zip(clients, twice, strict=True)
        ]
        await asyncio.gather(*(voter.vote() for voter in voters))
        _ballots, version = await asyncio.to_thread(stage.kept, poll)
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(voter.is_shown(version) for voter in voters))
    return voters


class opened:  # noqa: N801  # used as a function
    """Sockets of these people, each with its snapshot read."""

    def __init__(self, stage: Stage, passes: list[AttendeePass]) -> None:
        self.stage, self.passes = stage, passes

    async def __aenter__(self) -> list[SocketClient]:
        self.connections = [
            connect(self.stage.server, self.stage.session.pk, token=sign_pass(one), origin=None)
            for one in self.passes
        ]
        clients = []
        for start in range(0, len(self.connections), 50):
            clients += await asyncio.gather(*(c.__aenter__() for c in self.connections[start : start + 50]))
        await asyncio.gather(*(client.next("snapshot", seconds=PATIENCE_S) for client in clients))
        return clients

    async def __aexit__(self, *error: object) -> None:
        await asyncio.gather(*(c.__aexit__(None, None, None) for c in self.connections))


@pytest.mark.timeout(300)
def test_storm_of_300_is_counted_by_its_last_answers_and_shown_to_everybody_each_time(stage):
    for run in range(RUNS):
        voters = asyncio.run(storm(stage, run))
        texts = Counter(voter.last for voter in voters)
        options = stage.options[stage.polls[run].pk]
        expected = {options[text]: count for text, count in texts.items()}
        assert [voter.shown for voter in voters if voter.shown != expected] == [], f"run {run}"
        assert stage.rows_of(stage.polls[run]) == {**texts, "": PEOPLE}
        assert stage.kept(stage.polls[run])[0] == PEOPLE
