"""The demo on a real Etherpad: its lines stand where people said they do, and a sign-up goes the whole way."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from etherpad_links.models import EtherpadLink, PadLine, PadName
from sessions.follow_ups.models import SignUp
from tests.etherpad.conftest import wait_until
from tests.factories.databases import connected_to
from tests.journeys.demo import EVENT, GERGELY, OTHER_ROOM, Demo
from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import is_accessible
from tests.journeys.test_follow_ups import give_name, interested, join, line, open_line
from tests.support.etherpad import Etherpad
from tests.support.server import Server

TITLE = "Service mesh at the edge"
NAMES = ("Ada Lovelace", "Bob Kahn", "Mary Kenneth Keller")


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, make_server_factory: Callable[[Path], Any], etherpad: Etherpad
) -> Iterator[Server]:
    """The demo with a pad for each session, as `make run` loads it where an Etherpad is configured."""
    factory = make_server_factory(tmp_path_factory.mktemp("demo-on-pads"))
    try:
        server = factory(start=False, ETHERPAD_URL=etherpad.url, ETHERPAD_API_KEY=etherpad.api_key)
        assert "Made 7 pads" in server.manage("load_demo")
        server.manage("load_demo", "--if-empty")
        server.start()
        yield server
    finally:
        factory.stop_all()


@pytest.fixture
def demo_database(server: Server, django_db_blocker: Any) -> Iterator[None]:
    """The server's own database, for this process."""
    with django_db_blocker.unblock(), connected_to(server.environment["DATABASE_URL"]):
        yield


def pad_of_the_telco_session() -> str:
    link = EtherpadLink.objects.get(session__slug="telco-network-function")
    return link.url.rpartition("/")[2]


def test_lines_of_the_telco_session_stand_at_98_and_72(demo_database: None, etherpad: Etherpad):
    listed = SignUp.objects.listed().count()
    wait_until(lambda: PadName.objects.filter(state="written").count() == listed)
    own = PadLine.objects.exclude(line__title=TITLE)
    wait_until(lambda: set(own.values_list("number", flat=True)) == {98, 72})
    numbers = dict(own.values_list("line__title", "number"))
    assert EtherpadLink.objects.count() == 7
    assert numbers == {"Networking API for Kubernetes": 98, "Agreeing on workload separation": 72}
    lines = etherpad.text(pad_of_the_telco_session()).split("\n")
    assert lines[97] == "Networking API for Kubernetes"
    assert lines[71] == "Agreeing on workload separation"


def has_notes_beside_the_follow_ups(stage: Stage) -> None:
    """On a desktop both are there at once, and the notes are no tab."""
    page = stage.open(f"{OTHER_ROOM}?tab=follow-ups")
    expect(page.locator("[data-notes-lines] > li").filter(has_text=NAMES[0]).first).to_be_visible()
    expect(line(page, TITLE)).to_be_visible()
    expect(page.locator("[data-tab=notes]")).to_be_hidden()
    tap = page.locator("[data-notes-lines] > li", has_text=TITLE).get_by_role("button", name="I’m interested")
    tap.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(f"{stage.demo.server.url}{OTHER_ROOM}?tab=notes")
    expect(page.locator("[data-part=poll]")).to_be_visible()
    expect(page.locator("[data-tab=poll]")).to_have_attribute("aria-current", "page")
    is_accessible(page)


class Pad:
    """The telco session's pad, as it stands."""

    def __init__(self, etherpad: Etherpad) -> None:
        self.etherpad, self.name = etherpad, pad_of_the_telco_session()

    @property
    def lines(self) -> list[str]:
        return self.etherpad.text(self.name).split("\n")

    def holds(self, *names: str) -> bool:
        """Whether these names, and no other, stand under the heading."""
        lines = self.lines
        below = lines[lines.index(TITLE) + 1 :] if TITLE in lines else []
        end = below.index("") if "" in below else len(below)
        return sorted(below[:end]) == sorted(names)


def test_sign_up_goes_from_the_control_room_by_phones_into_pad_page_and_export(
    server: Server, demo_database: None, etherpad: Etherpad, browser: Any, tmp_path: Path
):
    demo, pad = Demo(server), Pad(etherpad)
    ada, _bob, mary = NAMES

    def work(chromium: Any) -> None:
        with Stage(chromium, demo, tmp_path) as stage:
            desk = stage.moderator(GERGELY, path=f"{OTHER_ROOM}control/").page
            open_line(desk, TITLE)
            phones = [join(stage) for _ in NAMES]
            three_sign_up_and_one_withdraws(phones, pad)
            phones[0].goto(f"{server.url}{EVENT}follow-ups/")
            shown = phones[0].locator("[data-follow-up]", has_text=TITLE)
            expect(shown).to_contain_text(f"{ada}, {mary}")
            phones[2].goto(f"{server.url}{OTHER_ROOM}?tab=notes")
            note = phones[2].locator("[data-notes-lines] > li").filter(has_text=ada).first
            expect(note).to_be_visible()
            is_accessible(phones[2])
            has_notes_beside_the_follow_ups(stage)
            desk.goto(f"{server.url}{OTHER_ROOM}control/pad/")
            expect(desk.get_by_text("Connected").first).to_be_visible()
            is_accessible(desk)

    browser(work, seconds=120)
    with server.http() as visitor:
        text = visitor.get(f"{EVENT}follow-ups/export.csv").content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["follow-up"] == TITLE]
    assert sorted(row["name"] for row in rows) == [ada, mary]
    demo.john.close()


def three_sign_up_and_one_withdraws(phones: list[Page], pad: Pad) -> None:
    ada, bob, mary = NAMES
    for page, name in zip(phones, NAMES, strict=True):
        interested(page, TITLE).click()
        give_name(page, name)
        expect(line(page, TITLE).locator("[data-own-name]")).to_have_text(name)
    wait_until(lambda: pad.holds(ada, bob, mary))
    number = pad.lines.index(TITLE) + 1
    expect(line(phones[0], TITLE)).to_contain_text(re.compile(rf"line\s*{number}(?!\d)"))
    line(phones[1], TITLE).get_by_role("button", name="Remove").click()
    expect(interested(phones[1], TITLE)).to_be_visible()
    wait_until(lambda: pad.holds(ada, mary))
    is_accessible(phones[0])
