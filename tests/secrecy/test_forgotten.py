"""Somebody does everything, takes their data along and is forgotten: no file has anything of them, no tally moved."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.secrecy.dumps import beside
from tests.support.people import open_socket
from tests.support.programs import find
from tests.support.server import Server

EVENT = "opendev-containers-in-production"
ENDS = ("", "-wal", "-shm", "-journal")
NAME, COMPANY, ADDRESS = "Quirinius Vanish", "Vanishing Point Ltd", "quirinius@vanish.example"
ASKED, MENDED, WORD = "Will Quirinius be gone?", "Will Quirinius really be gone?", "quirinian"
TRACES = (NAME, COMPANY, ADDRESS, ASKED, MENDED, WORD)


@dataclass
class Journey:
    """A server with the demo event, a person in its live session, and a moderator's program."""

    server: Server
    person: httpx.Client
    organiser: httpx.Client
    session: str
    slug: str

    def rest(self, who: httpx.Client, method: str, path: str, body: Any = None, *, code: int = 200) -> Any:
        answer = who.request(method, f"{self.server.url}/api/v1/{path}", json=body)
        assert answer.status_code == code, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def poll(self, body: dict[str, Any]) -> dict[str, Any]:
        made = self.rest(self.organiser, "POST", f"sessions/{self.session}/polls/", body, code=201)
        self.rest(self.organiser, "PUT", f"polls/{made['id']}/state/", {"state": "live"})
        return made

    def do_everything(self) -> list[str]:
        """Vote in each way, ask, mend, vote for a question, sign up; return the polls."""
        options = [{"text": text} for text in ("left", "right")]
        polls = []
        for anonymous in (True, False):
            choice = self.poll({"question": "Where?", "options": options, "anonymous": anonymous})
            chosen = {"options": [choice["options"][0]["id"]]}
            self.rest(self.person, "PUT", f"polls/{choice['id']}/ballot/", chosen)
            words = self.poll({"question": "How?", "kind": "words", "max": 2, "anonymous": anonymous})
            self.rest(self.person, "PUT", f"polls/{words['id']}/ballot/", {"words": [WORD, "plain"]})
            polls += [choice["id"], words["id"]]
        questions = f"sessions/{self.session}/questions/"
        asked = self.rest(self.person, "POST", questions, {"text": ASKED, "name": NAME}, code=201)
        self.rest(self.person, "PATCH", f"questions/{asked['id']}/", {"text": MENDED})
        for state in ("on_air", "answered"):
            self.rest(self.organiser, "PUT", f"questions/{asked['id']}/state/", {"state": state})
        lines = f"sessions/{self.session}/sign-up-lines/"
        line = self.rest(self.organiser, "POST", lines, {"title": "Vanishing"}, code=201)
        said = {"name": NAME, "company": COMPANY, "shown": True, "email": ADDRESS, "consent": True}
        self.rest(self.person, "POST", f"sign-up-lines/{line['id']}/sign-ups/", said, code=201)
        return polls

    def tallies(self, polls: list[str]) -> list[tuple[Any, ...]]:
        bodies = [self.rest(self.organiser, "GET", f"polls/{poll}/") for poll in polls]
        return [
            (body["ballots"], [option.get("count") for option in body["options"]]) for body in bodies[::2]
        ]

    def exports(self) -> str:
        """Every file that organisers can have of the event, and the room as everybody sees it."""
        paths = [
            f"{EVENT}/follow-ups/", f"{EVENT}/questions/", f"{EVENT}/sessions/{self.slug}/",
            f"api/v1/sessions/{self.session}/timeline/", f"api/v1/sessions/{self.session}/questions/",
            f"api/v1/sessions/{self.session}/polls/", f"api/v1/sessions/{self.session}/sign-up-lines/",
            f"api/v1/events/{EVENT}/export/?people=1", f"api/v1/events/{EVENT}/audit/",
        ]  # fmt: skip
        return "\n".join(self.organiser.get(f"{self.server.url}/{path}").text for path in paths)

    def stored(self) -> bytes:
        """The database: its files and a dump of SQLite's, a dump of PostgreSQL's."""
        url = self.server.environment["DATABASE_URL"]
        if url.startswith("postgres"):
            pg_dump = find("pg_dump", also="/usr/lib/postgresql:*/bin/pg_dump")
            command = [str(pg_dump), "--no-owner", url]
            return subprocess.run(command, capture_output=True, timeout=60, check=True).stdout
        path = self.server.folder / "db.sqlite3"
        files = b"".join(beside(path, end).read_bytes() for end in ENDS if beside(path, end).exists())
        with closing(sqlite3.connect(path)) as reader:
            return files + "\n".join(reader.iterdump()).encode()

    def traces(self, found: bytes) -> set[str]:
        return {trace for trace in TRACES if trace.encode() in found}


@pytest.fixture(params=["sqlite", "postgres"])
def journey(request: pytest.FixtureRequest, start_server: Any) -> Iterator[Journey]:
    more = {} if request.param == "sqlite" else {"database": "postgres"}
    server = start_server(demo=True, **more)
    with server.http() as person, server.http() as organiser:
        token = server.manage("api_token", "organiser").strip().splitlines()[-1]
        organiser.headers["Authorization"] = f"Bearer {token}"
        sessions = organiser.get(f"/api/v1/events/{EVENT}/sessions/").json()["results"]
        live = next(session for session in sessions if session["state"] == "live")
        said = {"name": NAME, "company": COMPANY, "country": "DE"}
        joined = person.post(f"/api/v1/sessions/{live['id']}/attendees/", json=said).json()
        person.headers["Authorization"] = f"Bearer {joined['token']}"
        yield Journey(server, person, organiser, live["id"], live["slug"])


def test_event_that_is_erased_is_in_no_file_and_its_rooms_are_told(journey: Journey):
    journey.do_everything()
    base, organised = f"{journey.server.url}/{EVENT}", f"events/{EVENT}/?confirm={EVENT}"
    room = f"{base}/sessions/{journey.slug}/"
    assert journey.rest(journey.organiser, "DELETE", organised, code=409)["code"] == "session_is_live"
    assert journey.person.get(room).status_code == 200
    with open_socket(journey.server, journey.session) as socket:
        journey.rest(journey.organiser, "PUT", f"sessions/{journey.session}/state/", {"state": "over"})
        journey.rest(journey.organiser, "DELETE", organised, code=204)
        assert socket.next("session.gone")
    deadline = time.monotonic() + 60
    while left := journey.traces(journey.stored()):
        assert time.monotonic() < deadline, left
        time.sleep(0.2)
    time.sleep(1.2)  # what everybody sees is made once a second
    for address in (room, f"{base}/", f"{base}/follow-ups/", f"{base}.ics", f"{base}/recap/"):
        assert journey.organiser.get(address).status_code == journey.person.get(address).status_code == 404
    journey.server.manage("recount")


# The demo's live session is of today: here it was ninety days ago, and its event's data is due for two months.
OVERDUE = """
from datetime import timedelta
from django.utils import timezone
from sessions.programme.models import Session
from sessions.retention.models import RetentionRule
from sessions.retention.services import reckon_anew
past = timezone.now() - timedelta(days=90)
Session.objects.update(starts_at=past, went_live_at=past, ended_at=past, state="over")
reckon_anew(RetentionRule.objects.first().event, past + timedelta(days=1))
"""


def test_data_whose_time_is_over_goes_by_the_clock_after_an_outage(journey: Journey):
    polls = journey.do_everything()
    before = journey.tallies(polls)
    days = dict.fromkeys(("attendees", "authors", "sign_ups", "registrations"), 30)
    retention = f"events/{EVENT}/retention/"
    plan = journey.rest(journey.organiser, "PATCH", retention, days)
    assert plan["waits_for_live_session"]
    journey.rest(journey.organiser, "PUT", f"sessions/{journey.session}/state/", {"state": "over"})
    journey.server.stop()
    journey.server.manage("shell", "-c", OVERDUE)
    assert journey.traces(journey.stored()) >= {NAME, COMPANY, ADDRESS}
    journey.server.start()
    words = {MENDED, WORD}  # which are nobody's now
    deadline = time.monotonic() + 60
    while left := journey.traces(journey.stored()) - words:
        assert time.monotonic() < deadline, left
        time.sleep(0.2)
    journey.server.manage("retain")  # the rest of the demo's registrations: the clock takes 500 rows a minute
    rules = journey.rest(journey.organiser, "GET", retention)["rules"]
    assert {sum(rule["rows"].values()) for rule in rules} == {0}
    assert journey.tallies(polls) == before
    journey.server.manage("recount")
    audit = journey.rest(journey.organiser, "GET", f"events/{EVENT}/audit/")["results"]
    gone = [entry for entry in audit if entry["kind"] == "people.expired"]
    assert {entry["subject"] for entry in gone} == set(days)
    assert {entry["actor"] for entry in gone} == {None}


def test_person_is_exported_and_then_in_no_file_while_tallies_stay(journey: Journey):
    polls = journey.do_everything()
    own = f"events/{EVENT}/my-data/"
    taken_along = journey.person.get(f"{journey.server.url}/api/v1/{own}").text
    assert journey.traces(taken_along.encode()) == set(TRACES) - {ASKED}  # which was mended before
    assert journey.traces(journey.stored()) >= set(TRACES) - {ASKED}
    assert journey.traces(journey.exports().encode())
    before = journey.tallies(polls)
    journey.rest(journey.person, "DELETE", own, code=204)
    deadline = time.monotonic() + 60
    while left := journey.traces(journey.stored()):
        assert time.monotonic() < deadline, left
        time.sleep(0.2)
    time.sleep(1.2)  # what everybody sees is made once a second
    assert journey.traces(journey.exports().encode()) == set()
    assert journey.tallies(polls) == before
    journey.server.manage("recount")  # fails where a tally is wrong
    journey.server.stop()
    assert journey.traces(journey.server.log_path.read_bytes()) == set()
    assert journey.traces(journey.stored()) == set()
