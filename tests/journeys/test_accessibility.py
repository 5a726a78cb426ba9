"""axe finds nothing, on any page, in both themes, on a desktop and at 320 px; and nothing scrolls sideways."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.template.loader import render_to_string
from playwright.sync_api import Page, ViewportSize, expect

from tests.journeys.demo import EVENT, OTHER_ROOM, ROOM
from tests.journeys.stage import Stage

VIOLATIONS = {"resultTypes": ["violations"]}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], **VIOLATIONS}
# What another theme can change of a page that is otherwise the same.
ABOUT_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], **VIOLATIONS}
WHAT_AXE_SAYS = """async (rules) => (await axe.run(document, rules)).violations.flatMap(({ id, nodes }) =>
  nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 150)} (${failureSummary})`))"""
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 320, "height": 640}
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
QUESTION = "Where do your clusters run, today and next year?"
POLL = (QUESTION, "On OpenStack", "On bare metal, with Metal3", "Elsewhere")


def complaints(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe says of the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(WHAT_AXE_SAYS, rules)


def is_accessible(page: Page, *, is_a_picture: bool = False) -> None:
    """In light and dark, and at 320 px. A picture, as the presenter's screen, has a theme and a shape of its own."""
    found = {"light": seen(page, DESKTOP, "light")}
    if not is_a_picture:
        found["dark"] = seen(page, DESKTOP, "dark", ABOUT_COLOURS)
        found["narrow"] = seen(page, NARROW, "light")
        assert not page.evaluate(SIDEWAYS), f"{page.url} scrolls sideways at 320 px"
    assert {how: what for how, what in found.items() if what} == {}, page.url


def seen(
    page: Page, size: ViewportSize, colours: Literal["light", "dark"], rules: dict[str, Any] = RULES
) -> list[str]:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=colours, reduced_motion="reduce")
    page.evaluate("scrollTo(0, 0)")
    found = {subject(complaint) for complaint in complaints(page, rules)}
    if not found:
        return []
    # What a docked bar covers at one end of the page is free at the other, and so it can be reached.
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    return [complaint for complaint in complaints(page, rules) if subject(complaint) in found]


def subject(complaint: str) -> str:
    """The rule and the element; the rest has figures of where it stands."""
    return complaint.partition(" (Fix")[0]


def test_planted_faults_are_found(play):
    def scene(stage: Stage) -> None:
        page = stage.open("/")
        assert complaints(page) == []
        page.evaluate("document.querySelector('main').append(document.createElement('input'))")
        assert [complaint.partition(":")[0] for complaint in complaints(page)] == ["label"]
        page.evaluate("document.querySelector('main').append('Pale')")
        page.evaluate("document.querySelector('main').style.color = 'Canvas'")
        page.emulate_media(color_scheme="dark")
        assert complaints(page, ABOUT_COLOURS)[0].startswith("color-contrast:")

    play(scene)


# --- pages that anybody can open


@pytest.mark.parametrize("path", ["/", "/join/", EVENT, "/sign-in/", OTHER_ROOM])
def test_page_is_accessible(play, path):
    play(lambda stage: is_accessible(stage.open(path)))


def test_pages_of_joining_are_accessible(play, demo):
    def scene(stage: Stage) -> None:
        page = stage.open("/join/", known="status of 404")
        page.get_by_label("Session code").fill("000 000")
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_text("No session has this code.")).to_be_visible()
        is_accessible(page)
        page.goto(f"{demo.server.url}/j/{demo.code}/")
        page.get_by_text("Tell us who you are (optional)").click()
        is_accessible(page)

    play(scene)


@pytest.mark.parametrize("path", ["/nowhere/at/all/", "/j/000000/", "/sign-in/a-link-that-was-never-made/"])
def test_page_that_is_not_there_is_accessible(play, path):
    def scene(stage: Stage) -> None:
        page = stage.open(path, known="status of 404")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        is_accessible(page)

    play(scene)


def test_refused_form_is_accessible(play, demo):
    """Nobody's code was typed: the form stands there again, and says so."""

    def scene(stage: Stage) -> None:
        page = stage.open("/join/", known="status of 404")
        page.locator("[name=code]").fill("000000")
        page.locator("[name=code]").press("Enter")
        expect(page.locator("[data-code]").first).to_be_visible()
        is_accessible(page)

    play(scene)


@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_page_of_a_broken_request_is_accessible(play, template):
    def scene(stage: Stage) -> None:
        page = stage.open("/")
        page.route(
            "**/broken/",
            lambda route: route.fulfill(body=render_to_string(template), content_type="text/html"),
        )
        page.goto(f"{stage.demo.server.url}/broken/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        is_accessible(page)

    play(scene)


def test_refusal_of_a_moderators_page_is_accessible(play):
    play(lambda stage: is_accessible(stage.moderator("gergely-csatari", known="status of 403").page))


def test_sign_in_link_is_accessible(play, demo):
    def scene(stage: Stage) -> None:
        is_accessible(stage.open(demo.sign_in_path()))

    play(scene)


# --- the room, the screen and the control room, in all their states


@contextmanager
def a_change(page: Page, heard: str) -> Iterator[None]:
    """What is done inside has come to the page when it says so."""
    yield
    expect(page.locator("main")).to_contain_text(heard)


def each_state(demo: Any, page: Page, look: Callable[[], None], *, words: dict[str, str]) -> None:
    """Take a poll from launch to published, and look at the page each time."""
    with a_change(page, words["live"]):
        poll = demo.launch(*POLL, visibility="after_publishing")
        demo.vote(poll, 0, 0, 1)
    look()
    with a_change(page, words["closed"]):
        demo.set_state(poll, "closed")
    look()
    with a_change(page, words["published"]):
        demo.set_state(poll, "published")
    look()


def test_room_is_accessible_in_all_its_states(play, demo):
    def scene(stage: Stage) -> None:
        is_accessible(stage.open())  # no poll, not joined
        attendee = stage.attendee(is_mobile=False, device_scale_factor=1)
        words = {"live": QUESTION, "closed": "Voting is closed.", "published": "67"}
        each_state(demo, attendee.page, lambda: is_accessible(attendee.page), words=words)
        demo.launch("How many?", "One", "Two", "Three", kind="multiple", min=1, max=2, visibility="always")
        attendee.poll.get_by_role("checkbox", name="Two").check()
        is_accessible(attendee.page)  # with earlier polls below
        attendee.vote_button.click()
        attendee.has_voted("Two")
        is_accessible(attendee.page)

    play(scene, seconds=100)


def test_presenter_screen_is_accessible_in_all_its_states(play, demo):
    def scene(stage: Stage) -> None:
        dark, light = stage.screen(), stage.open(f"{ROOM}screen/?theme=light")

        def look() -> None:
            for page in (dark.page, light):
                is_accessible(page, is_a_picture=True)

        look()
        words = {"live": QUESTION, "closed": "3", "published": "67"}
        each_state(demo, dark.page, look, words=words)

    play(scene, seconds=100)


def test_control_room_is_accessible_in_all_its_states(play, demo):
    def scene(stage: Stage) -> None:
        john = stage.moderator(known="status of 400")
        page = john.page
        is_accessible(page)  # nothing on air
        words = {"live": "On air", "closed": "Publish results", "published": "Everyone sees results"}
        each_state(demo, page, lambda: is_accessible(page), words=words)
        page.set_viewport_size(DESKTOP)
        page.locator("summary", has_text="Settings").click()
        john.quick_poll("Only a question?")
        expect(page.locator("#quick-error")).to_be_visible()
        is_accessible(page)

    play(scene, seconds=100)


@pytest.mark.parametrize("state", ["draft", "live"])
def test_edit_page_is_accessible(play, demo, state):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL) if state == "live" else demo.add_poll(*POLL)
        page = stage.moderator(path=f"{ROOM}control/polls/{poll['id']}/", known="status of 400").page
        is_accessible(page)
        page.set_viewport_size(DESKTOP)
        page.get_by_label("Question").fill("")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#question-error")).to_be_visible()
        is_accessible(page)

    play(scene)


def test_rehearsal_is_accessible_before_it_and_while_it_is_on(play, demo):
    def scene(stage: Stage) -> None:
        page = stage.moderator("organiser", path=f"{OTHER_ROOM}rehearsal/").page
        is_accessible(page)
        page.get_by_role("button", name="Start the rehearsal").click()
        page.wait_for_url("**/control/")
        is_accessible(page)
        page.goto(f"{demo.server.url}{OTHER_ROOM}rehearsal/")
        end = page.get_by_role("button", name="End and clear the rehearsal")
        expect(end).to_be_visible()
        is_accessible(page)
        end.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("The rehearsal has ended and was cleared.")).to_be_visible()

    play(scene)


def test_list_of_keys_is_accessible(play):
    def scene(stage: Stage) -> None:
        page = stage.moderator().page
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        is_accessible(page)

    play(scene)


def test_pages_of_webhooks_are_accessible_and_work_by_keyboard(play, demo):
    def scene(stage: Stage) -> None:
        page = stage.moderator("organiser", path=f"{EVENT}organise/webhooks/", known="400").page
        is_accessible(page)
        page.get_by_label("Address").fill("http://hooks.example.org/")
        page.get_by_role("button", name="Add a webhook").press("Enter")
        expect(page.locator("#url-error")).to_be_visible()
        is_accessible(page)
        page.get_by_label("Address").fill(
            "https://192.0.2.1/a-long-address-without-a-blank-in-it?key=0123456789abcdef"
        )
        page.get_by_label("The session ended").press("Space")
        page.get_by_role("button", name="Add a webhook").press("Enter")
        expect(page.get_by_text("whsec_")).to_be_visible()
        is_accessible(page)
        page.get_by_role("button", name="Send a test").press("Enter")
        expect(page.get_by_text("whsec_")).to_have_count(0)
        expect(page.get_by_role("button", name="Send again")).to_be_visible()
        is_accessible(page)

    play(scene)


def test_pages_about_people_are_accessible(play, demo):
    def scene(stage: Stage) -> None:
        poll = demo.launch(*POLL, anonymous=False)
        demo.vote(poll, 0, 2)
        organiser = stage.moderator("organiser", path=f"{ROOM}control/team/").page
        is_accessible(organiser)
        for name in ("retention", "erase"):
            organiser.goto(f"{demo.server.url}{EVENT}organise/{name}/")
            is_accessible(organiser)
        organiser.goto(f"{demo.server.url}{ROOM}control/polls/{poll['id']}/answers/")
        expect(organiser.get_by_role("heading", level=1)).to_be_visible()
        is_accessible(organiser)

    play(scene)


def drag_to_the_top(plan: Page, title: str) -> None:
    """An item of the plan, by its number, with the mouse; all of them have to be in view."""
    plan.set_viewport_size({"width": 1280, "height": 1200})
    row = plan.locator(".plan-item", has_text=title)
    first = plan.locator(".plan-item").first.locator(".gut")
    row.locator(".gut").drag_to(first, target_position={"x": 10, "y": 2})


def test_run_sheet_is_accessible_where_it_is_written_run_and_shown(play, demo):
    """With every kind of item; on air are a prompt, a round of questions and a follow-up."""

    def scene(stage: Stage) -> None:
        path = f"sessions/{demo.session['id']}/run-sheet/"
        lines = "Prompt: What images do you build? (5)\nQuestions (10)\nFollow-up: Keep talking\nHand over"
        items = demo.ask("POST", f"{path}items/", lines=lines)["items"]
        john, room = stage.moderator(), stage.attendee(is_mobile=False, device_scale_factor=1)
        screen = stage.screen()
        plan = stage.open(f"{ROOM}control/run-sheet/", user="john-garbutt")
        plan.locator(".plan-item summary").first.click()
        is_accessible(plan)
        drag_to_the_top(plan, "Hand over")
        for titles in (plan.locator(".plan-item strong"), john.page.locator(".item-title")):
            expect(titles).to_have_text(
                ["Hand over", "What images do you build?", "Questions", "Keep talking"]
            )
        for item, words in zip(
            items, ("What images do you build?", "What do you want to know?"), strict=False
        ):
            demo.ask("PUT", f"{path}running/", item=item["id"])
            for page in (room.page, screen.page):
                expect(page.locator("main")).to_contain_text(words)
            is_accessible(room.page)
            is_accessible(screen.page, is_a_picture=True)
        expect(john.page.locator("[data-stage-item]")).to_contain_text("Questions")
        is_accessible(john.page)
        is_accessible(stage.open(f"{ROOM}control/timeline/", user="john-garbutt"))

    play(scene, seconds=100)
