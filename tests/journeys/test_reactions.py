"""Reactions and pace: tapped on phones, seen in the control room, and applause on the presenter screen."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import DESKTOP, is_accessible
from tests.journeys.test_keyboard import tab_to


def button(page: Page, name: str) -> Locator:
    return page.locator("[data-react-form]").get_by_role("button", name=name, exact=True)


def in_control(desk: Page, signal: str) -> Locator:
    return desk.locator(f"[data-signal={signal}]")


def take_reactions(desk: Page, *, to: bool) -> None:
    rules = desk.locator("#reactions")
    if rules.get_attribute("open") is None:
        rules.locator("summary").click()
    rules.get_by_label("People can react, and say that they are lost").set_checked(to)
    rules.get_by_role("button", name="Save").click()


def test_phones_tap_the_moderator_sees_how_many_and_the_screen_shows_applause(play):
    def scene(stage: Stage) -> None:
        ada, bob, eve = (stage.attendee().page for _ in range(3))
        desk, screen = stage.moderator().page, stage.screen().page
        for page in (desk, screen):
            stage.is_live(page)
        expect(button(ada, "Applause")).to_be_hidden()
        take_reactions(desk, to=True)
        for page in (ada, bob, eve):
            button(page, "I’m lost").click()
            expect(button(page, "I’m lost")).to_have_attribute("aria-pressed", "true")
        expect(in_control(desk, "lost")).to_have_text(re.compile(r"Lost\s+3"))
        expect(in_control(desk, "slower")).to_be_hidden()
        button(eve, "Slower").click()  # takes the place of the other
        expect(button(eve, "I’m lost")).to_have_attribute("aria-pressed", "false")
        expect(in_control(desk, "slower")).to_have_text(re.compile(r"Slower\s+a few"))
        expect(in_control(desk, "lost")).to_have_text(re.compile(r"Lost\s+a few"))
        desk.reload()
        expect(in_control(desk, "slower")).to_have_text(re.compile(r"Slower\s+a few"))
        clap = screen.locator("[data-clap=applause]")
        expect(clap).to_be_hidden()
        for page in (ada, bob):
            button(page, "Applause").click()
            expect(button(page, "Applause")).to_have_attribute("aria-pressed", "true")
        expect(clap).to_be_visible()
        expect(clap.locator("b")).to_have_text("2")
        expect(in_control(desk, "applause")).to_be_visible()
        for page in (ada, desk, screen):
            is_accessible(page)
        expect(clap).to_be_hidden()  # some seconds later
        for page in (ada, bob, eve):
            expect(button(page, "Applause")).to_have_attribute("aria-pressed", "false")
            page.locator('[name=pace][aria-pressed="true"]').click()  # taken back
        expect(desk.locator("[data-reactions]")).to_be_hidden()
        desk.set_viewport_size(DESKTOP)
        take_reactions(desk, to=False)
        expect(button(ada, "Applause")).to_be_hidden()

    play(scene)


def test_by_keyboard_alone_and_without_script(play):
    def scene(stage: Stage) -> None:
        desk = stage.moderator().page
        stage.is_live(desk)
        take_reactions(desk, to=True)
        ada = stage.attendee().page
        tab_to(ada, "Slower")
        ada.keyboard.press("Enter")
        expect(button(ada, "Slower")).to_have_attribute("aria-pressed", "true")
        expect(in_control(desk, "slower")).to_have_text(re.compile(r"Slower\s+a few"))
        bob = stage.attendee(java_script_enabled=False).page
        button(bob, "I’m lost").click()
        expect(button(bob, "I’m lost")).to_have_attribute("aria-pressed", "true")
        expect(in_control(desk, "lost")).to_have_text(re.compile(r"Lost\s+a few"))
        button(bob, "I’m lost").click()
        expect(button(bob, "I’m lost")).to_have_attribute("aria-pressed", "false")
        expect(in_control(desk, "lost")).to_be_hidden()
        button(ada, "Slower").click()
        take_reactions(desk, to=False)
        expect(button(ada, "Slower")).to_be_hidden()

    play(scene)
