"""A session with a pad on a real Etherpad, and workers that keep both in step."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from etherpad_links.easysync import Changeset, Line, add_lines, remove_line, rewrite_line, split_lines
from etherpad_links.models import EtherpadLink, PadLine
from etherpad_links.padserver.pad_socket import Identity, PadSocket, new_token
from etherpad_links.services import point_to_heading, write_heading_anew
from etherpad_links.sync.worker import Worker
from opendev.room.pad_results import PollResults
from sessions.follow_ups.models import SignUpLine
from sessions.programme.models import Session
from tests.factories import make_attendee, make_line, make_session, put_name
from tests.factories.databases import committing_postgres, committing_sqlite, connected_to, own_postgres
from tests.factories.sessions import organiser_of
from tests.support.etherpad import Etherpad
from tests.support.server import Server

__all__ = ["committing_postgres", "committing_sqlite", "own_postgres"]

PATIENCE_S = 20.0
BODY = """Telco + Network Function

Notes
What kind of network API do telcos need?

Networking API for Kubernetes

Agreeing on workload separation

Links
https://example.org/
"""
HEADING, OTHER_HEADING = "Networking API for Kubernetes", "Agreeing on workload separation"


def wait_until(true: Callable[[], Any], *, seconds: float = PATIENCE_S) -> Any:
    """The first true answer; an AssertionError if it does not come."""
    deadline = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < deadline, f"not true after {seconds} s: {true}"
        time.sleep(0.02)
    return answer


class WorkerThread(threading.Thread):
    """The worker in this process, so that its steps can be waited for."""

    def __init__(self) -> None:
        super().__init__(name="pads-worker", daemon=True)
        self.loop = asyncio.new_event_loop()
        self.worker = Worker(PollResults())
        self.trouble: BaseException | None = None

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.task = self.loop.create_task(self.worker.run())
        try:
            self.loop.run_until_complete(self.task)
        except asyncio.CancelledError:
            pass
        except BaseException as error:  # noqa: BLE001  # told to the test
            self.trouble = error
        finally:
            self.loop.close()

    def stop(self) -> None:
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.task.cancel)
        self.join(10)
        assert not self.is_alive(), "the worker did not stop"
        assert self.trouble is None, repr(self.trouble)


@pytest.fixture
def start_worker() -> Iterator[Callable[[], WorkerThread]]:
    running: list[WorkerThread] = []

    def begin() -> WorkerThread:
        running.append(WorkerThread())
        running[-1].start()
        return running[-1]

    yield begin
    for worker in running:
        worker.stop()


class Room:
    """A live session and its pad."""

    def __init__(self, etherpad: Etherpad, name: str, body: str) -> None:
        self.etherpad, self.name = etherpad, name
        self.database = ""  # its URL, where processes of their own need it
        self.session: Session = make_session()
        self.address = etherpad.pad(name, body)
        self.link = EtherpadLink.objects.create(session=self.session, url=self.address.url)

    @cached_property
    def line(self) -> SignUpLine:
        """The line whose heading stands in the pad's body."""
        return make_line(self.session, HEADING)

    @property
    def text(self) -> str:
        return self.etherpad.text(self.name)

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def number_of(self, text: str) -> int:
        """The number of the one line that reads so, as people count."""
        found = [number for number, line in enumerate(self.lines, 1) if line == text]
        assert len(found) == 1, (text, self.text)
        return found[0]

    def under(self, heading: str) -> list[str]:
        """The lines below a heading, to the first blank one."""
        below = self.lines[self.number_of(heading) :]
        return below[: below.index("")]


@pytest.fixture
def make_room(settings: Any, request: pytest.FixtureRequest) -> Callable[..., Room]:
    """`make_room(etherpad)`: a session of the test's database with a pad of its own."""

    def make(etherpad: Etherpad, *, body: str = BODY, suffix: str = "") -> Room:
        settings.ETHERPAD_URL, settings.ETHERPAD_API_KEY = etherpad.url, etherpad.api_key
        name = request.node.name.replace("[", "-").replace("]", "")[-40:] + suffix
        return Room(etherpad, name, body)

    return make


@pytest.fixture
def room(committing_sqlite: None, etherpad: Etherpad, make_room: Callable[..., Room], tmp_path: Path) -> Room:
    return make_room(etherpad)


class StrictEtherpad(Etherpad):
    """With every limit that a server has by default; tests read it by the key, which has none."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, is_limited=True, exports=10)

    def text(self, name: str) -> str:
        return str(self.api._call("getText", padID=name)["text"])


@pytest.fixture
def strict_etherpad(tmp_path: Path) -> Iterator[StrictEtherpad]:
    own = StrictEtherpad(tmp_path / "etherpad")
    try:
        own.start()
        yield own
    finally:
        own.stop()


class Typist:
    """Somebody who edits the pad by hand: whole lines, as a program."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def below(self, text: str, *texts: str) -> None:
        self.edit(lambda pad, line: add_lines(pad.document, line, texts, pad.author), text)

    def rewrite(self, text: str, other: str) -> None:
        self.edit(lambda pad, line: rewrite_line(pad.document, line, other, pad.author), text)

    def remove(self, text: str) -> None:
        self.edit(lambda pad, line: remove_line(pad.document, line), text)

    def edit(self, change: Callable[[PadSocket, Line], Changeset], text: str) -> None:
        """In a thread of its own: the caller's may have a loop already."""
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: asyncio.run(self._edit_once(change, text))).result(10)

    async def _edit_once(self, change: Callable[[PadSocket, Line], Changeset], text: str) -> None:
        pad = PadSocket(self.room.address, Identity(new_token(), "Somebody"))
        await pad.open(self.room.etherpad.reach)
        line = next(line for line in split_lines(pad.document) if line.text == text)
        await pad.submit(change(pad, line))
        await pad.close()


@pytest.fixture
def typist(room: Room) -> Typist:
    return Typist(room)


@pytest.fixture
def stage(
    start_server: Any, etherpad: Etherpad, make_room: Any, django_db_blocker: Any
) -> Iterator[tuple[Server, Room]]:
    server = start_server(
        start=False,
        ETHERPAD_URL=etherpad.url,
        ETHERPAD_API_KEY=etherpad.api_key,
        TRUSTED_ADDRESSES="127.0.0.0/8",
    )
    with django_db_blocker.unblock(), connected_to(server.environment["DATABASE_URL"]):
        room = make_room(etherpad)
        assert room.line.is_open
        server.start()
        yield server, room


class Lost:
    """A line whose heading gets lost in the pad, with Ann under it."""

    def __init__(self, room: Room) -> None:
        self.room, self.line = room, make_line(room.session, HEADING)
        self.caller = organiser_of(room.session.event)
        self.sign_up("Ann")

    def sign_up(self, name: str) -> str:
        put_name(self.line, make_attendee(self.room.session, name=name))
        return name

    def point_to(self, number: int) -> None:
        point_to_heading(line_id=self.line.pk, caller=self.caller, number=number)

    def write_anew(self) -> None:
        write_heading_anew(line_id=self.line.pk, caller=self.caller)


@pytest.fixture
def lost(room: Room, start_worker: Any) -> Lost:
    made = Lost(room)
    start_worker()
    wait_until(lambda: room.under(HEADING) == ["Ann"] and PadLine.objects.filter(state="ok").exists())
    return made
