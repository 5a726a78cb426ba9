"""Small things that people stumbled over: Back, keys on other layouts, two undos, what the screen leaves room for."""

import itertools

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.demo import EVENT, ROOM, Demo
from tests.journeys.stage import PHONE, SCREEN, Moderator, Stage

LONG = (
    "Which of the many ways to run Kubernetes on top of OpenStack that we have heard about today would you choose "
    "for a production cluster?"
)


def test_back_leads_to_the_tab_before(play, demo):
    def scene(stage: Stage) -> None:
        page = stage.attendee().page
        room = page.url

        def go(name: str, part: str) -> None:
            page.get_by_role("navigation").get_by_role("link", name=name).click()
            expect(page.locator("body")).to_have_attribute("data-open-part", part)

        go("Questions", "questions")
        go("Questions", "questions")  # again: no step of its own
        go("Poll", "poll")
        for part in ("questions", "poll"):
            page.go_back()
            expect(page.locator("body")).to_have_attribute("data-open-part", part)
        assert page.url == room
        page.go_forward()
        expect(page.locator("body")).to_have_attribute("data-open-part", "questions")
        page.reload()
        expect(page.locator("body")).to_have_attribute("data-open-part", "questions")

    play(scene)


def press(page: Page, key: str, code: str) -> None:
    page.evaluate(
        "([key, code]) => document.body.dispatchEvent("
        "new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true}))",
        [key, code],
    )


@pytest.mark.parametrize(
    ("key", "code"), [("\u0441", "KeyC"), ("\u03c8", "KeyC"), ("C", "KeyC"), ("c", "KeyJ")]
)
def test_keys_act_on_layouts_without_latin_letters(play, demo, key, code):
    """C on a Cyrillic, a Greek and a Latin keyboard; where the layout has the letter, its place does not count."""

    def scene(stage: Stage) -> None:
        poll = demo.launch("Which?", "a", "b")
        moderator = stage.moderator()
        stage.is_live(moderator.page)
        moderator.page.locator("h1").click()
        press(moderator.page, key, code)
        expect(moderator.item("Which?", "closed")).to_be_visible()
        assert demo.now(poll)["state"] == "closed"

    play(scene)


def test_of_two_undos_the_key_takes_the_last_act(play, demo):
    def scene(stage: Stage) -> None:
        first, second = demo.add_poll("First?", "a", "b"), demo.add_poll("Second?", "a", "b")
        demo.set_state(first, "live")
        moderator: Moderator = stage.moderator()
        stage.is_live(moderator.page)
        moderator.page.wait_for_timeout(1_500)  # the two acts have to be told apart by their seconds
        demo.set_state(second, "live")
        expect(moderator.page.locator("[data-undo]")).to_have_count(2)
        expect(moderator.page.locator("[data-undo] [data-key=u]")).to_have_count(1)
        expect(moderator.page.locator("[data-undo] .key:visible")).to_have_count(1)
        moderator.page.locator("h1").click()
        moderator.page.keyboard.press("u")
        expect(moderator.item("Second?", "draft")).to_be_visible()
        assert demo.now(first)["state"] == "live"

    play(scene)


def test_add_beside_the_run_sheet_adds_to_the_run_sheet(play, demo):
    def scene(stage: Stage) -> None:
        demo.ask(
            "POST",
            f"sessions/{demo.session['id']}/run-sheet/items/",
            items=[{"kind": "note", "text": "Hello"}],
        )
        page = stage.moderator().page
        page.get_by_role("link", name="Add to the run sheet").click()
        expect(page.get_by_role("heading", name="Add an item")).to_be_in_viewport()

    play(scene)


def test_run_sheet_adds_by_enter_and_keeps_what_was_typed_elsewhere(play, demo):
    def scene(stage: Stage) -> None:
        path = f"sessions/{demo.session['id']}/run-sheet/items/"
        demo.ask("POST", path, lines="First\nSecond")
        page = stage.open(f"{ROOM}control/run-sheet/", user="john-garbutt")
        stage.is_live(page)
        titles = page.locator(".plan-item strong")
        page.get_by_label("One item per line").fill("Pasted")
        page.locator(".plan-item summary").nth(1).click()
        page.locator(".plan-item").nth(1).get_by_label("Text").fill("Second, reworded")
        page.locator("#add-kind").select_option("note")
        page.locator("#add-text").fill("Third")
        page.get_by_role("button", name="Move down: First").click()
        expect(titles).to_have_text(["Second, reworded", "First"])
        expect(page.locator("#add-text")).to_have_value("Third")
        page.locator("#add-text").press("Enter")
        expect(titles).to_have_text(["Second, reworded", "First", "Third"])
        expect(page.locator("#add-text")).to_have_value("")
        expect(page.get_by_label("One item per line")).to_have_value("Pasted")

    play(scene)


def test_named_poll_says_so_beside_its_question(play, demo):
    def scene(stage: Stage) -> None:
        demo.launch("Who?", *[f"Option number {number}" for number in range(12)], anonymous=False)
        attendee = stage.attendee()
        expect(attendee.poll.get_by_text("Named: moderators see who chose what").first).to_be_in_viewport()
        expect(attendee.page.locator(".sess [data-present]")).to_have_text("1")

    play(scene)


def ask(demo: Demo, *texts: str) -> None:
    for text in texts:
        with demo.attendee() as guest:
            answer = guest.post(f"sessions/{demo.session['id']}/questions/", json={"text": text})
        assert answer.status_code == 201, answer.text


def keeps_off_the_spine(screen: Page) -> None:
    gutter = screen.locator(".res[data-all] > .gut")
    expect(gutter).to_have_count(1)
    number, margin = gutter.locator("small").bounding_box(), gutter.bounding_box()
    assert number is not None
    assert margin is not None
    assert number["x"] + number["width"] <= margin["x"] + margin["width"]


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1024, 768)])
def test_screen_leaves_room_for_long_questions_many_options_and_lists(play, demo, size):
    outside = """() => [...document.querySelectorAll("main *")]
      .filter((node) => node.checkVisibility() && node.getBoundingClientRect().bottom > innerHeight + 1).length"""

    def scene(stage: Stage) -> None:
        poll = demo.launch(LONG, "a", "b", visibility="always")
        demo.vote(poll, 0)
        screen = stage.screen(**{**SCREEN, "viewport": {"width": size[0], "height": size[1]}}).page
        stage.is_live(screen)
        code, count = screen.locator(".join-here"), screen.locator(".turnout")
        expect(screen.locator("[data-ballots]")).to_have_text("1")
        assert screen.evaluate(outside) == 0
        below, above = count.bounding_box(), code.bounding_box()
        assert below is not None
        assert above is not None
        assert below["y"] - above["y"] - above["height"] >= 10
        keeps_off_the_spine(screen)
        demo.set_state(poll, "closed")
        many = demo.launch(
            "Which?", *[f"Option number {number}" for number in range(16)], visibility="always"
        )
        demo.vote(many, 3)
        expect(screen.locator("[data-question]")).to_have_text("Which?")
        keeps_off_the_spine(screen)
        demo.vote(many, 5)
        expect(screen.locator(".res[data-lead]")).to_have_count(2)
        demo.set_state(many, "closed")
        ask(demo, *(f"Question {n}: how do you keep clusters of many regions in step?" for n in range(8)))
        sheet = f"sessions/{demo.session['id']}/run-sheet/"
        item = demo.ask("POST", f"{sheet}items/", items=[{"kind": "questions"}])["items"][-1]
        demo.ask("PUT", f"{sheet}running/", item=item["id"])
        expect(screen.get_by_text("Question 0:")).to_be_visible()
        assert screen.evaluate(outside) == 0

    play(scene)


def test_headings_of_the_tables_of_answers_keep_their_words_whole(play, demo):
    one_line = """() => [...document.querySelectorAll(".answers th")]
      .every((head) => head.getBoundingClientRect().height < 2.5 * parseFloat(getComputedStyle(head).lineHeight))"""

    def scene(stage: Stage) -> None:
        poll = demo.launch("Who?", "a", "b", anonymous=False)
        demo.vote(poll, 0)
        page = stage.open(f"{ROOM}control/polls/{poll['id']}/answers/", user="john-garbutt", **PHONE)
        expect(page.get_by_role("columnheader", name="Company")).to_be_visible()
        assert page.evaluate(one_line)

    play(scene)


@pytest.mark.parametrize("size", [(320, 256), (844, 390)])
def test_bars_of_the_room_leave_a_low_window_to_what_is_read(play, demo, size):
    """A phone on its side, and a window of 1280 × 1024 at 400 %."""
    stays = """() => [...document.querySelectorAll("body *")]
      .filter((node) => node.checkVisibility() && ["fixed", "sticky"].includes(getComputedStyle(node).position))
      .reduce((sum, node) => sum + node.getBoundingClientRect().height, 0)"""

    def scene(stage: Stage) -> None:
        demo.launch(LONG, "a", "b", visibility="always")
        page = stage.attendee(viewport={"width": size[0], "height": size[1]}).page
        assert page.evaluate(stays) <= size[1] / 3
        page.locator(".dock").scroll_into_view_if_needed()
        expect(page.get_by_role("button", name="Vote")).to_be_visible()

    play(scene)


def test_zone_of_the_longest_name_fits_a_phone(play, demo):
    def scene(stage: Stage) -> None:
        page = stage.open(EVENT, timezone_id="America/North_Dakota/New_Salem", **PHONE)
        chosen = page.locator("[data-zone-select]")
        expect(chosen.locator("option", has_text="New_Salem")).to_have_count(1)
        box = chosen.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

    play(scene)


def test_headings_of_the_control_room_step_down_one_at_a_time(play, demo):
    def scene(stage: Stage) -> None:
        ask(demo, "Why?", "How?")
        page = stage.moderator().page
        expect(page.get_by_text("How?").first).to_be_visible()
        levels = page.evaluate("""() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
          .filter((head) => head.checkVisibility()).map((head) => Number(head.localName[1]))""")
        assert levels[0] == 1
        assert all(later - before <= 1 for before, later in itertools.pairwise(levels)), levels

    play(scene)


HOLD_ANSWERS = """() => document.addEventListener("live:ok", (event) => {
  if (event.detail.isLate) return
  event.stopImmediatePropagation()
  window.held = event.detail
  document.body.dataset.held = event.detail.ref
}, true)"""
LET_GO = "() => document.dispatchEvent(new CustomEvent('live:ok', { detail: { ...held, isLate: true } }))"


def test_vote_that_is_changed_before_its_answer_came_keeps_the_form(play, demo):
    def scene(stage: Stage) -> None:
        demo.launch("Which?", "a", "b", visibility="always")
        ada = stage.attendee()
        ada.page.evaluate(HOLD_ANSWERS)
        ada.vote("a")
        expect(ada.page.locator("body[data-held]")).to_have_count(1)
        ada.page.get_by_role("link", name="Change my vote").click()
        expect(ada.vote_button).to_be_visible()
        ada.page.evaluate(LET_GO)
        assert ada.poll.get_attribute("data-view") == "form"
        ada.page.evaluate("() => { delete document.body.dataset.held }")
        ada.vote("b")
        expect(ada.page.locator("body[data-held]")).to_have_count(1)
        ada.page.evaluate(LET_GO)
        ada.shows_own_vote("b")

    play(scene)
