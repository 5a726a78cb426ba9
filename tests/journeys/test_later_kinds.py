"""The script of the kinds that most rooms never see comes with the first poll of one, and not before."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.demo import Demo
from tests.journeys.stage import Stage

KINDS = re.compile(r"/bundles/kinds\.\w+\.js")
LOADED = "() => performance.getEntriesByType('resource').map(({ name }) => name)"


def kinds_loaded(page: Page) -> int:
    return sum(bool(KINDS.search(name)) for name in page.evaluate(LOADED))


def test_script_comes_once_when_the_first_poll_of_its_kinds_does(play, demo: Demo):
    def scene(stage: Stage) -> None:
        choice = demo.launch("Which?", "a", "b", visibility="always")
        page = stage.attendee().page
        stage.is_live(page)
        expect(page.get_by_role("radio", name="a")).to_be_visible()
        assert kinds_loaded(page) == 0
        demo.set_state(choice, "closed")
        demo.set_state(demo.launch_words("One word?"), "closed")
        demo.launch_words("And one more?")
        page.get_by_role("textbox").first.fill("upgrades")
        page.get_by_role("button", name="Send").first.click()
        expect(page.locator("[data-stage]")).to_contain_text("Your vote is in")
        assert kinds_loaded(page) == 1

    play(scene)


def test_script_that_does_not_come_is_asked_for_again(play, demo: Demo):
    def scene(stage: Stage) -> None:
        page = stage.attendee(known="Failed to load resource: net::ERR_FAILED").page
        stage.is_live(page)
        refused: list[str] = []

        def refuse_once(route) -> None:
            if refused:
                return route.fallback()
            refused.append(route.request.url)
            return route.abort()

        page.route(KINDS, refuse_once)
        demo.launch_words("One word?")
        expect(page.get_by_role("textbox").first).to_be_visible()
        assert len(refused) == 1

    play(scene)


def test_room_that_has_such_a_poll_loads_it_with_the_page(play, demo: Demo):
    def scene(stage: Stage) -> None:
        demo.launch_words("One word?")
        attendee = stage.attendee()
        assert kinds_loaded(attendee.page) == 1
        attendee.page.get_by_role("textbox").first.fill("upgrades")
        attendee.page.reload()
        expect(attendee.page.get_by_role("textbox").first).to_have_value("upgrades")  # kept over the reload

    play(scene)
