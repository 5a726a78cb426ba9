"""A newcomer's first event, from an empty installation to a rehearsed poll: what docs/getting-started.md tells.

A test plays it, and `tools.pictures guide` takes the pictures of the guide from it.
"""

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.support.browser import open_page

EVENT, SLUG = "Cloud Days", "cloud-days"
DAYS = ("2026-10-24", "2026-10-25")
# Title, starting time and room; three a day, two of them side by side.
SESSIONS = (
    ("Who runs the control plane?", "10:00", "Main Hall"),
    ("Storage that survives", "10:00", "Side Room"),
    ("Upgrades without tears", "11:15", "Main Hall"),
)
MODERATOR = "Ada Example"
PLAN = """Prompt: Who gets the call at night? (5)
Poll: Who runs your control plane? / We do / A provider / Nobody yet (5)
Questions (10)
Follow-up: On call, together (3)
Thank everybody"""
SETTLES_MS = 400  # bars grow for that long


@dataclass
class Newcomer:
    """Opens windows as they are needed, which close with `windows`; `take(page, name)` is told what is worth seeing."""

    chromium: Browser
    windows: ExitStack
    url: str
    take: Callable[[Page, str], Any]

    def window(self, path: str, **options: Any) -> Page:
        page = self.windows.enter_context(open_page(self.chromium, **options))
        page.goto(self.url + path)
        return page

    def become_organiser(self, link: str) -> Page:
        page = self.window(link)
        page.get_by_role("button", name="Become the organiser").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("A new event")
        return page

    def make_event(self, page: Page) -> None:
        page.get_by_label("Name", exact=True).fill(EVENT)
        page.get_by_label("Time zone").select_option("Europe/Berlin")
        page.get_by_role("button", name="Create event").click()
        for date in DAYS:
            page.locator('input[name="date"]').last.fill(date)
            page.get_by_role("button", name="Add the day").click()
            expect(page.locator(f'input[value="{date}"]')).to_be_visible()

    def add_sessions(self, page: Page) -> None:
        overview = page.url
        for day in (1, 2):
            for title, time, room in SESSIONS:
                page.get_by_role("link", name=f"Add a session to day {day}").click()
                page.get_by_label("Title", exact=True).first.fill(
                    title if day == 1 else f"{title} (repeated)"
                )
                page.get_by_label("Starts at (Europe/Berlin)").fill(time)
                page.locator("summary").get_by_text("More", exact=True).click()
                page.get_by_label("Room or stream").fill(room)
                page.get_by_role("button", name="Add the session").click()
                expect(page.get_by_text("The session was added to the programme.")).to_be_visible()
                page.goto(overview)
        expect(page.locator("li.slot")).to_have_count(2 * len(SESSIONS))
        self.take(page, "programme")

    def invite(self, page: Page) -> str:
        """Return the path of the moderator's sign-in link."""
        page.get_by_role("link", name=SESSIONS[0][0], exact=True).first.click()
        page.get_by_role("link", name="Moderators and helpers").click()
        page.get_by_label("Name", exact=True).fill(MODERATOR)
        page.get_by_role("button", name="Create sign-in link").click()
        link = page.locator("a.breakable")
        return re.sub(r"^https?://[^/]+", "", link.inner_text())

    def publish(self, page: Page) -> None:
        """Look at the programme as its team sees it, then let everybody see it."""
        page.goto(f"{self.url}/{SLUG}/")
        expect(page.get_by_text("Draft: only the team sees this event.")).to_be_visible()
        page.get_by_role("link", name="Edit the programme").first.click()
        page.get_by_role("button", name="Make it public").click()
        expect(page.locator("[data-visibility]")).to_have_text("Public")
        expect(page.get_by_text("Draft: only the team sees this event.")).to_have_count(0)

    def moderate(self, link: str) -> Page:
        page = self.window(link)
        page.get_by_role("button", name=f"Sign in as {MODERATOR}").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(SESSIONS[0][0])
        page.goto(f"{self.url}/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Your sessions")
        self.take(page, "sessions")
        page.get_by_role("link", name="Run sheet").click()
        page.get_by_label("One item per line, minutes in brackets").fill(PLAN)
        page.get_by_role("button", name="Add these items").click()
        expect(page.locator(".plan-item")).to_have_count(len(PLAN.splitlines()))
        page.evaluate("scrollTo(0, 0)")
        self.take(page, "run-sheet")
        page.get_by_role("link", name="Control room").click()
        return page

    def rehearse(self, moderator: Page, **phone_options: Any) -> None:
        """Start the session, launch the poll, and vote in it from a phone."""
        moderator.get_by_role("button", name=re.compile("^Start the session")).first.click()
        expect(moderator.get_by_text("Live").first).to_be_visible()
        phone = self.window("/join/", **phone_options)
        phone.get_by_label("Session code").fill(self.code_on(moderator))
        phone.get_by_role("button", name="Join").first.click()
        phone.get_by_role("button", name="Join").first.click()
        expect(phone.locator("body.room")).to_be_visible()
        moderator.get_by_role("button", name=re.compile("^Start with")).first.click()
        expect(phone.get_by_text("Who gets the call at night?").first).to_be_visible()
        moderator.get_by_role("button", name=re.compile("^Next: launch the poll")).first.click()
        expect(phone.get_by_label("We do")).to_be_visible()
        phone.get_by_label("We do").check()
        self.take(phone, "phone")
        phone.locator("[data-vote-button]").click()
        expect(moderator.locator("main [data-ballots]").first).to_have_text("1")
        expect(moderator.locator("[data-ballots-of]").first).to_have_text("1 vote")
        moderator.wait_for_timeout(SETTLES_MS)
        self.take(moderator, "control")

    def code_on(self, moderator: Page) -> str:
        """Return the six digits that the presenter screen shows."""
        screen = self.window(re.sub(r"control/.*$", "screen/", moderator.url).removeprefix(self.url))
        digits = re.sub(r"\D", "", screen.locator(".code").first.inner_text())
        assert len(digits) == 6, digits
        screen.context.close()
        return digits


def play(newcomer: Newcomer, link: str, **phone_options: Any) -> None:
    """Walk the whole way; `link` is what `manage.py first_organiser` printed, without its host."""
    organiser = newcomer.become_organiser(link)
    newcomer.make_event(organiser)
    newcomer.add_sessions(organiser)
    link_of_moderator = newcomer.invite(organiser)
    newcomer.publish(organiser)
    moderator = newcomer.moderate(link_of_moderator)
    newcomer.rehearse(moderator, **phone_options)
