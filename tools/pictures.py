"""`.venv/bin/python -m tools.pictures` takes the README's pictures again: a real server, a real browser, 214 people.

`.venv/bin/python -m tools.pictures card` takes the picture that shared links show, and `… guide` those of
docs/getting-started.md.

Chromium and requirements-dev.txt have to be there (`make test` sees to both). What is shown is the demo event; how many
people chose what is made up.
"""

import asyncio
import os
import re
import sqlite3
import sys
import tempfile
import threading
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.journeys.demo import Demo
from tests.journeys.newcomer import Newcomer
from tests.journeys.newcomer import play as play_newcomer
from tests.journeys.stage import PHONE, Attendee, Moderator, Stage
from tests.support import programs
from tests.support.browser import BrowserThread
from tests.support.databases import SqliteFiles, manage
from tests.support.server import Server, clean_environment
from tests.support.socket_client import connect
from tools.palette import reduce_colours

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
CARD = ROOT / "opendev" / "static" / "companion" / "card.png"
LARGEST = 150 * 1024
ADDRESS = "http://opendev.example"  # the text next to the QR code
CODE = "482615"
MINUTES_IN = 22
QUESTION = "What do you use to create Kubernetes clusters on OpenStack?"
CHOICES = [51, 38, 31, 20, 14, 9]  # by the crowd; the phone in the picture adds one to the first
HERE, VOTED = 214, 164
SECONDS = 120


class Crowd(threading.Thread):
    """Attendees with open sockets, as programs."""

    def __init__(self, demo: Demo) -> None:
        super().__init__(daemon=True)
        self.demo = demo
        self.tokens = [demo.attendee().headers["Authorization"].split()[1] for _ in range(HERE - 1)]
        self.poll: dict[str, Any] = {}
        self.is_there, self.may_vote, self.may_go = (threading.Event() for _ in range(3))

    def run(self) -> None:
        asyncio.run(self.take_part())

    async def take_part(self) -> None:
        session = self.demo.session["id"]
        async with AsyncExitStack() as sockets:
            people = [
                await sockets.enter_async_context(connect(self.demo.server, session, token=token))
                for token in self.tokens
            ]
            self.is_there.set()
            await asyncio.to_thread(self.may_vote.wait, SECONDS)
            choices = [place for place, count in enumerate(CHOICES) for _ in range(count)]
            Random(2020).shuffle(choices)  # a crowd, not a secret
            for person, place in zip(people, choices, strict=False):
                option = self.poll["options"][place]["id"]
                await person.ask("poll.vote", poll=self.poll["id"], options=[option], seq=1)
            await asyncio.to_thread(self.may_go.wait, SECONDS)


def start_server(folder: Path) -> Server:
    environment = clean_environment(VAR_DIR=str(folder))
    manage("collectstatic", "--noinput", "--verbosity=0", environment=environment)
    database = SqliteFiles(folder, environment).copy_to(folder / "db.sqlite3", demo=True)
    stage_the_session(folder / "db.sqlite3")
    server = Server(folder, clean_environment(DATABASE_URL=database, PUBLIC_URL=ADDRESS))
    server.start()
    return server


def stage_the_session(database: Path) -> None:
    """The code and the minute that the pictures always show."""
    connection = sqlite3.connect(database)
    connection.create_function("REGEXP", 2, lambda pattern, text: bool(re.search(pattern, text)))
    went_live_at = datetime.now(UTC) - timedelta(minutes=MINUTES_IN)
    with connection:
        connection.execute(
            "UPDATE opendev_sessions_session SET code = ?, went_live_at = ? WHERE state = 'live'",
            (CODE, went_live_at.strftime("%Y-%m-%d %H:%M:%S")),
        )
    connection.close()


def take_all(chromium: Browser, demo: Demo, folder: Path) -> None:
    crowd = Crowd(demo)
    crowd.start()
    try:
        with Stage(chromium, demo, folder) as stage:
            assert crowd.is_there.wait(SECONDS), "the crowd did not come"
            play(stage, crowd)
    finally:
        crowd.may_vote.set()
        crowd.may_go.set()
        crowd.join(SECONDS)


def play(stage: Stage, crowd: Crowd) -> None:
    john, screen = stage.moderator(), stage.screen(viewport={"width": 1280, "height": 720})
    phone = stage.attendee()
    john.item(QUESTION, "draft").get_by_role("button", name="Launch").click()
    expect(john.item(QUESTION, "live")).to_be_visible()
    crowd.poll = stage.demo.on_air()
    crowd.may_vote.set()
    phone.vote("Magnum")
    for page in (john.page, screen.page):
        expect(page.locator("main [data-ballots]").first).to_have_text(str(VOTED), timeout=SECONDS * 1000)
        expect(page.locator("[data-present]:visible").first).to_have_text(str(HERE))
    take_control(john)
    john.press("Reveal results")
    take_room(phone)
    take(screen.page, "screen")


def take_control(john: Moderator) -> None:
    expect(john.page.locator("[data-undo]")).to_have_count(0)
    take(john.page, "control")


def take_room(phone: Attendee) -> None:
    phone.has_voted("Magnum")
    expect(phone.poll.locator("[data-count]").first).to_have_text(str(CHOICES[0] + 1))
    take(phone.page, "room-phone")


def take(page: Page, name: str) -> None:
    """Once nothing moves: bars have grown, fonts are loaded, no button is under the mouse."""
    page.mouse.move(0, 0)
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_timeout(1000)
    path = PICTURES / f"{name}.png"
    path.write_bytes(reduce_colours(page.screenshot(animations="disabled")))
    size = path.stat().st_size
    print(f"{path.name}: {size // 1024} KB")
    assert size <= LARGEST, f"{path.name} is too large for a README"


def take_card(chromium: Browser) -> None:
    """The picture that is shown for shared links to the product."""
    page = chromium.new_page(viewport={"width": 1200, "height": 630})
    page.goto(Path(__file__).with_name("social_card.html").as_uri())
    page.wait_for_function("document.fonts.status === 'loaded'")
    CARD.write_bytes(reduce_colours(page.screenshot()))
    page.close()


def take_guide(chromium: Browser, server: Server, link: str) -> None:
    """The pictures of docs/getting-started.md, from an empty installation."""
    with ExitStack() as windows:
        newcomer = Newcomer(chromium, windows, server.url, lambda page, name: take(page, f"guide-{name}"))
        play_newcomer(newcomer, link, **PHONE)


def make_guide(folder: Path, browser: BrowserThread) -> None:
    environment = clean_environment(VAR_DIR=str(folder))
    for words in (["migrate", "--noinput"], ["collectstatic", "--noinput"]):
        manage(*words, "--verbosity=0", environment=environment)
    server = Server(folder, environment)
    server.start()
    try:
        link = re.sub(r"^https?://[^/]+", "", server.manage("first_organiser").strip())
        browser(lambda chromium: take_guide(chromium, server, link), seconds=4 * SECONDS)
    finally:
        server.stop()


def main() -> None:
    os.environ.setdefault(programs.MARK, "pictures")
    if sys.argv[1:] == ["card"]:
        browser = BrowserThread()
        browser(take_card, seconds=SECONDS)
        browser.close()
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="opendev-pictures-") as name:
        folder = Path(name)
        if sys.argv[1:] == ["guide"]:
            browser = BrowserThread()
            try:
                make_guide(folder, browser)
            finally:
                browser.close()
            return
        server, browser = start_server(folder), BrowserThread()
        try:
            browser(lambda chromium: take_all(chromium, Demo(server), folder), seconds=2 * SECONDS)
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    main()
