"""A follow-up from the room: suggested on a phone, supported on others, opened by a moderator, joined with one tap."""

import re
import secrets

from playwright.sync_api import Locator, Page, expect

from tests.journeys.demo import EVENT, GERGELY, OTHER_ROOM
from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import is_accessible
from tests.journeys.test_follow_ups import give_name, join, line


def new_title() -> str:
    """The tests of one server share its sessions, so that each brings a suggestion that is like no other."""
    return f"{secrets.token_hex(4)} beside {secrets.token_hex(4)}"


def suggest(page: Page, title: str) -> None:
    if not page.locator("#suggest-title").is_visible():
        page.get_by_text("Suggest another follow-up").click()
    page.get_by_label("What would you like to continue?").fill(title)
    page.get_by_role("button", name="Suggest this follow-up").click()


def suggested(page: Page, title: str) -> Locator:
    return page.locator("[data-suggested]", has_text=title)


def support(page: Page, title: str) -> Locator:
    return suggested(page, title).get_by_role("button", name=re.compile("^Support"))


def in_control(page: Page, title: str) -> Locator:
    return page.locator("[data-suggestion-item]", has_text=title)


def test_suggestion_is_supported_opened_and_joined_with_one_tap(play):
    title, other = new_title(), new_title()

    def scene(stage: Stage) -> None:
        ada, bob, eve = (join(stage) for _ in range(3))
        desk = stage.moderator(GERGELY, path=f"{OTHER_ROOM}control/").page
        suggest(ada, title)
        expect(suggested(ada, title)).to_contain_text("Your suggestion")
        for page in (bob, eve):
            support(page, title).click()
            expect(support(page, title)).to_have_attribute("aria-pressed", "true")
        support(eve, title).click()
        expect(support(eve, title)).to_have_attribute("aria-pressed", "false")
        for page in (ada, bob, eve):
            expect(suggested(page, title).locator("[data-supporters]").first).to_have_text("1")
        expect(in_control(desk, title)).to_contain_text("1 supporter")
        in_control(desk, title).get_by_role("button", name=re.compile("^Open as follow-up")).click()
        expect(desk.locator("[data-line-item]", has_text=title)).to_contain_text("0 names")
        for page, words in ((ada, "You suggested this"), (bob, "You supported this")):
            expect(line(page, title)).to_contain_text(words)
            expect(page.locator('[data-banner="opened"]')).to_contain_text("is a follow-up now")
        expect(suggested(eve, title)).to_have_count(0)
        expect(eve.locator('[data-banner="opened"]')).to_have_count(0)
        suggest(eve, other)
        expect(suggested(bob, other)).to_be_visible()  # and takes nothing back of what bob was offered
        bob.locator('[data-banner="opened"]').get_by_role("button", name="I’m interested").click()
        give_name(bob, "Bob Kahn")
        expect(line(bob, title).locator("[data-own-name]")).to_have_text("Bob Kahn")
        expect(line(ada, title)).to_contain_text("Bob Kahn")
        expect(line(ada, title)).not_to_contain_text("Ada")

    play(scene)


def test_opening_is_undone_and_a_dismissed_one_leaves_the_room(play):
    title = new_title()

    def scene(stage: Stage) -> None:
        ada, bob = join(stage), join(stage)
        desk = stage.moderator(GERGELY, path=f"{OTHER_ROOM}control/").page
        suggest(ada, title)
        support(bob, title).click()
        in_control(desk, title).get_by_role("button", name=re.compile("^Open as follow-up")).click()
        expect(bob.locator('[data-banner="opened"]')).to_be_visible()
        desk.locator("[data-undo]", has_text=title).get_by_role("button", name="Undo").click()
        expect(in_control(desk, title)).to_be_visible()
        expect(line(bob, title)).to_have_count(0)
        expect(support(bob, title)).to_have_attribute("aria-pressed", "true")
        expect(bob.locator('[data-banner="opened"]')).to_have_count(0)
        in_control(desk, title).get_by_role("button", name=re.compile("^Dismiss")).click()
        expect(suggested(bob, title)).to_have_count(0)
        expect(suggested(ada, title)).to_contain_text("It was not selected")

    play(scene)


def test_similar_ones_are_hinted_at_and_what_was_typed_survives_a_reload(play):
    title = new_title()

    def scene(stage: Stage) -> None:
        ada, bob = join(stage), join(stage)
        suggest(ada, title)
        expect(suggested(bob, title)).to_be_visible()
        bob.get_by_text("Suggest another follow-up").click()
        field = bob.get_by_label("What would you like to continue?")
        field.fill(f"{title}, once more")
        expect(bob.locator("[data-suggest-form] [data-similar-list]")).to_contain_text(title)
        bob.reload()
        stage.is_live(bob)
        expect(field).to_have_value(f"{title}, once more")
        suggested(ada, title).get_by_text("Change it").click()
        own = suggested(ada, title).get_by_role("textbox")
        own.fill(f"{title}, better")
        suggested(ada, title).get_by_role("button", name="Save").click()
        expect(suggested(bob, f"{title}, better")).to_be_visible()
        suggested(ada, title).get_by_role("button", name=re.compile("^Withdraw")).click()
        expect(suggested(bob, title)).to_have_count(0)

    play(scene)


def test_without_script_the_same_forms_do_it(play):
    title = new_title()

    def scene(stage: Stage) -> None:
        ada, bob = (join(stage, java_script_enabled=False) for _ in range(2))
        suggest(ada, title)
        expect(suggested(ada, title)).to_contain_text("Your suggestion")
        bob.reload()
        support(bob, title).click()
        expect(support(bob, title)).to_have_attribute("aria-pressed", "true")

    play(scene)


def test_keyboard_alone_suggests_and_supports(play):
    title = new_title()

    def scene(stage: Stage) -> None:
        ada, bob = join(stage), join(stage)
        ada.locator("#suggesting > summary").focus()
        ada.keyboard.press("Enter")
        expect(ada.locator("#suggest-title")).to_be_focused()
        ada.keyboard.type(title)
        ada.keyboard.press("Enter")
        expect(suggested(bob, title)).to_be_visible()
        support(bob, title).focus()
        bob.keyboard.press("Enter")
        expect(support(bob, title)).to_have_attribute("aria-pressed", "true")

    play(scene)


def test_pages_with_suggestions_are_accessible(play, demo):
    title = new_title()

    def scene(stage: Stage) -> None:
        ada, bob = join(stage), join(stage)
        suggest(ada, title)
        support(bob, title).click()
        expect(support(bob, title)).to_have_attribute("aria-pressed", "true")
        bob.get_by_text("Suggest another follow-up").click()
        is_accessible(bob)
        is_accessible(ada)
        desk = stage.moderator(GERGELY, path=f"{OTHER_ROOM}control/").page
        expect(in_control(desk, title)).to_be_visible()
        desk.locator("#suggestion-rules > summary").click()
        is_accessible(desk)
        ada.goto(f"{demo.server.url}{EVENT}follow-ups/")
        expect(ada.get_by_role("heading", name=title)).to_be_visible()
        is_accessible(ada)

    play(scene)
