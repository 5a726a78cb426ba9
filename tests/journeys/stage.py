"""The people of a journey, each with a browser of their own, and what they see."""

import re
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from playwright.sync_api import Browser, Error, Locator, Page, expect

from tests.journeys.demo import JOHN, ROOM, Demo, Figures
from tests.support import browser
from tests.support.browser import WatchedPage, open_page

PHONE: dict[str, Any] = browser.PHONE
SCREEN: dict[str, Any] = browser.SCREEN

PATIENCE = 10.0
expect.set_options(timeout=1000 * PATIENCE)
ROWS_WITH_COUNTS = """(rows) => rows.map((row) => [
  row.querySelector("[data-option-text]").textContent.trim(),
  Number(row.querySelector("[data-count]").textContent),
])"""
OUT_OF_THE_PICTURE = """() => [...document.body.querySelectorAll("*")]
  .filter((node) => node.checkVisibility() && !node.closest(".vh, .skip") && node.getClientRects().length)
  .filter((node) => {
    const box = node.getBoundingClientRect()
    return box.width && (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)
  })
  .map((node) => `${node.tagName} ${node.className} ${node.textContent.trim().slice(0, 40)}`)"""


class Stage:
    """Opens pages, closes them at the end, and keeps a picture of each when the journey failed."""

    def __init__(self, chromium: Browser, demo: Demo, pictures: Path) -> None:
        self.chromium = chromium
        self.demo = demo
        self.pictures = pictures
        self.pages: list[Page] = []
        self.heard: dict[Page, list[Any]] = {}  # what each page's socket has brought
        self.doors = ExitStack()

    def __enter__(self) -> "Stage":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, trouble: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        if trouble is not None:
            self.keep_pictures(trouble)
        return self.doors.__exit__(kind, trouble, traceback)

    def keep_pictures(self, trouble: BaseException) -> None:
        for number, page in enumerate(self.pages, 1):
            path = self.pictures / f"page-{number}.png"
            try:
                page.screenshot(path=path)
                trouble.add_note(f"{page.url}: see {path}")
            except Error as error:
                trouble.add_note(f"page {number} gave no picture: {error}")

    def open(
        self,
        path: str = ROOM,
        *,
        base: str = "",
        known: str = "",
        user: str = "",
        has_own_clock: bool = False,
        before: str = "",
        **options: Any,
    ) -> Page:
        """A visitor's page. `known` is a pattern of the troubles that belong to the scene; any other fails it.

        `before` is script that runs before the page's own, for example to take a feature away.
        """
        page = self.doors.enter_context(open_page(self.chromium, quiet=not known, **options))
        self.watch(page)
        if known:
            self.doors.callback(only_known_troubles, WatchedPage(page), known)
        if user:
            name, value = self.demo.cookie_of(user)
            page.context.add_cookies([{"name": name, "value": value, "url": self.demo.server.url}])
        if has_own_clock:
            page.clock.install()
        if before:
            page.add_init_script(before)
        page.goto((base or self.demo.server.url) + path)
        return page

    def watch(self, page: Page) -> None:
        self.pages.append(page)
        self.heard[page] = []

        def hear(frame: str | bytes) -> None:
            self.heard[page].append(frame)

        page.on("websocket", lambda socket: socket.on("framereceived", hear))

    def is_live(self, page: Page) -> None:
        """Wait until the server has spoken to the page's socket."""
        deadline = time.monotonic() + PATIENCE
        while not self.heard[page]:
            assert time.monotonic() < deadline, f"{page.url} heard nothing from its socket"
            page.wait_for_timeout(10)

    def attendee(self, *, base: str = "", **options: Any) -> "Attendee":
        """Somebody with a phone who has joined, and whose page is live."""
        page = self.open(f"/j/{self.demo.code}/", base=base, **{**PHONE, **options})
        page.get_by_role("button", name="Join").click()
        if options.get("java_script_enabled", True):
            self.is_live(page)
        return Attendee(page)

    def second_tab(self, attendee: "Attendee") -> "Attendee":
        """Another tab of the same browser."""
        page = attendee.page.context.new_page()
        self.watch(page)
        page.goto(attendee.page.url)
        self.is_live(page)
        return Attendee(page)

    def screen(self, **options: Any) -> "Screen":
        return Screen(self.open(f"{ROOM}screen/", **{**SCREEN, **options}))

    def moderator(
        self, username: str = JOHN, *, path: str = f"{ROOM}control/", **options: Any
    ) -> "Moderator":
        """Somebody who has signed in."""
        return Moderator(self.open(path, user=username, **options))


def only_known_troubles(watched: WatchedPage, known: str) -> None:
    others = [trouble for trouble in watched.troubles if not re.search(known, trouble)]
    assert others == [], "\n".join(others)


class Seen:
    """What every page with a poll on it shows."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def poll(self) -> Locator:
        """The part of the page that holds the poll on air."""
        return self.page.locator("[data-poll]").first

    @property
    def rows(self) -> Locator:
        return self.poll.locator("[data-rows] > [data-option]")

    def figures(self) -> Figures:
        return dict(self.poll.locator("[data-rows] > .res").evaluate_all(ROWS_WITH_COUNTS))

    def shows(self, figures: Figures) -> None:
        """Wait until the chart says this; then nothing else is said."""
        for text, count in figures.items():
            row = self.poll.locator("[data-rows] > .res").filter(
                has=self.page.locator("[data-option-text]", has_text=re.compile(f"^{re.escape(text)}$"))
            )
            expect(row.locator("[data-count]")).to_have_text(str(count))
        assert self.figures() == figures

    def shows_no_result(self) -> None:
        """No count, no share, no bar, anywhere in the poll's markup."""
        expect(self.rows.first).to_be_visible()
        assert self.poll.locator("[data-count], [data-share], .bar, rect").count() == 0
        assert "%" not in self.poll.inner_text()

    def said(self) -> str:
        """The page's live region, for people who listen."""
        return self.page.locator("[data-speak]").inner_text()


class Attendee(Seen):
    @property
    def poll(self) -> Locator:
        return self.page.locator("[data-stage] > [data-poll]").first

    @property
    def vote_button(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("^Vote"))

    @property
    def banner(self) -> Locator:
        return self.page.locator("[data-banners] .banner")

    def choose(self, text: str) -> None:
        self.poll.locator("label.opt").get_by_text(text, exact=True).click()

    def vote(self, text: str) -> None:
        self.choose(text)
        self.vote_button.click()

    def has_voted(self, text: str) -> None:
        """The vote is in, and it is the one marked as this person's."""
        expect(self.poll.locator("[data-mine]")).to_have_count(1)
        expect(self.poll.locator("[data-mine]")).to_contain_text(text)
        expect(self.poll.locator("[data-pending]")).to_have_count(0)

    def shows_own_vote(self, text: str) -> None:
        """Also where it was cast in another window."""
        self.has_voted(text)

    def change_vote(self, text: str) -> None:
        self.page.get_by_role("link", name="Change my vote").click()
        self.vote(text)

    def withdraw(self) -> None:
        self.page.get_by_role("link", name="Change my vote").click()
        self.page.get_by_role("button", name="Withdraw my vote").click()


class Screen(Seen):
    @property
    def poll(self) -> Locator:
        return self.page.locator("main[data-poll]")

    def fits(self) -> None:
        """Nothing scrolls, and nothing stands outside the picture."""
        assert self.page.evaluate(OUT_OF_THE_PICTURE) == []


class Moderator(Seen):
    @property
    def poll(self) -> Locator:
        return self.page.locator("#stage-body [data-poll]")

    @property
    def deck(self) -> Locator:
        return self.page.locator("[data-region=deck]")

    def press(self, name: str) -> None:
        """One of the big buttons at the bottom of the stage."""
        self.deck.get_by_role("button", name=name).click()

    def undo(self, state: str) -> Locator:
        """What takes back the act that brought a poll into this state."""
        return self.page.locator(f"[data-undo][data-state={state}]")

    def item(self, question: str, state: str) -> Locator:
        """A poll in the list, in this state."""
        return self.page.locator(f"[data-item][data-state={state}]", has_text=question)

    def quick_poll(self, line: str) -> None:
        self.page.get_by_label("Question and options on one line").fill(line)
        self.page.get_by_role("button", name="Launch now").click()
