"""Details of the design that are easily lost: docs and pictures cannot hold them, so this does."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.stage import Attendee, Moderator, Screen, Stage

POLL = ("How many clusters do you run?", "One", "A handful", "Hundreds")
# The token is read from the page, so that light and dark are judged by their own colour.
YELLOW_THINGS = """() => {
  const probe = document.body.appendChild(document.createElement("i"))
  probe.className = "you"
  const yellow = getComputedStyle(probe).backgroundColor
  probe.remove()
  return [...document.querySelectorAll("body *")]
    .filter((node) => node.checkVisibility())
    .filter((node) => [getComputedStyle(node).backgroundColor, getComputedStyle(node).fill].includes(yellow))
    .map((node) => [node, node.closest("label, li")?.querySelector("[data-option-text]")])
    .map(([node, words]) => words?.textContent ?? node.outerHTML.slice(0, 80))
}"""
PLACES = "(rows) => rows.map((row) => row.getBoundingClientRect()).map(({top, height}) => [top, height])"


def yellow_things(page: Page) -> set[str]:
    return set(page.evaluate(YELLOW_THINGS))


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_yellow_is_only_what_is_ones_own(play, demo, colours):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, visibility="always")
        john, screen = stage.moderator(color_scheme=colours), stage.screen()
        attendee = stage.attendee(color_scheme=colours)
        assert yellow_things(attendee.page) == set()
        attendee.choose("A handful")
        assert yellow_things(attendee.page) == {"A handful"}
        attendee.vote_button.click()
        attendee.has_voted("A handful")
        demo.vote(poll, 0, 0, 2)
        for seen in (attendee, john, screen):
            seen.shows({"One": 2, "A handful": 1, "Hundreds": 1})
        assert yellow_things(attendee.page) == {"A handful"}
        for others in (john, screen):
            assert yellow_things(others.page) == set()

    play(scene)


@pytest.mark.parametrize("width", [390, 1280])
def test_form_and_chart_have_the_same_rows_at_the_same_heights(play, demo, width):
    def scene(stage: Stage) -> None:
        demo.launch(*POLL, visibility="always")
        size: dict[str, Any] = {"viewport": {"width": width, "height": 844}}
        attendee = stage.attendee(**size)
        form = attendee.rows.evaluate_all(PLACES)
        attendee.vote("One")
        attendee.has_voted("One")
        chart = attendee.rows.evaluate_all(PLACES)
        assert len(form) == len(chart) == 3
        for before, after in zip(form, chart, strict=True):
            assert after == pytest.approx(before, abs=1.5)

    play(scene)


def test_turnout_is_said_in_the_same_words_everywhere(play, demo):
    """People who voted may have left: nobody says "of"."""

    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, visibility="always")
        john, screen = stage.moderator(), stage.screen()
        here, other = stage.attendee(), stage.attendee()
        demo.vote(poll, *[1] * 3)  # voted by program and left
        here.vote("One")
        for seen in (here, other, john, screen):
            expect(seen.page.locator("main")).to_contain_text(re.compile(r"\b4\s*voted,\s*\d+ here"))
            assert not re.search(r"\d+ of \d+", seen.page.locator("body").inner_text())

    play(scene)


def test_shares_add_up_to_a_hundred_and_the_leader_alone_is_bold(play, demo):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, visibility="always")
        demo.vote(poll, 0, 1, 2)
        seen: list[Attendee | Screen | Moderator] = [stage.attendee(), stage.screen(), stage.moderator()]
        seen[0].page.get_by_role("link", name="See the results").click()
        for one in seen:
            one.shows({"One": 1, "A handful": 1, "Hundreds": 1})
            assert one.rows.locator("[data-share]").all_inner_texts() == ["33", "33", "33"]
        demo.vote(poll, 2)
        for one in seen:
            one.shows({"One": 1, "A handful": 1, "Hundreds": 2})
            assert one.poll.locator("[data-lead] [data-option-text]").all_inner_texts() == ["Hundreds"]
            assert one.rows.locator("[data-share]").all_inner_texts() == ["25", "25", "50"]

    play(scene)


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (320, 180)])
def test_screen_holds_the_longest_poll_that_is_allowed(play, demo, size):
    def scene(stage: Stage) -> None:
        question = "Which of these would you want to keep when everything else has to go? " * 4
        options = [f"{number}. {'An answer that goes on and on ' * 4}"[:120] for number in range(1, 21)]
        poll = demo.launch(question[:299] + "?", *options, visibility="always")
        demo.vote(poll, 0, 0, 19)
        screen = stage.screen(viewport={"width": size[0], "height": size[1]})
        expect(screen.rows).to_have_count(20)
        screen.fits()

    play(scene)


DRAWN = """([selector, pseudo, property]) =>
  getComputedStyle(document.querySelector(selector), pseudo || null).getPropertyValue(property)"""


def test_forced_colours_leave_what_backgrounds_and_shadows_tell(play, demo):
    """The system takes backgrounds and shadows away: dot, tab, choice and bars are drawn in its own colours."""

    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, visibility="always")
        demo.vote(poll, 0, 0, 2)
        demo.ask("POST", f"sessions/{demo.session['id']}/sign-up-lines/", title="Networking")
        attendee = stage.attendee(forced_colors="active", color_scheme="dark")
        canvas = attendee.page.evaluate("getComputedStyle(document.body).backgroundColor")
        attendee.choose("One")
        drawn = {
            "dot": (".state[data-state=live]", "::before", "background-color"),
            "choice": (".opt input:checked", "", "background-color"),
        }
        for name, place in drawn.items():
            assert attendee.page.evaluate(DRAWN, list(place)) not in {canvas, "rgba(0, 0, 0, 0)"}, name
        assert attendee.page.evaluate(DRAWN, [".tabs [aria-current]", "", "outline-style"]) == "solid"
        attendee.vote_button.click()
        attendee.has_voted("One")
        bars = {
            attendee.page.evaluate(DRAWN, [f".res{lead} rect", "", "fill"])
            for lead in ("[data-lead]", ":not([data-lead])")
        }
        assert len(bars) == 2
        assert canvas not in bars

    play(scene)
