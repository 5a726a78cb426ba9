"""A full room votes in a poll of each kind over two workers: by socket, by REST and by plain form, with retries,
changes, withdrawals and late retries. Every client ends with the result of the last answers, counted here anew.

`make test` has a fifth of the people; `make soak` has 300, five times.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import httpx
import pytest

from opendev.core.attendance import AttendeePass, new_pass, pass_cookie_name, sign_pass
from polls.kinds import KINDS
from polls.models import Poll
from polls.services import recount_polls
from sessions.attendees.models import Attendee
from tests.factories import NOW, make_poll, make_session
from tests.factories.databases import connected_to
from tests.load.crowd import Line, connect_all
from tests.support.server import Server

PEOPLE, PEOPLE_IN_SOAK, RUNS_IN_SOAK = 60, 300, 5
STORM_S, SHORT_STORM_S, PATIENCE_S = 3.0, 1.0, 30.0
TEXTS = ("a", "b", "c", "d")
WORDS = ("etcd", "upgrades", "networking", "quotas", "people", "time")
RULES: dict[str, dict[str, Any]] = {
    "multiple": {"max": 3},
    "words": {"max": 2},
    "text": {"rules": {"approve": False}},
    "number": {"rules": {"from": "0", "to": "9"}},
}
Answer = Any
Result = dict[str, Any]


class Watcher(Line):
    """A socket that keeps the newest counts and result of a poll, also where voters write the answers."""

    result: Result

    def take(self, told: dict[str, Any]) -> bool:
        if "answers" not in told and "options" not in told:
            return False
        rows = told["answers"] if "answers" in told else told["options"]
        key = "text" if "answers" in told or told.get("kind") in WRITTEN else "id"
        self.result = told.get("result", {})
        self.shown = {row[key]: row["count"] for row in rows if row.get("count")}
        return True


WRITTEN = {name for name, kind in KINDS.items() if kind.is_written}


# --- what people answer, and what should come of it


def _some(chance: random.Random, things: list[str], most: int) -> list[str]:
    return chance.sample(things, chance.randint(1, most))


def _points(chance: random.Random, options: list[str]) -> dict[str, int]:
    return {option: chance.randint(1, 30) for option in _some(chance, options, 3)}


ANSWERS: dict[str, Callable[[random.Random, list[str]], Answer]] = {
    "multiple": lambda chance, options: _some(chance, options, 3),
    "ranking": lambda chance, options: _some(chance, options, len(options)),
    "points": _points,
    "words": lambda chance, _options: _some(chance, list(WORDS), 2),
    "text": lambda chance, _options: f"What blocks us is {chance.choice(WORDS)}.",
    "number": lambda chance, _options: str(chance.randint(0, 9)),
}


def answer_of(kind: str, chance: random.Random, options: list[str]) -> Answer:
    """Somebody's answer, as it is sent; a kind that is not in ANSWERS takes one option."""
    return ANSWERS[kind](chance, options) if kind in ANSWERS else [chance.choice(options)]


def parts(answer: Answer) -> list[str]:
    return [answer] if isinstance(answer, str) else list(answer)


def counted(answers: list[Answer]) -> dict[str, int]:
    """How many people named what: the counts that every kind tells."""
    return dict(Counter(part for answer in answers for part in parts(answer)))


def figures(kind: str, answers: list[Answer], options: list[str]) -> Result:
    """What a kind says beside the counts, as far as it can be said in a line or two here."""
    if kind == "points":
        sums = [sum(answer.get(option, 0) for answer in answers) for option in options]
        return {"points": sums, "given": sum(sums)}
    if kind == "ranking":
        firsts = Counter(answer[0] for answer in answers)
        points = [sum(borda(answer, options)[option] for answer in answers) for option in options]
        return {"points": points, "first_places": [firsts[option] for option in options]}
    if kind == "number":
        return {"answers": len(answers)}
    if kind == "scale":
        values = [options.index(answer[0]) + 1 for answer in answers]
        mean = Fraction(sum(values), len(values))
        return {"answers": len(values), "mean": float(int(100 * mean + Fraction(1, 2))) / 100}
    return {"different": len(counted(answers))} if kind in WRITTEN else {}


def borda(ranking: list[str], options: list[str]) -> dict[str, Fraction]:
    """A point for each option below; those left out share what is left."""
    left = len(options) - len(ranking)
    named = {option: Fraction(len(options) - place) for place, option in enumerate(ranking, 1)}
    return {option: named.get(option, Fraction(left - 1, 2)) for option in options}


# --- the people


class Voter:
    """Somebody with a window that shows the poll, who votes by one of the doors."""

    def __init__(
        self, stage: "Stage", window: Watcher, person: AttendeePass, number: int, chance: random.Random
    ):
        self.stage, self.window, self.person, self.chance = stage, window, person, chance
        self.say = (self.by_socket, self.by_rest, self.by_form)[number % 3]
        first, second, third = (answer_of(stage.kind, chance, stage.options) for _ in range(3))
        # (answer, counter) in the order in which they are sent; None takes the answer back.
        ways: list[list[tuple[Answer, int]]] = [
            [(first, 1)],
            [(first, 1), (first, 1)],  # a retry
            [(first, 1), (second, 2)],  # a change
            [(first, 1), (second, 2), (first, 1)],  # and the first one again, too late
            [(first, 1), (None, 2)],
            [(first, 1), (None, 2), (third, 3), (second, 2)],
        ]
        self.acts = ways[number // 3 % len(ways)]
        if self.say != self.by_socket:  # without a counter each is the newest
            self.acts = [act for place, act in enumerate(self.acts) if act[1] > place or len(self.acts) == 2]
        self.last = max(self.acts, key=lambda act: act[1])[0]

    async def vote(self, seconds: float) -> None:
        await asyncio.sleep(self.chance.uniform(0, seconds))
        for ref, (answer, counter) in enumerate(self.acts, 1):
            await self.say(ref, answer, counter)

    async def by_socket(self, ref: int, answer: Answer, counter: int) -> None:
        fields = {} if answer is None else {self.stage.field: answer}
        kind = "poll.withdraw" if answer is None else "poll.vote"
        said = await self.window.send(ref, kind, seq=counter, **fields)
        assert said["type"] == "ok", said

    async def by_rest(self, _ref: int, answer: Answer, counter: int) -> None:
        path, headers = (
            f"/api/v1/polls/{self.stage.poll.pk}/ballot/",
            {"Authorization": f"Bearer {sign_pass(self.person)}"},
        )
        if answer is None:
            response = await self.stage.client.request("DELETE", path, headers=headers)
        else:
            body = {self.stage.field: answer}
            response = await self.stage.client.put(path, json=body, headers=headers)
        assert response.status_code == 200, response.text

    async def by_form(self, _ref: int, answer: Answer, counter: int) -> None:
        cookie = f"{pass_cookie_name(self.person.event_id)}={sign_pass(self.person)}"
        headers = {"Cookie": cookie, "Origin": self.stage.server.url}
        path = self.stage.session.address("withdraw" if answer is None else "vote", poll=self.stage.poll.pk)
        form = {} if answer is None else form_of(self.stage.kind, answer)
        response = await self.stage.client.post(path, data=form, headers=headers)
        assert response.status_code in {302, 303}, response.text


def form_of(kind: str, answer: Answer) -> dict[str, Any]:
    """The fields of the plain form."""
    if kind == "ranking":
        return {f"place_{option}": str(place) for place, option in enumerate(answer, 1)}
    if kind == "points":
        return {f"points_{option}": str(points) for option, points in answer.items()}
    return {"written" if kind in WRITTEN else "option": answer}


class Stage:
    """A server of two workers, people who joined, and the poll that is voted in."""

    poll: Poll
    client: httpx.AsyncClient

    def __init__(self, server: Server, people: int) -> None:
        self.server, self.session = server, make_session()
        joined = Attendee.objects.bulk_create(
            Attendee(event=self.session.event, joined_at=NOW) for _ in range(people)
        )
        self.passes = [new_pass(self.session.event_id, attendee.pk) for attendee in joined]

    def begin(self, kind: str) -> None:
        rules = {"visibility": "always", **RULES.get(kind, {})}
        self.kind, self.field = kind, KINDS[kind].field
        self.poll = make_poll(self.session, kind=kind, options=TEXTS, **rules)
        self.options = [str(pk) for pk in self.poll.options.order_by("position").values_list("pk", flat=True)]

    def kept(self) -> tuple[int, int]:
        with connected_to(self.server.environment["DATABASE_URL"]):
            return Poll.objects.values_list("ballots", "version").get(pk=self.poll.pk)


@pytest.fixture(scope="module")
def stage(
    tmp_path_factory: pytest.TempPathFactory,
    make_server_factory: Any,
    redis_url: str,
    django_db_blocker: Any,
    soaks: bool,
) -> Iterator[Stage]:
    factory = make_server_factory(tmp_path_factory.mktemp("kinds"))
    server = factory(database="postgres", REDIS_URL=redis_url, WORKERS="2", start=False)
    with django_db_blocker.unblock(), connected_to(server.environment["DATABASE_URL"]):
        stage = Stage(server, PEOPLE_IN_SOAK if soaks else PEOPLE)
        server.start()
        try:
            yield stage
        finally:
            factory.stop_all()


async def storm(stage: Stage, run: int, seconds: float) -> list[Voter]:
    """All look on, all vote; then each window waits for the last version."""
    tokens = [sign_pass(person) for person in stage.passes]
    lines = await connect_all(stage.server, stage.session.pk, tokens, str(stage.poll.pk), Watcher)
    windows = [line for line in lines if isinstance(line, Watcher)]
    limits = httpx.Limits(max_connections=50)
    async with httpx.AsyncClient(
        base_url=stage.server.url, trust_env=False, timeout=PATIENCE_S, limits=limits
    ) as stage.client:
        voters = [
            Voter(stage, line, person, number, random.Random(1_000 * run + number))
            for number, (line, person) in enumerate(zip(windows, stage.passes, strict=True))
        ]
        async with asyncio.timeout(2 * PATIENCE_S):
            await asyncio.gather(*(voter.vote(seconds) for voter in voters))
    _ballots, version = await asyncio.to_thread(stage.kept)
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(line.is_shown(version) for line in lines))
    for line in lines:
        line.close()
    return voters


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", KINDS)
def test_result_is_that_of_the_last_answers_on_every_client_by_every_door(
    stage: Stage, kind: str, soaks: bool
):
    for run in range(RUNS_IN_SOAK if soaks else 1):
        stage.begin(kind)
        voters = asyncio.run(storm(stage, run, STORM_S if soaks else SHORT_STORM_S))
        answers = [voter.last for voter in voters if voter.last is not None]
        assert stage.kept()[0] == len(answers), f"run {run}"
        expected, more = counted(answers), figures(kind, answers, stage.options)
        wrong = [voter.window.shown for voter in voters if voter.window.shown != expected]
        assert wrong == [], f"run {run}: {expected}"
        for voter in voters:
            told = {name: voter.window.result[name] for name in more}
            assert told == more, f"run {run}"
        assert recount_polls()[1] == []
