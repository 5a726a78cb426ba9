"""What the presenter screen shows, as the moderator says it in the control room."""

from playwright.sync_api import expect

from tests.journeys.demo import Demo
from tests.journeys.stage import Moderator, Stage
from tests.journeys.test_accessibility import is_accessible

QUESTION = "Where do you run it?"


def show(john: Moderator, name: str) -> None:
    """Choose it by keyboard; the button is pressed then, and keeps the focus."""
    button = john.page.get_by_role("button", name=name, exact=True)
    button.focus()
    john.page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()


def test_screen_shows_what_the_moderator_says_whatever_is_launched(play, demo: Demo):
    def scene(stage: Stage) -> None:
        screen, john = stage.screen().page, stage.moderator()
        stage.is_live(screen)
        stage.is_live(john.page)
        main, asked = screen.locator("main"), screen.locator("[data-question]")
        held = john.page.locator("[data-screen-held]")
        show(john, "The join code")
        expect(main).to_have_attribute("data-shows", "code")
        expect(screen.locator(".join-here .code")).to_be_visible()
        expect(asked).to_be_hidden()
        expect(held).to_contain_text("shows the join code and nothing else")
        is_accessible(screen)
        demo.launch(QUESTION, "here", "there", visibility="always")
        expect(john.item(QUESTION, "live")).to_be_visible()
        expect(asked).to_be_hidden()
        show(john, "Nothing")
        expect(main).to_have_attribute("data-shows", "blank")
        expect(main.locator("*:visible")).to_have_count(0)
        show(john, "Questions")
        expect(asked).to_have_text("What do you want to know?")
        screen.reload()
        expect(asked).to_have_text("What do you want to know?")
        held.get_by_role("button", name="Show what is on").click()
        expect(held).to_have_count(0)
        expect(asked).to_have_text(QUESTION)
        is_accessible(john.page)

    play(scene)


def test_windows_take_the_colours_that_are_chosen_but_those_with_their_own(play):
    def scene(stage: Stage) -> None:
        screen, own, john = stage.screen().page, stage.screen().page, stage.moderator()
        own.goto(f"{own.url}?theme=light")
        for page in (screen, own, john.page):
            stage.is_live(page)
        for name, theme in (("Light", "light"), ("Dark", "dark")):
            show(john, name)
            expect(screen.locator("html")).to_have_attribute("data-theme", theme)
            expect(own.locator("html")).to_have_attribute("data-theme", "light")

    play(scene)
