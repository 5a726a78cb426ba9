"""Beside a full room: many phones at once, and clients that are slow on purpose. Read the figures with -s."""

import asyncio
import itertools
import random
import time
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from opendev.core.attendance import new_pass, pass_cookie_name, sign_pass
from sessions.access.services import make_api_token
from sessions.attendees.models import Attendee
from tests.door.raw import LARGE_FILE
from tests.factories import NOW, make_moderator, make_session
from tests.load.crowd import Line, connect_all
from tests.load.phones import Phone, scan_all
from tests.support.inner_server import own_file

PHONES, WITHIN_S = 300, 10.0
VOTERS, SLOW, SILENT = 300, 50, 500
SHORT_S, LONG_S = 10.0, 60.0
OFFICE = "203.0.113.7"


class Stage:
    """A session with a moderator and people who joined."""

    def __init__(self, server) -> None:
        self.server = server
        with own_file(server.folder / "db.sqlite3"):
            self.session = make_session()
            user = make_moderator(self.session)
            self.token = make_api_token(user=user, name="x", lasts=timedelta(days=1), now=timezone.now())
            joined = Attendee.objects.bulk_create(
                Attendee(event=self.session.event, joined_at=NOW) for _ in range(VOTERS)
            )
            self.tokens = [sign_pass(new_pass(self.session.event_id, attendee.pk)) for attendee in joined]


@pytest.fixture
def stage(start_server, django_db_blocker):
    server = start_server(start=False)
    with django_db_blocker.unblock():
        made = Stage(server)
        server.start()
        yield made


@pytest.mark.timeout(300)
def test_300_phones_of_one_office_scan_the_code_within_ten_seconds_and_none_is_refused_anything(stage):
    phones = [Phone(stage.server.port, OFFICE) for _ in range(PHONES)]
    took = sorted(asyncio.run(scan_all(phones, stage.session.code, seconds=WITHIN_S)))
    requests = sum(len(phone.statuses) for phone in phones)
    print(
        f"\n{PHONES} phones within {WITHIN_S:.0f} s, {requests} requests: until the room "
        f"p50 {took[PHONES // 2]:.2f} s, p95 {took[PHONES * 95 // 100]:.2f} s, longest {took[-1]:.2f} s"
    )
    assert [refusal for phone in phones for refusal in phone.refusals()] == []
    cookie = pass_cookie_name(stage.session.event_id)
    assert [phone for phone in phones if cookie not in phone.cookies] == []


# --- slow ones


class Slow:
    """Connections that are held open as long as the server lets them, and opened again when it does not."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.ended = 0
        self.tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """A third each: a body and a head, a byte every two seconds, and an answer; and those that say nothing."""
        body = b"POST /api/v1/sessions/1/attendees/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{"
        head = b"GET /join/ HTTP/1.1\r\nHost: a\r\nX-Slow: "
        asked = f"GET {LARGE_FILE} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        for number in range(SLOW):
            self.tasks.append(
                asyncio.create_task(self.hold([body, head, asked][number % 3], drips=number % 3 != 2))
            )
        for _ in range(SILENT):
            self.tasks.append(asyncio.create_task(self.hold_silent()))

    async def hold_silent(self) -> None:
        """One that says nothing. They begin one after the other, as they would from many machines."""
        await asyncio.sleep(random.uniform(0, 10))
        while True:
            writer = None
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1024)
                await reader.read()
            except OSError:
                pass
            finally:
                self.ended += 1
                if writer is not None:
                    writer.close()
            await asyncio.sleep(random.uniform(0, 0.4))

    async def hold(self, said: bytes, *, drips: bool) -> None:
        while True:
            writer = None
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1024)
                writer.write(said)
                await self._wait(reader, writer, drips=drips)
            except OSError:
                pass
            finally:
                self.ended += 1
                if writer is not None:
                    writer.close()
            await asyncio.sleep(0.2)

    async def _wait(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, drips: bool) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(2):
                    if not await reader.read(64):
                        return
                    await asyncio.sleep(2)
            if drips:
                writer.write(b"x")

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await asyncio.sleep(0.2)  # the loop closes them


class Pages:
    """Loads pages one after the other and notes how long each takes."""

    def __init__(self, stage: Stage) -> None:
        session, event = stage.session, stage.session.event
        self.phone = Phone(stage.server.port)
        room = f"/{event.slug}/sessions/{session.slug}/"
        self.paths = ["/join/", f"/j/{session.code}/", room, f"/{event.slug}/", "/api/v1/events/", "/readyz"]
        self.took: list[tuple[float, str]] = []

    async def warm_up(self) -> None:
        """The first load of a page after the start compiles its templates."""
        for path in self.paths * 8:
            await self.phone.ask(path)

    async def load_for_ever(self) -> None:
        for path in itertools.cycle(self.paths):
            begin = time.monotonic()
            status, _headers, _body = await self.phone.ask(path)
            self.took.append((time.monotonic() - begin, path))
            assert status == 200, path
            await asyncio.sleep(0.1)


class Moderator:
    """Runs polls one after the other by REST, and has everybody vote in each."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.acts: list[float] = []  # seconds
        self.polls = self.votes = 0

    async def act(self, method: str, path: str, body: object) -> dict[str, object]:
        begin = time.monotonic()
        answer = await self.api.request(method, path, json=body)
        self.acts.append(time.monotonic() - begin)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def launch(self) -> dict[str, object]:
        self.polls += 1
        body = {"question": "Which?", "options": [{"text": "a"}, {"text": "b"}], "visibility": "always"}
        poll = await self.act("POST", f"sessions/{self.stage.session.pk}/polls/", body)
        return await self.act("PUT", f"polls/{poll['id']}/state/", {"state": "live"})

    async def moderate(self, seconds: float) -> None:
        token = {"Authorization": f"Bearer {self.stage.token}"}
        base = f"{self.stage.server.url}/api/v1/"
        async with httpx.AsyncClient(base_url=base, headers=token, trust_env=False, timeout=30) as self.api:
            poll = await self.launch()
            lines = await connect_all(
                self.stage.server, self.stage.session.pk, self.stage.tokens, str(poll["id"])
            )
            until = time.monotonic() + seconds
            try:
                while True:
                    await self.have_all_vote(poll, lines)
                    if time.monotonic() > until:
                        return
                    poll = await self.launch()
            finally:
                for line in lines:
                    line.close()

    async def have_all_vote(self, poll: dict[str, object], lines: list[Line]) -> None:
        answers = []
        for number, line in enumerate(lines):
            line.poll = str(poll["id"])
            answers.append(line.send(number, "poll.vote", options=[poll["options"][number % 2]["id"]], seq=1))
            await asyncio.sleep(0.01)
        said = await asyncio.wait_for(asyncio.gather(*answers), 30)
        self.votes += sum(answer["type"] == "ok" for answer in said)
        for state in ("closed", "published"):
            await self.act("PUT", f"polls/{poll['id']}/state/", {"state": state})
        await asyncio.sleep(1)


async def hour(stage: Stage, seconds: float, *, is_slow: bool) -> dict[str, float]:
    """A moderator's hour in so many seconds; the figures."""
    slow, pages = Slow(stage.server.port), Pages(stage)
    await pages.warm_up()
    if is_slow:
        slow.begin()
        await asyncio.sleep(10)
    loading, moderator = asyncio.create_task(pages.load_for_ever()), Moderator(stage)
    try:
        await moderator.moderate(seconds)
    finally:
        ended = slow.ended
        loading.cancel()
        with suppress(asyncio.CancelledError):
            await loading
        pages.phone.close()
        await slow.end()
    took = sorted(pages.took)
    return {
        "pages": len(took),
        "pages p95, s": took[len(took) * 95 // 100][0],
        "longest page, s": took[-1][0],
        "moderator's acts": len(moderator.acts),
        "longest act, s": max(moderator.acts),
        "polls": moderator.polls,
        "votes acknowledged": moderator.votes,
        "slow connections ended": ended,
    }


@pytest.mark.timeout(900)
def test_50_slow_and_500_silent_connections_beside_300_voters_and_a_moderator(stage, soaks):
    seconds = LONG_S if soaks else SHORT_S
    without = asyncio.run(hour(stage, seconds, is_slow=False)) if soaks else {}
    figures = asyncio.run(hour(stage, seconds, is_slow=True))
    print("\n| what | without them | beside them |\n| --- | --- | --- |")
    for name, value in figures.items():
        print(f"| {name} | {round(without.get(name, 0), 2)} | {round(value, 2)} |")
    assert figures["votes acknowledged"] == figures["polls"] * VOTERS
    assert figures["slow connections ended"] > SILENT / 2
    longest = max(figures["longest page, s"], figures["longest act, s"])
    assert longest < (1.0 if soaks else 5.0)  # seconds; a shared machine may be busy with something else
