"""A quiz in the browser: set in the form, secret while people vote, revealed with some occasion on phone and screen."""

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.demo import ROOM
from tests.journeys.stage import Moderator, Stage

QUESTION = "Which release brought Magnum?"
OPTIONS = ("Juno", "Kilo", "Liberty")
LINE = "Right answer: Kilo. 1 of 2 (50%) had it right."
SHOTS = os.environ.get("SHOTS")  # a folder for pictures to look at


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.wait_for_timeout(3000)  # the moment is over
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def is_moving(page: Page) -> bool:
    """Whether any row is animated by the style sheet now."""
    return bool(
        page.evaluate(
            "document.getAnimations().some(({ animationName }) => /^(step|come)-/.test(animationName ?? ''))"
        )
    )


def tick(stage: Stage, poll: dict[str, Any]) -> Moderator:
    """Have the second option be right, by the form."""
    john = stage.moderator(path=f"{ROOM}control/polls/{poll['id']}/")
    john.page.get_by_role("button", name="One more option").click()
    boxes = john.page.get_by_role("checkbox", name="Right", exact=True)
    assert [box.get_attribute("value") for box in boxes.all()] == ["1", "2", "3", "4", "5", "6"]
    boxes.nth(1).check()
    shoot(john.page, "edit")
    john.page.get_by_role("button", name="Save").click()
    expect(john.page.locator("[data-hides-right]")).to_be_visible()
    return john


def knows_nothing(stage: Stage, page: Page) -> None:
    expect(page.locator("[data-right]")).to_have_count(0)
    assert "Right answer" not in page.locator("main").inner_text()
    assert not [frame for frame in stage.heard[page] if "right_answer" in str(frame)]


def test_right_answer_is_ticked_kept_secret_and_revealed(play: Any) -> None:
    def scene(stage: Stage) -> None:
        john = tick(stage, stage.demo.add_poll(QUESTION, *OPTIONS, visibility="always"))
        ada, bob, screen = stage.attendee(), stage.attendee(), stage.screen(reduced_motion="no-preference")
        john.press("Launch")
        ada.vote("Kilo")
        bob.vote("Liberty")
        ada.has_voted("Kilo")
        bob.has_voted("Liberty")
        john.press("Close voting")
        expect(screen.page.locator("[data-screen]")).to_have_attribute("data-state", "closed")
        for page in (ada.page, bob.page, screen.page):
            knows_nothing(stage, page)
        shoot(john.page, "control-before")
        john.page.get_by_role("button", name="Reveal the right answer").click()
        expect(screen.page.locator("[data-right-line]")).to_have_text(LINE)
        assert is_moving(screen.page)
        expect(screen.page.locator("[data-right] [data-option-text]")).to_have_text("Kilo")
        for one, verdict in ((ada, "You had it right."), (bob, "Your answer was another one.")):
            expect(one.poll.locator("[data-right-line]")).to_have_text(LINE)
            expect(one.poll.locator("[data-right-mine]")).to_have_text(verdict)
        assert "Right answer: Kilo." in ada.said()
        expect(john.poll.locator("[data-right-line]")).to_have_text(LINE)
        expect(john.page.get_by_role("button", name="Reveal the right answer")).to_have_count(0)
        expect(screen.page.locator("[data-revealing]")).to_have_count(0)
        pages = {"phone": ada.page, "phone-wrong": bob.page, "screen": screen.page, "control": john.page}
        for name, page in pages.items():
            shoot(page, name)
        ada.page.reload()
        stage.is_live(ada.page)
        expect(ada.poll.locator("[data-right-mine]")).to_have_text("You had it right.")
        assert not is_moving(ada.page)

    play(scene)


def test_screen_of_somebody_who_wants_less_motion_stands_still(play: Any) -> None:
    def scene(stage: Stage) -> None:
        poll = stage.demo.launch(
            QUESTION, *OPTIONS, kind="ranking", visibility="always", right_answer={"ranking": [2, 3, 1]}
        )
        screen = stage.screen(reduced_motion="reduce", color_scheme="dark")
        stage.is_live(screen.page)
        stage.demo.set_state(poll, "closed")
        expect(screen.page.locator("[data-screen]")).to_have_attribute("data-state", "closed")
        stage.demo.ask("POST", f"polls/{poll['id']}/right-answer/")
        expect(screen.page.locator("[data-right-line]")).to_have_text(
            "Right order: Kilo, Liberty, Juno. 0 of 0 (0%) had it right."
        )
        assert not is_moving(screen.page)
        shoot(screen.page, "screen-order")

    play(scene)


def test_number_is_marked_in_the_picture(play: Any) -> None:
    def scene(stage: Stage) -> None:
        rules = {"from": "0", "to": "100", "unit": "%"}
        poll = stage.demo.set_state(
            stage.demo.ask(
                "POST",
                f"sessions/{stage.demo.session['id']}/polls/",
                question="How many run it?",
                kind="number",
                rules=rules,
                visibility="always",
                right_answer={"number": "42"},
            ),
            "live",
        )
        ada = stage.attendee(color_scheme="dark")
        ada.page.locator("[name=written]").fill("42")
        ada.page.get_by_role("button", name="Send").click()
        expect(ada.poll.locator("[data-summary]")).to_contain_text("Median 42%")
        stage.demo.set_state(poll, "closed")
        mark = ada.poll.locator("[data-right-at]")
        expect(mark).to_have_attribute("hidden", "")
        stage.demo.ask("POST", f"polls/{poll['id']}/right-answer/")
        expect(ada.poll.locator("[data-right-line]")).to_have_text(
            "Right answer: 42%. 1 of 1 (100%) had it right."
        )
        expect(mark).not_to_have_attribute("hidden", "")
        expect(mark).to_have_attribute("x1", "42.00%")
        expect(ada.poll.locator("[data-right-mine]")).to_have_text("You had it right.")
        shoot(ada.page, "phone-number-dark")

    play(scene)
