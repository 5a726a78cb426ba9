"""Importing and copying polls in a browser."""

import re
from typing import Any

from playwright.sync_api import ViewportSize, expect

from tests.journeys.demo import OTHER_ROOM, ROOM
from tests.journeys.stage import Stage
from tests.journeys.test_accessibility import is_accessible

PHONE: ViewportSize = {"width": 320, "height": 700}
LINES = "Which release do you run? / 2024.1 / 2024.2\nOnly a question\n"


def test_polls_are_pasted_mended_and_added(play: Any) -> None:
    def scene(stage: Stage) -> None:
        page = stage.moderator(path=f"{ROOM}control/poll-files/").page
        is_accessible(page)
        box = page.get_by_label("Or paste polls")
        box.fill(LINES)
        page.get_by_role("button", name="Preview").click()
        expect(page.locator("[data-row='2'] [data-code='bad_line']")).to_be_visible()
        expect(box).to_have_value(LINES)
        is_accessible(page)
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        box.fill(LINES.replace("Only a question", "One word? [words 1]"))
        page.get_by_role("button", name="Preview").click()
        page.get_by_role("button", name="Add 2 drafts").press("Enter")
        page.wait_for_url("**/control/?poll=*")
        assert [poll["question"] for poll in stage.demo.polls()][-2:] == [
            "Which release do you run?",
            "One word?",
        ]

    play(scene)


def test_run_sheet_is_pasted_mended_and_added(play: Any) -> None:
    def scene(stage: Stage) -> None:
        page = stage.moderator("organiser", path=f"{OTHER_ROOM}control/run-sheet/files/").page
        is_accessible(page)
        box = page.get_by_label("Or paste a plan")
        box.fill("Prompt: Why? (5)\nPoll: Only a question\n")
        page.get_by_role("button", name="Preview").click()
        expect(page.locator("[data-row='2'] [data-code='bad_line']")).to_be_visible()
        is_accessible(page)
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        box.fill("Prompt: Why? (5)\nPoll: Which? / a / b (4)\n")
        page.get_by_role("button", name="Preview").click()
        page.get_by_role("button", name="Add these items").press("Enter")
        page.wait_for_url("**/control/run-sheet/")
        expect(page.locator("[data-plan-item]").filter(has_text="Which?")).to_have_count(1)

    play(scene)


def test_polls_are_saved_to_the_bank_and_added_elsewhere_by_keyboard(play: Any) -> None:
    def scene(stage: Stage) -> None:
        stage.demo.add_poll("Asked every year?", "yes", "no")
        page = stage.moderator("organiser", path=f"{ROOM}control/bank/").page
        is_accessible(page)
        page.get_by_label("Asked every year?").check()
        page.get_by_role("button", name="Save to the bank").press("Enter")
        add = page.get_by_role("button", name=re.compile("Add as a draft.*Asked"))
        expect(add).to_be_visible()
        is_accessible(page)
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.goto(page.url.replace(ROOM, OTHER_ROOM))
        add.press("Enter")
        page.wait_for_url(f"**{OTHER_ROOM}control/?poll=*")
        page.go_back()
        page.get_by_role("button", name=re.compile("Remove.*Asked")).press("Enter")
        expect(page.get_by_text("Your bank is empty.")).to_be_visible()

    play(scene)


def test_polls_are_copied_from_another_session(play: Any) -> None:
    def scene(stage: Stage) -> None:
        stage.demo.add_poll("Asked before?", "yes", "no")
        page = stage.moderator("organiser", path=f"{OTHER_ROOM}control/copy/").page
        is_accessible(page)
        page.get_by_role("button", name="Show its polls").click()
        expect(page.get_by_label("Asked before?")).to_be_checked()
        is_accessible(page)
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.get_by_role("button", name="Copy into this session").click()
        page.wait_for_url("**/control/?poll=*")

    play(scene)
