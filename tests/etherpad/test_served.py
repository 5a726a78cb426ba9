"""The whole way again, through the served product: REST, the worker that it keeps, pages, exports.

`pytest tests/etherpad/test_served.py -s` prints how long names took.
"""

import csv
import io
import os
import re
import signal
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from etherpad_links.models import EtherpadLink, PadName
from sessions.follow_ups.models import SignUp, SignUpLine
from tests.etherpad.conftest import HEADING, Room, StrictEtherpad, wait_until
from tests.etherpad.test_headings import wait_until_read
from tests.etherpad.test_kept_worker import workers_of
from tests.etherpad.test_poll_results import passage, publish
from tests.etherpad.test_whole_way import make_heading
from tests.factories import make_line, make_poll
from tests.factories.databases import connected_to
from tests.support.server import Server

PADS = 10
GROUP_A, GROUP_B = "Working group A", "Working group B"
LISTED = re.compile(r"<li>\s*<bdi>(.*?)</bdi>")
Names = dict[SignUpLine, list[str]]


class Door:
    """The server's REST interface, for people who come from everywhere at once."""

    def __init__(self, server: Server) -> None:
        self.server, self.tokens = server, dict[str, str]()

    def sign_up(self, line: SignUpLine, name: str) -> None:
        with self.server.http() as client:
            joined = client.post(f"/api/v1/sessions/{line.session_id}/attendees/", json={"name": name})
            assert joined.status_code == 201, joined.text
            self.tokens[name] = joined.json()["token"]
            answer = client.post(self.path(line), json={"shown": True}, headers=self.pass_of(name))
            assert answer.is_success, answer.text

    def withdraw(self, line: SignUpLine, name: str) -> None:
        with self.server.http() as client:
            answer = client.delete(f"{self.path(line)}mine/", headers=self.pass_of(name))
            assert answer.json() == {"signed_up": False, "removed": False}

    def all_sign_up(self, people: Iterable[tuple[SignUpLine, str]]) -> None:
        with ThreadPoolExecutor(PADS) as crowd:
            list(crowd.map(lambda person: self.sign_up(*person), people))

    def path(self, line: SignUpLine) -> str:
        return f"/api/v1/sign-up-lines/{line.pk}/sign-ups/"

    def pass_of(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[name]}"}


def names_everywhere(server: Server, line: SignUpLine) -> dict[str, list[str]]:
    """Who is on a line, by its page, by REST, by the event's page and by its export."""
    event = f"/{line.session.event.slug}/follow-ups/"
    with server.http() as visitor:
        page = visitor.get(line.get_absolute_url()).text
        card = visitor.get(f"/api/v1/sign-up-lines/{line.pk}/").json()
        overview = visitor.get(event).text
        file = visitor.get(f"{event}export.csv").content.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(file))
    [block] = re.findall(rf'id="follow-up-{line.pk}".*?</section>', overview, re.DOTALL)
    shown = re.findall(r"<span><bdi>(.*?)</bdi>", block)
    assert card["count"] == len(card["names"])
    return {
        "page": sorted(LISTED.findall(page)),
        "REST": sorted(name["name"] for name in card["names"]),
        "overview": sorted(shown),
        "export": sorted(row["name"] for row in rows if row["follow-up"] == line.title),
    }


def written(count: int) -> bool:
    return PadName.objects.filter(state="written").count() == count


@pytest.fixture
def served(
    start_server, strict_etherpad: StrictEtherpad, make_room, django_db_blocker
) -> Iterator[tuple[Server, list[Room]]]:
    """A server, and ten sessions with a pad each."""
    named = {"ETHERPAD_URL": strict_etherpad.url, "ETHERPAD_API_KEY": strict_etherpad.api_key}
    server = start_server(start=False, TRUSTED_ADDRESSES="127.0.0.0/8", **named)
    with django_db_blocker.unblock(), connected_to(server.environment["DATABASE_URL"]):
        yield server, [make_room(strict_etherpad, suffix=f"-{n}") for n in range(PADS)]


@pytest.mark.timeout(240)
def test_every_name_once_in_its_own_block_on_every_page_and_in_every_export(served):
    server, rooms = served
    room, door = rooms[0], Door(server)
    heading = make_heading(room, HEADING)
    chapter, group_a = make_line(room.session, HEADING), make_line(room.session, GROUP_A)
    poll = make_poll(room.session, options=("Metal", "Machines"), visibility="always")
    names: Names = {chapter: ["Mia", "Noa"], group_a: ["Ann", "Bob", "Cid"]}
    names |= {make_line(r.session, HEADING): [f"Early {n}", f"Next {n}"] for n, r in enumerate(rooms[1:])}
    server.start()
    door.all_sign_up((line, name) for line, all_of_it in names.items() for name in all_of_it)
    begin = time.monotonic()
    wait_until(lambda: written(5 + 2 * (PADS - 1)), seconds=40)
    first = time.monotonic() - begin
    publish(room, poll, Metal=1)
    wait_until(lambda: len(passage(room, poll)) == 4)
    group_b = make_line(room.session, GROUP_B)
    late = {group_b: ["Dan", "Eve", "Fay"], group_a: ["Gus"], chapter: ["Hal"]}
    late |= {line: [f"Late {n}"] for n, line in enumerate(list(names)[2:])}
    worker = names_wait_while_the_worker_dies(door, late, group_a, group_b)
    begin = time.monotonic()
    for line, more in late.items():
        names[line] = [*names.get(line, []), *more]
    names[group_a].remove("Bob")
    names[group_b].remove("Eve")
    total = sum(map(len, names.values()))
    wait_until(lambda: written(total), seconds=60)
    second = time.monotonic() - begin
    wait_until_read(room)
    print(
        f"\n{PADS} pads: first names {first:.1f} s after the last tap, {second:.1f} s after the worker was killed"
    )
    assert workers_of(server) != [worker]
    assert "The pad worker ended (status -9)" in server.log()
    assert_pads_hold(rooms, names, heading, poll)
    for line, all_of_it in names.items():
        assert names_everywhere(server, line) == dict.fromkeys(
            ("page", "REST", "overview", "export"), sorted(all_of_it)
        )


def names_wait_while_the_worker_dies(
    door: Door, late: Names, group_a: SignUpLine, group_b: SignUpLine
) -> int:
    """The second half signs up, two take it back, and the worker is killed before it wrote any of it; its pid."""
    [worker] = workers_of(door.server)
    os.kill(worker, signal.SIGSTOP)
    door.all_sign_up((line, name) for line, all_of_it in late.items() for name in all_of_it)
    door.withdraw(group_a, "Bob")  # who stands in the pad already
    door.withdraw(group_b, "Eve")  # who waits still
    os.kill(worker, signal.SIGKILL)
    return worker


def assert_pads_hold(rooms: list[Room], names: Names, heading: str, poll) -> None:
    room = rooms[0]
    assert passage(room, poll)[1:3] == ["* Metal: 1 vote, 100%", "* Machines: 0 votes, 0%"]
    places = [room.number_of(text) for text in (GROUP_A, passage(room, poll)[0], GROUP_B)]
    assert places == sorted(places)
    by_session = {r.session.pk: r for r in rooms}
    for line, all_of_it in names.items():
        title = heading if line.session_id == room.session.pk and line.title == HEADING else line.title
        assert sorted(by_session[line.session_id].under(title)) == sorted(all_of_it)
    assert not SignUp.objects.filter(source="pad").exists()
    assert {*EtherpadLink.objects.values_list("health", flat=True)} == {"ok"}
