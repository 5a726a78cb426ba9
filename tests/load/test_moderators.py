"""Two moderators act at the same moment on different workers: one result each time, and every screen shows it."""

import asyncio
import http.client
import json
import random
import select
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from opendev.core.attendance import sign_pass
from polls.models import Poll
from sessions.access.services import make_api_token
from tests.factories import make_attendee, make_event, make_organiser, make_poll, make_session
from tests.factories.databases import connected_to
from tests.load.crowd import worker_by_port, workers_of
from tests.load.test_workers import PostgresLog, postgres_log
from tests.support.server import Server
from tests.support.socket_client import SocketClient, connect

__all__ = ["postgres_log"]

KINDS, SESSIONS, PATIENCE_S = 40, 10, 60.0
PAIRS, MANY_PAIRS = 24, 200  # the second in `make soak`, for acts as for steps
STATES = ("draft", "live", "closed", "published", "archived")
SOON = (timezone.now() + timedelta(hours=2)).isoformat()
# What a moderator may press: method, end of the address, body. Some are refused, by the state of the poll.
ACTS: dict[str, tuple[str, str, Any]] = {
    "launch": ("PUT", "state/", {"state": "live"}),
    "close": ("PUT", "state/", {"state": "closed"}),
    "publish": ("PUT", "state/", {"state": "published"}),
    "archive": ("PUT", "state/", {"state": "archived"}),
    "back to draft": ("PUT", "state/", {"state": "draft"}),
    "reveal": ("PATCH", "", {"visibility": "always"}),
    "hide": ("PATCH", "", {"visibility": "moderators"}),
    "mend": ("PATCH", "", {"question": "Which one, then?"}),
    "mend otherwise": ("PATCH", "", {"question": "Which of these?"}),
    "make it multiple": ("PATCH", "", {"kind": "multiple"}),
    "drop an option": ("PATCH", "", {"options": [{"text": "x"}, {"text": "y"}]}),
    "count down": ("PATCH", "", {"closes_at": SOON}),
    "stop the clock": ("PATCH", "", {"closes_at": None}),
    "run again": ("POST", "rounds/", None),
}
Outcome = tuple[dict[str, str], dict[str, Any]]


class Hand:
    """A moderator's program, whose connection is kept at one worker."""

    def __init__(self, server: Server, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.ask("GET", "/api/v1/events/")

    @property
    def port(self) -> int:
        return int(self.connection.sock.getsockname()[1])

    @property
    def has_ended(self) -> bool:
        """Whether the server has let go of the connection, as it does when nothing is asked for five seconds."""
        sock = self.connection.sock
        return sock is not None and bool(select.select([sock], [], [], 0)[0])

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        if self.has_ended:
            self.connection.close()  # and the request opens another one
        self.connection.request(method, path, None if body is None else json.dumps(body), self.headers)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())

    def act(self, name: str, poll: int) -> str:
        """Do it; "" or the code of the refusal."""
        method, tail, body = ACTS[name]
        status, said = self.ask(method, f"/api/v1/polls/{poll}/{tail}", body)
        assert status < 500, said
        return "" if status < 400 else said["code"]


class Stage:
    """A server of two workers; sessions for the pairs, and one in which they are rehearsed one after the other.

    Ten sessions, since a session tells its sockets four news a second, and here every pair has a poll of its own.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        event = make_event()
        self.sessions = [make_session(event) for _ in range(SESSIONS)]
        self.rehearsal = make_session(event)
        now, organiser = timezone.now(), make_organiser(event)
        self.token = make_api_token(user=organiser, name="", lasts=timedelta(days=1), now=now)
        self.noise = make_poll(self.sessions[0], visibility="always")
        self.noise_options = list(self.noise.options.values_list("pk", flat=True))
        self.attendee = sign_pass(make_attendee(self.sessions[0]))
        server.start()
        assert len(workers_of(server)) == 2
        self.hands = self.two_hands()
        self.rehearsing = Hand(server, self.token)
        self.pool = ThreadPoolExecutor(2)

    def two_hands(self) -> list[Hand]:
        """One at each worker."""
        by_worker: dict[int, Hand] = {}
        for _ in range(60):
            hand = Hand(self.server, self.token)
            worker = worker_by_port(self.server)[hand.port]
            if by_worker.setdefault(worker, hand) is not hand:
                hand.connection.close()
        assert len(by_worker) == 2
        return list(by_worker.values())

    def ready_hands(self) -> list[Hand]:
        """One at each worker, with open connections."""
        if any(hand.has_ended for hand in self.hands):
            for hand in self.hands:
                hand.connection.close()
            self.hands = self.two_hands()
        return self.hands

    def close(self) -> None:
        self.pool.shutdown()
        for hand in (*self.hands, self.rehearsing):
            hand.connection.close()

    def at_once(self, poll: int, names: tuple[str, str]) -> dict[str, str]:
        """Both act as nearly at the same moment as two threads can; the codes of their answers."""
        start = threading.Barrier(2)

        def act(hand: Hand, name: str) -> str:
            start.wait(20)
            return hand.act(name, poll)

        acting = [
            self.pool.submit(act, hand, name) for hand, name in zip(self.ready_hands(), names, strict=True)
        ]
        return {
            f"{n} {name}": act.result(30) for n, (name, act) in enumerate(zip(names, acting, strict=True))
        }

    def one_after_the_other(self, state: str, names: tuple[str, str], first: int) -> Outcome:
        """The same on another poll, in this order."""
        poll = make_poll(self.rehearsal, state=state, now=timezone.now())
        codes = {}
        for n in (first, 1 - first):
            codes[f"{n} {names[n]}"] = self.rehearsing.act(names[n], poll.pk)
        return codes, result_of(poll)


def result_of(poll: Poll) -> dict[str, Any]:
    """What the acts made of the poll, but for moments, ids and numbers."""
    now = Poll.objects.get(pk=poll.pk)
    fields = ("state", "visibility", "question", "kind", "min", "max")
    texts = list(now.options.values_list("position", "text"))
    rounds = Poll.objects.filter(rerun_of=poll.pk).order_by("round").values_list("round", "state", "question")
    return {
        **{field: getattr(now, field) for field in fields},
        "texts": texts,
        "closes": now.closes_at is not None,
        "rounds": list(rounds),
    }


@pytest.fixture
def stage(start_server: Any, redis_url: str, django_db_blocker: Any) -> Iterator[Stage]:
    server = start_server(database="postgres", REDIS_URL=redis_url, WORKERS="2", start=False)
    with django_db_blocker.unblock(), connected_to(server.environment["DATABASE_URL"]):
        made = Stage(server)
        yield made
        made.close()


def act_in_pairs(stage: Stage, pairs: int, chance: random.Random) -> list[str]:
    """So many pairs; what was wrong with each that has another result than one after the other."""

    @cache
    def expected(state: str, names: tuple[str, str]) -> list[Outcome]:
        return [stage.one_after_the_other(state, names, first) for first in (0, 1)]

    def any_act() -> str:
        return chance.choice(list(ACTS))

    kinds = [(chance.choice(STATES), (any_act(), any_act())) for _ in range(KINDS)]
    wrong = []
    for n in range(pairs):
        state, names = kinds[n % KINDS]
        poll = make_poll(stage.sessions[n % SESSIONS], state=state, now=timezone.now())
        outcome = (stage.at_once(poll.pk, names), result_of(poll))
        if outcome not in expected(state, names):
            wrong.append(f"pair {n}, {state}, {names}: {outcome} instead of one of {expected(state, names)}")
    return wrong


class Screen:
    """A socket that keeps what it was told of every poll, as a page does."""

    def __init__(self, client: SocketClient, session: int, *, moderates: bool) -> None:
        self.client, self.session, self.moderates = client, session, moderates
        self.polls: dict[str, dict[str, Any]] = {}
        self.reading = asyncio.ensure_future(self.read())

    async def read(self) -> None:
        while True:
            frame = await self.client.receive()
            if frame["type"] == "snapshot":
                self.polls = {poll.pop("id"): poll for poll in frame["polls"]}
            elif frame["type"] == "poll.changed":
                self.note(frame["poll"]["id"], frame["poll"]["version"], frame["poll"])
            elif frame["type"] == "poll.gone":
                self.note(frame["poll"], frame["version"], {})
            elif frame["type"] == "poll.tally":
                known = self.polls.get(frame["poll"], {})
                self.note(frame["poll"], frame["version"], {**known, "ballots": frame["ballots"]})

    def note(self, poll: str, version: int, told: dict[str, Any]) -> None:
        if version > self.polls.get(poll, {}).get("version", -1):
            self.polls[poll] = {**told, "version": version}

    def shows(self) -> dict[str, Any]:
        """State, visibility and texts of every poll that is there."""
        return {
            poll: (told["state"], told["visibility"], told["question"], [o["text"] for o in told["options"]])
            for poll, told in self.polls.items()
            if "state" in told
        }


async def in_thread(work: Callable[..., Any], *arguments: Any) -> Any:
    """Run what asks the database in a thread, and let go of that thread's connection."""

    def run() -> Any:
        try:
            return work(*arguments)
        finally:
            connection.close()

    return await asyncio.to_thread(run)


def truth(screen: Screen) -> dict[str, Any]:
    """What the database has of the screen's session, for its audience."""
    polls = Poll.objects.filter(session=screen.session)
    return {
        str(poll.pk): (
            poll.state,
            poll.visibility,
            poll.question,
            list(poll.options.values_list("text", flat=True)),
        )
        for poll in (polls if screen.moderates else polls.exclude(state__in=["draft", "archived"]))
    }


async def open_screens(stage: Stage, stack: AsyncExitStack) -> list[Screen]:
    """A moderator's and an attendee's in every session, two of each; both workers have some."""
    screens: list[Screen] = []
    ports = []
    for session, token in product(stage.sessions, [stage.token, stage.attendee] * 2):
        opened = connect(stage.server, session.pk, token=token, origin=None)
        client = await stack.enter_async_context(opened)
        screens.append(Screen(client, session.pk, moderates=token == stage.token))
        ports.append(client.connection.transport.get_extra_info("sockname")[1])
    workers = worker_by_port(stage.server)
    assert len({workers[port] for port in ports}) == 2
    return screens


async def make_noise(stage: Stage, stack: AsyncExitStack) -> None:
    """Votes beside the acts, so that batches of votes hold locks too."""
    client = await stack.enter_async_context(
        connect(stage.server, stage.sessions[0].pk, token=stage.attendee, origin=None)
    )
    options = [str(pk) for pk in stage.noise_options]
    while True:
        for option in options:
            await client.ask("poll.vote", poll=str(stage.noise.pk), options=[option])


def differences(shown: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    polls = sorted(shown.keys() | wanted.keys())
    return {p: (shown.get(p), wanted.get(p)) for p in polls if shown.get(p) != wanted.get(p)}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_pairs_of_simultaneous_acts_have_one_result_each_and_every_screen_shows_it(
    stage: Stage, postgres_log: PostgresLog, soaks: bool
):
    pairs = MANY_PAIRS if soaks else PAIRS

    async def play() -> tuple[list[str], list[dict[str, Any]], list[dict[str, Any]]]:
        async with AsyncExitStack() as stack:
            screens = await open_screens(stage, stack)
            noise = asyncio.ensure_future(make_noise(stage, stack))
            wrong = await in_thread(act_in_pairs, stage, pairs, random.Random(20200810))
            noise.cancel()
            wanted = await in_thread(lambda: [truth(screen) for screen in screens])
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    while [screen.shows() for screen in screens] != wanted:
                        await asyncio.sleep(0.1)
            for screen in screens:
                screen.reading.cancel()
            return wrong, [screen.shows() for screen in screens], wanted

    wrong, shown, wanted = asyncio.run(play())
    assert wrong == []
    assert [differences(*pair) for pair in zip(shown, wanted, strict=True)] == [{}] * len(shown)
    assert sum(len(polls) for polls in wanted[:: len(wanted) // SESSIONS]) > pairs
    assert postgres_log.count("deadlock detected") == 0
