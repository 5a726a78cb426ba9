"""Somebody writes an option of their own: tap, type, send; a moderator approves it, and makes it an option."""

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.demo import ROOM
from tests.journeys.stage import Attendee, Stage

QUESTION = "What do you run?"
SHOTS = os.environ.get("SHOTS")  # a folder for pictures to look at


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"other-{name}.png", full_page=True)


def write(stage: Stage, words: str) -> Attendee:
    """Somebody who wrote an option of their own, and finds it again."""
    ada = stage.attendee()
    field = ada.page.get_by_label("Your own words")
    expect(ada.page.get_by_text("your own words can show who you are")).to_be_visible()
    expect(ada.vote_button).to_be_disabled()
    ada.choose("Other")
    expect(ada.vote_button).to_be_disabled()  # "Other" alone says nothing
    ada.choose("Nova")
    expect(ada.vote_button).to_be_enabled()
    field.fill(words)  # who writes means it
    expect(ada.vote_button).to_have_text("Vote for Other")
    shoot(ada.page, "phone-form")
    ada.page.reload()
    stage.is_live(ada.page)
    expect(field).to_have_value(words)
    ada.vote_button.click()
    ada.has_voted("Other")
    ada.shows({"Magnum": 0, "Nova": 0, "Other": 1})
    expect(ada.page.locator("[data-own-words]")).to_be_hidden()
    ada.page.get_by_role("link", name="Change my vote").click()
    expect(field).to_have_value(words)
    return ada


def is_in_order(page: Page) -> bool:
    """Whether the rows of the screen stand below one another, and beside the code to join."""
    boxes = [row.bounding_box() for row in page.locator("[data-rows] > *").all()]
    tops = [box["y"] for box in boxes if box]
    aside = page.locator("aside").bounding_box()
    return tops == sorted(tops) and bool(aside) and all(b and b["x"] < aside["x"] for b in boxes)


def test_own_words_are_sent_approved_and_made_an_option(play: Any) -> None:
    def scene(stage: Stage) -> None:
        poll = stage.demo.launch(QUESTION, "Magnum", "Nova", visibility="always", rules={"other": True})
        ada, screen = write(stage, "Gardener"), stage.screen()
        assert "Gardener" not in screen.page.content()
        john = stage.moderator(path=f"{ROOM}control/polls/{poll['id']}/written/")
        john.page.get_by_role("button", name="Approve Gardener").click()
        line = screen.page.locator("[data-own-words]")
        expect(line).to_have_text("In their own words: Gardener (1).")
        assert is_in_order(screen.page)
        shoot(screen.page, "screen")
        shoot(john.page, "written")
        john.page.get_by_role("button", name="Make it an option Gardener").click()
        expect(screen.page.locator("[data-rows] [data-option-text]")).to_have_text(
            ["Magnum", "Nova", "Gardener", "Other"]
        )
        expect(line).to_be_hidden()
        ada.page.reload()
        stage.is_live(ada.page)
        ada.has_voted("Gardener")
        expect(ada.poll.locator("[data-mine] [data-row-note]")).to_have_text("1 person wrote it")
        shoot(ada.page, "phone-promoted")

    play(scene)
