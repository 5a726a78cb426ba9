"""Everything works without a mouse, and what happens elsewhere never takes the keyboard away."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.demo import ROOM
from tests.journeys.stage import Attendee, Stage

POLL = ("Which network plugin do you run?", "Calico", "Cilium", "Kuryr")
FOCUSED = """() => {
  const node = document.activeElement
  return (node.labels?.[0]?.textContent ?? node.getAttribute("aria-label") ?? node.textContent).trim()
}"""
FOCUS_IS_SEEN = """() => {
  const node = document.activeElement
  const ring = [node, node.closest("label")].some((part) => part && getComputedStyle(part).outlineStyle !== "none")
  const box = node.getBoundingClientRect()
  return ring && box.top >= 0 && box.bottom <= innerHeight
}"""
MOST_STEPS = 40


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something of this name has the focus; all that is passed shows where it is."""
    for _step in range(MOST_STEPS):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_SEEN), f"no ring, or out of sight: {page.evaluate(FOCUSED)!r}"
        if re.match(name, page.evaluate(FOCUSED)):
            return
    raise AssertionError(f"Tab does not lead to {name!r}")


def test_attendee_joins_and_votes_by_keyboard_alone(play, demo):
    def scene(stage: Stage) -> None:
        demo.launch(*POLL, visibility="always")
        page = stage.open("/join/")
        tab_to(page, "Session code")
        page.keyboard.type(demo.code)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(f"/j/{demo.code}/$"))
        tab_to(page, "Join$")  # first the one in the bar
        tab_to(page, "Join$")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(f"{ROOM}$"))
        stage.is_live(page)
        attendee = Attendee(page)
        tab_to(page, "Calico")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("radio", name="Cilium")).to_be_checked()
        expect(page.get_by_role("button", name="Vote for Cilium")).to_be_enabled()
        page.keyboard.press("Enter")
        attendee.has_voted("Cilium")
        attendee.shows({"Calico": 0, "Cilium": 1, "Kuryr": 0})
        assert page.evaluate(
            "document.activeElement !== document.body"
        )  # one's own act leaves one at the poll
        tab_to(page, "Change my vote")
        page.keyboard.press("Enter")
        expect(page.get_by_role("radio", name="Cilium")).to_be_checked()
        tab_to(page, "Cilium")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        attendee.has_voted("Kuryr")

    play(scene)


def test_skip_link_leads_past_the_header(play):
    def scene(stage: Stage) -> None:
        for path in ("/", "/join/", ROOM):
            page = stage.open(path)
            page.keyboard.press("Tab")
            skip = page.get_by_role("link", name="Skip to content")
            expect(skip).to_be_focused()
            expect(skip).to_be_in_viewport(ratio=1)
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.closest('main, .dock') !== null"), path

    play(scene)


def test_news_move_neither_focus_nor_choice(play, demo):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, visibility="always")
        attendee, john = stage.attendee(), stage.moderator()
        kuryr = attendee.page.get_by_role("radio", name="Kuryr")
        kuryr.focus()
        attendee.page.keyboard.press("Space")
        line = john.page.get_by_label("Question and options on one line")
        line.fill("Half a quest")
        line.press("ArrowLeft")
        demo.vote(poll, 0, 0, 1)
        demo.launch("A new poll", "one", "two")
        expect(attendee.banner).to_contain_text("A new poll is open. Your choice here is saved.")
        expect(john.item("A new poll", "live")).to_be_visible()
        expect(attendee.page.locator("[data-ballots]:visible").first).to_have_text("3")
        expect(kuryr).to_be_focused()
        expect(kuryr).to_be_checked()
        attendee.page.keyboard.press("Enter")
        attendee.has_voted("Kuryr")
        expect(line).to_be_focused()
        john.page.keyboard.type("io")
        expect(line).to_have_value("Half a quesiot")

    play(scene)


def test_control_room_is_worked_by_keyboard(play, demo):
    def scene(stage: Stage) -> None:
        demo.add_poll(*POLL)
        john = stage.moderator()
        page = john.page
        for button, state in (
            ("Launch", "live"),
            ("Reveal results", "live"),
            ("Close voting", "closed"),
            ("Publish results", "published"),
        ):
            tab_to(page, button)
            page.keyboard.press("Enter")
            expect(john.item(POLL[0], state)).to_be_visible()
            expect(john.deck.get_by_role("button", name=button)).to_have_count(0)
            assert page.evaluate("document.activeElement !== document.body"), f"{button} lost the focus"
        tab_to(page, "Question and options on one line")
        page.keyboard.type("Lunch? / soup / bread")
        tab_to(page, "Launch now")
        page.keyboard.press("Enter")
        expect(john.item("Lunch?", "live")).to_be_visible()

    play(scene)


def test_single_keys_act_and_letters_in_a_field_are_only_letters(play, demo):
    def scene(stage: Stage) -> None:
        demo.add_poll(*POLL)
        john = stage.moderator()
        keys = john.page.keyboard
        for key, state, button in (("l", "live", "Reveal results"), ("r", "live", "Close voting")):
            keys.press(key)
            expect(john.item(POLL[0], state)).to_be_visible()
            expect(john.deck.get_by_role("button", name=button)).to_be_visible()
        keys.press("q")
        line = john.page.get_by_label("Question and options on one line")
        expect(line).to_be_focused()
        keys.type("lrcptaxe")
        expect(line).to_have_value("lrcptaxe")
        keys.press("Escape")
        expect(line).not_to_be_focused()
        assert demo.on_air()["question"] == POLL[0]  # c and p closed and published nothing
        keys.press("c")
        expect(john.item(POLL[0], "closed")).to_be_visible()
        keys.press("u")
        expect(john.item(POLL[0], "live")).to_be_visible()

    play(scene)


def test_news_of_a_followed_link_that_come_late_do_not_bring_back_into_the_field(play):
    def scene(stage: Stage) -> None:
        john = stage.moderator()
        line = john.page.get_by_label("Question and options on one line")
        john.page.keyboard.press("q")
        expect(line).to_be_focused()
        john.page.keyboard.press("Escape")
        john.page.evaluate("dispatchEvent(new HashChangeEvent('hashchange'))")
        expect(line).not_to_be_focused()
        john.page.keyboard.press("q")
        expect(line).to_be_focused()

    play(scene)


def test_focus_stays_on_a_link_when_news_remake_what_it_stands_in(play, demo):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL)
        john = stage.moderator()
        link = john.page.get_by_role("link", name="Fix wording")
        assert link.get_attribute("id") is None
        link.focus()
        link.evaluate("(node) => { window.before = node }")
        demo.ask("PATCH", f"polls/{poll['id']}/", visibility="always")
        expect(john.page.locator(".stage")).to_contain_text("Everyone sees results")
        john.page.wait_for_function("!window.before.isConnected")  # its region was made anew
        expect(link).to_be_focused()

    play(scene)
