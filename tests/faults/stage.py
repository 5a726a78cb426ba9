"""A room in which something breaks: a storm of votes, the fault in its middle, and what has to hold afterwards."""

import asyncio
import concurrent.futures
import random
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import httpx
from django.utils import timezone

from opendev.core.attendance import new_pass, pass_cookie_name, sign_pass
from polls.models import Ballot, Poll, Selection
from polls.services import recount_polls
from sessions.access.services import make_api_token
from sessions.attendees.models import Attendee
from tests.factories import NOW, make_event, make_organiser, make_poll, make_session, options_of
from tests.faults.crowd import Voter, Watcher, living
from tests.load.crowd import worker_by_port, workers_of
from tests.support.server import STARTS_WITHIN_S, Server

PEOPLE, WATCHERS = 40, 6
STORM_S, STRIKES_AT_S, DOWN_S, COUNTDOWN_S = 3.5, 1.0, 2.0, 2.0
RIGHT_WITHIN_S, DONE_WITHIN_S = 5.0, 30.0
MEMORY_MAY_GROW_KB = 20_000
WARM_UP = 24
TEXTS = ("a", "b", "c", "d")
ROW = re.compile(r'data-option="(\d+)".*?data-count>(\d+)<', re.DOTALL)


class Fault:
    """Something that breaks, and is mended after some seconds. Both happen in the thread that called `survives`, since
    a program that is started ends with the thread that started it."""

    def __init__(
        self, strike: Callable[[], Any], mend: Callable[[], Any] | None = None, *, seconds: float = DOWN_S
    ) -> None:
        self.deeds: Queue[tuple[Callable[[], Any], concurrent.futures.Future[None]]] = Queue()
        self.strike, self.mend, self.seconds = strike, mend, seconds

    async def happen(self) -> None:
        """Let it break, wait, and have it mended."""
        await self._have_done(self.strike)
        await asyncio.sleep(self.seconds)
        if self.mend is not None:
            await self._have_done(self.mend)

    async def _have_done(self, deed: Callable[[], Any]) -> None:
        done: concurrent.futures.Future[None] = concurrent.futures.Future()
        self.deeds.put((deed, done))
        async with asyncio.timeout(DONE_WITHIN_S):  # the run may have been told to stop
            await asyncio.wrap_future(done)

    def do_until(self, storm: "concurrent.futures.Future[None]") -> None:
        """Do what is asked for until the storm is over."""
        while not storm.done():
            with suppress(Empty):
                deed, done = self.deeds.get(timeout=0.02)
                try:
                    deed()
                except BaseException as error:
                    done.set_exception(error)
                    raise
                done.set_result(None)


@dataclass
class Outcome:
    """A row of the table: all but the first two have to be zero."""

    fault: str
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    wrong_pages: int = 0
    open_countdowns: int = 0
    wrong_tallies: int = 0
    reconnects: int = 0
    right_after_s: float = 0.0
    grew_kb: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.lost + self.doubled + self.wrong_pages + self.open_countdowns + self.wrong_tallies)


TABLE: list[Outcome] = []
# What the runs of one fault come to: sums, and the worst of times and sizes.
COLUMNS: dict[str, Callable[..., float]] = {
    "acknowledged": sum, "lost": sum, "doubled": sum, "wrong_pages": sum, "open_countdowns": sum, "wrong_tallies": sum,
    "reconnects": sum, "right_after_s": max, "grew_kb": max,
}  # fmt: skip


def table() -> Iterator[str]:
    """The faults and their figures, a line each."""
    if TABLE:
        yield ""
        yield "  ".join([f"{'fault':<50}", "runs", *(name.replace("_", " ") for name in COLUMNS)])
    for fault in dict.fromkeys(row.fault for row in TABLE):
        rows = [row for row in TABLE if row.fault == fault]
        cells = [
            f"{round(of(getattr(row, name) for row in rows), 1):>{len(name)}}" for name, of in COLUMNS.items()
        ]
        yield "  ".join([f"{fault:<50}", f"{len(rows):>4}", *cells])


@dataclass
class Stage:
    """A server that does not run yet, its database reached by `connected`, and a session with two live polls."""

    server: Server
    connected: Callable[[], AbstractContextManager[Any]]
    base_url: str = ""
    size: int = PEOPLE
    watchers: list[Watcher] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.connected():
            event = make_event()
            self.session = make_session(event)
            rules: dict[str, Any] = {"options": TEXTS, "visibility": "always", "now": timezone.now()}
            self.poll = make_poll(self.session, anonymous=False, **rules)
            self.counting_down = make_poll(self.session, **rules)
            self.options = [str(pk) for pk in options_of(self.poll).values()]
            rows = Attendee.objects.bulk_create(
                Attendee(event=event, joined_at=NOW) for _ in range(self.size + WATCHERS)
            )
            self.passes = [new_pass(event.pk, row.pk) for row in rows]
            organiser, now = make_organiser(event), timezone.now()
            self.token = make_api_token(user=organiser, name="", lasts=timedelta(days=1), now=now)

    @property
    def url(self) -> str:
        return self.base_url or self.server.url

    @property
    def address(self) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/ws/sessions/{self.session.pk}/"

    def people(self, chance: random.Random) -> tuple[list[Voter], list[Watcher]]:
        watching = [sign_pass(one) for one in self.passes[self.size :]]
        voters = [Voter(*arguments) for arguments in self.voter_arguments(chance)]
        return voters, [Watcher(self.address, token, chance) for token in watching]

    def voter_arguments(self, chance: random.Random) -> list[Any]:
        """What a Voter is made of, for each person."""
        voting = [sign_pass(one) for one in self.passes[: self.size]]
        return [(self.address, token, chance, str(self.poll.pk), self.options) for token in voting]

    def start_countdown(self) -> None:
        """It ends while the fault is on."""
        closes_at = datetime.now(UTC) + timedelta(seconds=COUNTDOWN_S)
        with self.rest(self.token) as organiser:
            answer = organiser.patch(
                f"polls/{self.counting_down.pk}/", json={"closes_at": closes_at.isoformat()}
            )
        assert answer.status_code == 200, answer.text

    def rest(self, token: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(
            base_url=f"{self.server.url}/api/v1/", headers=headers, trust_env=False, verify=False, timeout=10
        )

    def start(self, *, workers: int = 1) -> None:
        """Start the server and wait until each of its workers takes connections."""
        self.server.start()
        deadline, calls = time.monotonic() + STARTS_WITHIN_S, []
        while len(set(worker_by_port(self.server).values())) < workers:
            assert time.monotonic() < deadline, "not all workers serve"
            calls.append(socket.create_connection(("127.0.0.1", self.server.port)))
            time.sleep(0.02)
        for call in calls:
            call.close()

    def busiest_worker(self) -> int:
        """The pid of the worker with most connections."""
        return Counter(worker_by_port(self.server).values()).most_common(1)[0][0]

    def memory_kb(self) -> int:
        found = 0
        for pid in workers_of(self.server):
            status = Path(f"/proc/{pid}/status").read_text()
            if "VmRSS:" in status:  # not one that has just died
                found += int(status.partition("VmRSS:")[2].split()[0])
        return found

    # -- what is true, and who says otherwise

    def truth(self) -> dict[int, tuple[int, str]]:
        """What is stored: attendee -> (seq, option)."""
        with self.connected():
            chosen = dict(Selection.objects.filter(poll=self.poll).values_list("ballot_id", "option_id"))
            rows = Ballot.objects.filter(poll=self.poll).values_list("attendee_id", "seq", "pk")
            return {attendee: (seq, str(chosen.get(pk, ""))) for attendee, seq, pk in rows}

    def count_doubled(self) -> int:
        with self.connected():
            ballots = Ballot.objects.filter(poll=self.poll)
            people = ballots.values("attendee_id").distinct().count()
            selections = Selection.objects.filter(poll=self.poll).count()
            return (ballots.count() - people) + (selections - people)

    def count_wrong_tallies(self) -> int:
        with self.connected():
            return len(recount_polls()[1])

    def poll_now(self) -> Poll:
        with self.connected():
            return Poll.objects.get(pk=self.poll.pk)

    def wrong_pages(self, pages: list[Any], counts: dict[str, int]) -> list[str]:
        """Which sockets, REST answers and HTML pages do not show these counts and the closed countdown."""
        wrong = []
        for page in pages:
            shown = page.shown.get(str(self.poll.pk), {})
            closed = page.shown.get(str(self.counting_down.pk), {}).get("state")
            if shown.get("counts") != counts or closed != "closed":
                wrong.append(f"socket: {shown}, {closed}")
        attendee = self.passes[0]
        with self.rest(sign_pass(attendee)) as program:
            told = program.get(f"polls/{self.poll.pk}/")
        rest = (
            {o["id"]: o["count"] for o in told.json()["options"] if o["count"]} if told.is_success else told
        )
        if rest != counts:
            wrong.append(f"REST: {rest}")
        with self.server.http(cookies={pass_cookie_name(attendee.event_id): sign_pass(attendee)}) as browser:
            page = browser.get(self.session.get_absolute_url())
        html = {pk: int(n) for pk, n in ROW.findall(page.text) if pk in self.options and int(n)}
        if page.status_code != 200 or html != counts:
            wrong.append(f"HTML: {page.status_code} {html}")
        return wrong


def survives(
    stage: Stage, name: str, fault: Fault, *, seed: int = 0, grows_kb: int = MEMORY_MAY_GROW_KB
) -> Outcome:
    """Let the fault strike in the middle of a storm; the outcome, which is in the table too and is clean."""
    outcome = Outcome(name)
    TABLE.append(outcome)
    with ThreadPoolExecutor(1) as pool:
        storm = pool.submit(asyncio.run, _storm(stage, fault, outcome, random.Random(seed), grows_kb))
        fault.do_until(storm)
        storm.result()
    outcome.doubled = stage.count_doubled()
    outcome.wrong_tallies = stage.count_wrong_tallies()
    assert outcome.is_clean, outcome
    return outcome


async def _storm(stage: Stage, fault: Fault, outcome: Outcome, chance: random.Random, grows_kb: int) -> None:
    voters, watchers = stage.people(chance)
    async with living([*voters, *watchers]):
        for _ in range(WARM_UP):  # what a process loads once is not growth
            await asyncio.to_thread(stage.wrong_pages, [], {})
        before = stage.memory_kb()
        await asyncio.to_thread(stage.start_countdown)
        is_over = asyncio.Event()
        once, often = voters[: PEOPLE // 2], voters[PEOPLE // 2 :]
        voting = [asyncio.ensure_future(voter.vote_once(STORM_S)) for voter in once]
        voting += [asyncio.ensure_future(voter.vote_until(is_over)) for voter in often]
        began = time.monotonic()
        await asyncio.sleep(STRIKES_AT_S)
        await fault.happen()
        back_at = time.monotonic()
        await asyncio.sleep(max(0.5, STORM_S - (back_at - began)))
        is_over.set()
        async with asyncio.timeout(DONE_WITHIN_S):
            await asyncio.gather(*voting)
        stored = await asyncio.to_thread(stage.truth)
        outcome.acknowledged = sum(voter.acknowledgements for voter in voters)
        outcome.lost = sum(
            stored.get(one.attendee_id) != voter.acknowledged
            for one, voter in zip(stage.passes, voters, strict=False)
        )
        counts = dict(Counter(option for _seq, option in stored.values()))
        last = time.monotonic()
        wrong = await _until_right(stage, [*voters, *watchers], counts, last + RIGHT_WITHIN_S)
        outcome.right_after_s = time.monotonic() - last
        outcome.wrong_pages = len(wrong)
        outcome.open_countdowns = sum("closed" not in one for one in wrong if one.startswith("socket"))
        outcome.reconnects = sum(one.reconnects for one in [*voters, *watchers])
        assert wrong == []
        outcome.grew_kb = stage.memory_kb() - before
        assert outcome.grew_kb < grows_kb


async def _until_right(stage: Stage, pages: list[Any], counts: dict[str, int], until: float) -> list[str]:
    while wrong := await asyncio.to_thread(stage.wrong_pages, pages, counts):
        if time.monotonic() > until:
            return wrong
        await asyncio.sleep(0.1)
    return []
