"""Points in a browser: shared out by buttons and by typing, with what is left said."""

from typing import Any

from playwright.sync_api import expect

from tests.journeys.stage import Stage

OPTIONS = ["Magnum", "Nova", "Neutron"]


def test_points_are_shared_out_by_keyboard_with_what_is_left(play: Any) -> None:
    def scene(stage: Stage) -> None:
        stage.demo.launch("Where should the effort go?", *OPTIONS, kind="points", visibility="always")
        one = stage.attendee()
        page, left = one.page, one.poll.locator("[data-form-note]")
        expect(left).to_have_text("100 of 100 points left")
        more = page.get_by_role("button", name="More points: Magnum")
        more.focus()
        for _ in range(3):
            page.keyboard.press("Enter")
        expect(left).to_have_text("85 of 100 points left")
        page.get_by_label("Nova Points", exact=True).fill("90")
        expect(left).to_have_text("5 points too many")
        expect(page.get_by_role("button", name="Vote with these points")).to_be_disabled()
        page.get_by_label("Nova Points", exact=True).fill("25")
        page.reload()
        stage.is_live(page)
        expect(page.get_by_label("Nova Points", exact=True)).to_have_value("25")  # kept over a reload
        page.get_by_role("button", name="Vote with these points").click()
        expect(one.poll.locator("[data-summary]")).to_have_text("Most points: Nova (25 of 40).")
        expect(one.rows.first.locator("[data-count]")).to_have_text("25 points")
        expect(one.poll.locator("[data-mine]")).to_have_count(2)
        expect(one.poll.locator("[data-pending]")).to_have_count(0)
        page.get_by_role("link", name="Change my vote").click()
        expect(left).to_have_text("60 of 100 points left")

    play(scene)
