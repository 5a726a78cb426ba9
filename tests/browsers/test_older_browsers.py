"""Browsers down to the ones that README.md names: Chromium without what came later.

Versions are those of @mdn/browser-compat-data.
"""

from playwright.sync_api import expect

from tests.journeys.demo import ROOM
from tests.journeys.stage import Stage

QUESTION = "Where are you?"
# Before Safari 16.4, Firefox 111 and Chrome 112 the second argument was ignored; Safari below 16 has no requestSubmit.
BEFORE_SUBMITTERS = """
  const Newer = FormData
  window.FormData = class extends Newer { constructor(form) { super(form) } }
  delete HTMLFormElement.prototype.requestSubmit
"""


def test_control_room_sends_the_button_that_was_pressed(play, demo):
    def scene(stage: Stage) -> None:
        john = stage.moderator(before=BEFORE_SUBMITTERS)
        john.quick_poll(f"{QUESTION} / here / there")
        expect(john.item(QUESTION, "live")).to_be_visible()

    play(scene)


def test_run_sheet_is_moved_dragged_and_shortened(play, demo):
    def scene(stage: Stage) -> None:
        sheet = f"sessions/{demo.session['id']}/run-sheet/"
        demo.ask("POST", f"{sheet}items/", lines="First\nSecond\nThird\nFourth")
        plan = stage.moderator(path=f"{ROOM}control/run-sheet/", before=BEFORE_SUBMITTERS).page
        plan.set_viewport_size({"width": 1280, "height": 1200})
        titles = plan.locator(".plan-item strong")
        plan.get_by_role("button", name="Move down: First").click()
        expect(titles).to_have_text(["Second", "First", "Third", "Fourth"])
        plan.locator(".plan-item", has_text="Third").get_by_role("button", name="Remove").click()
        expect(titles).to_have_text(["Second", "First", "Fourth"])
        last = plan.locator(".plan-item", has_text="Fourth").locator(".gut")
        last.drag_to(plan.locator(".plan-item .gut").first, target_position={"x": 10, "y": 2})
        expect(titles).to_have_text(["Fourth", "Second", "First"])
        saved = [item["text"] for item in demo.ask("GET", sheet)["items"]]
        assert saved == ["Fourth", "Second", "First"]

    play(scene)
