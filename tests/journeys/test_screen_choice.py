"""What the presenter screen shows, as the moderator says it in the control room."""

import re

from playwright.sync_api import expect

from tests.journeys.demo import Demo
from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import is_accessible

QUESTION = "Where do you run it?"


def test_screen_follows_what_the_moderator_says_and_holds_it(play, demo: Demo):
    def scene(stage: Stage) -> None:
        screen, john = stage.screen().page, stage.moderator()
        light = stage.screen().page
        light.goto(f"{light.url}?theme=light")
        for page in (screen, light, john.page):
            stage.is_live(page)
        main, asked = screen.locator("main"), screen.locator("[data-question]")
        held = john.page.locator("[data-screen-held]")

        def show(name: str) -> None:
            button = john.page.get_by_role("button", name=name, exact=True)
            button.focus()
            john.page.keyboard.press("Enter")
            expect(button).to_have_attribute("aria-pressed", "true")
            expect(button).to_be_focused()

        show("The join code")
        expect(main).to_have_attribute("data-shows", "code")
        expect(screen.locator(".join-here .code")).to_be_visible()
        expect(asked).to_be_hidden()
        expect(held).to_contain_text("shows the join code and nothing else")
        is_accessible(screen)
        demo.launch(QUESTION, "here", "there", visibility="always")
        expect(john.item(QUESTION, "live")).to_be_visible()
        expect(held).to_be_visible()
        expect(asked).to_be_hidden()
        show("Nothing")
        expect(main).to_have_attribute("data-shows", "blank")
        expect(main.locator("*:visible")).to_have_count(0)
        show("Questions")
        expect(asked).to_have_text("What do you want to know?")
        show("Light")
        expect(screen.locator("html")).to_have_attribute("data-theme", "light")
        show("Dark")
        expect(screen.locator("html")).to_have_attribute("data-theme", "dark")
        expect(light.locator("html")).to_have_attribute("data-theme", "light")  # it was opened so
        screen.reload()
        expect(asked).to_have_text("What do you want to know?")
        held.get_by_role("button", name="Show what is on").click()
        expect(held).to_have_count(0)
        expect(asked).to_have_text(re.compile(QUESTION[:-1]))
        is_accessible(john.page)

    play(scene)
