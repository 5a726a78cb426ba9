"""A ranking in a browser: put in order by tap, by keyboard and by dragging, and rows that move as others vote."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.stage import PHONE, Attendee, Stage

OPTIONS = ["Magnum", "Nova", "Neutron", "Octavia"]


def form_order(page: Page) -> list[str]:
    """The options with a place, in their order, as the form would send them without script."""
    rows = page.locator("[data-vote-form] [data-option]").evaluate_all(
        """(rows) => rows.map((row) => [row.querySelector("select").value,
            row.querySelector("[data-option-text]").textContent.trim()])"""
    )
    return [text for place, text in sorted(rows) if place]


def act(page: Page, words: str, option: str) -> Any:
    return page.get_by_role("button", name=f"{words} {option}", exact=True)


def launched(stage: Stage, **more: Any) -> dict[str, Any]:
    return stage.demo.launch(
        "Which should we fund first?", *OPTIONS, kind="ranking", visibility="always", **more
    )


def test_order_is_made_by_keyboard_and_by_dragging(play: Any) -> None:
    def scene(stage: Stage) -> None:
        launched(stage)
        one = stage.attendee()
        page = one.page
        expect(one.poll.locator("[data-note]")).to_contain_text("Put as many as you like in order")
        for option in ("Nova", "Octavia", "Magnum"):
            button = act(page, "Put next:", option)
            button.focus()
            page.keyboard.press("Enter")
        assert form_order(page) == ["Nova", "Octavia", "Magnum"]
        act(page, "Move up:", "Magnum").focus()
        page.keyboard.press("Enter")
        assert form_order(page) == ["Nova", "Magnum", "Octavia"]
        assert one.said() == "Magnum: place 2 of 3."
        page.keyboard.press("Enter")  # the focus stays at the button that moved
        assert form_order(page) == ["Magnum", "Nova", "Octavia"]
        assert page.evaluate("document.activeElement.dataset.placeAct") == "down"  # "up" is idle at the top
        drag(page, "Octavia", above="Magnum")
        assert form_order(page) == ["Octavia", "Magnum", "Nova"]
        drag(page, "Neutron", above="Nova")
        assert form_order(page) == ["Octavia", "Magnum", "Neutron", "Nova"]
        act(page, "Leave out:", "Nova").click()
        assert one.said() == "Nova is out of your order."
        page.reload()
        stage.is_live(page)
        assert form_order(page) == ["Octavia", "Magnum", "Neutron"]  # kept over a reload
        page.get_by_role("button", name="Vote with this order").click()
        expect(one.poll.locator("[data-summary]")).to_contain_text("First by points: Octavia.")
        assert texts(one) == ["Octavia", "Magnum", "Neutron", "Nova"]
        expect(one.poll.locator("[data-mine]")).to_have_count(3)

    play(scene)


def drag(page: Page, option: str, *, above: str) -> None:
    row, other = (
        page.locator("[data-vote-form] [data-option]", has=page.get_by_text(name, exact=True))
        for name in (option, above)
    )
    box, goal = row.locator("[data-place-shown]").bounding_box(), other.bounding_box()
    assert box
    assert goal
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(goal["x"] + 20, goal["y"] + goal["height"] - 4, steps=4)
    page.mouse.move(goal["x"] + 20, goal["y"] + 3, steps=4)
    page.mouse.up()


def texts(seen: Attendee) -> list[str]:
    return [text.strip() for text in seen.rows.locator("[data-option-text]").all_inner_texts()]


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_rows_change_places_as_others_vote(play: Any, motion: str) -> None:
    def scene(stage: Stage) -> None:
        poll = launched(stage)
        ids = {option["text"]: option["id"] for option in poll["options"]}
        screen = stage.screen(reduced_motion=motion)
        for order in (["Nova", "Magnum"], ["Magnum", "Nova"], ["Magnum"]):
            with stage.demo.attendee() as person:
                answer = person.put(
                    f"polls/{poll['id']}/ballot/", json={"ranking": [ids[text] for text in order]}
                )
            assert answer.status_code == 200, answer.text
        expect(screen.rows.first.locator("[data-option-text]")).to_have_text("Magnum")
        expect(screen.rows.first.locator("[data-count]")).to_have_text("8 points")
        expect(screen.poll.locator("[data-summary]")).to_have_text(
            "First by points: Magnum. It also beats each of the others one to one."
        )
        screen.fits()

    play(scene)


def test_limit_of_places_holds_in_the_form(play: Any) -> None:
    def scene(stage: Stage) -> None:
        launched(stage, max=2)
        one = stage.attendee(**PHONE)
        page = one.page
        for option in OPTIONS[:2]:
            one.poll.locator("[data-option]", has_text=option).first.tap()
        assert form_order(page) == OPTIONS[:2]
        expect(act(page, "Put next:", OPTIONS[2])).to_be_disabled()
        drag(page, OPTIONS[3], above=OPTIONS[0])
        assert form_order(page) == [OPTIONS[3], OPTIONS[0]]  # the last place gives way

    play(scene)
