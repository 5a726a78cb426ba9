"""Follow-ups: a moderator opens a line, people sign up on their phones, the follow-ups page and the export show it."""

import csv
import io
import re
from itertools import count

from playwright.sync_api import Locator, Page, expect

from tests.journeys.demo import EVENT, GERGELY, ORGANISER, OTHER_ROOM
from tests.journeys.stage import PHONE, Stage
from tests.journeys.test_accessibility import is_accessible
from tests.journeys.test_keyboard import tab_to

FOLLOW_UPS = f"{OTHER_ROOM}?tab=follow-ups"
_numbers = count(1)


def new_title() -> str:
    """The tests of one server share its sessions, so that each brings a line of its own."""
    return f"Service mesh at the edge {next(_numbers)}"


def join(stage: Stage, path: str = FOLLOW_UPS, **options: object) -> Page:
    """Somebody with a phone in the telco session."""
    page = stage.open(OTHER_ROOM, **{**PHONE, **options})
    page.get_by_role("button", name="Join this session").click()
    expect(page.get_by_role("button", name="Join this session")).to_have_count(0)
    page.goto("about:blank")
    stage.heard[page].clear()  # so that what is heard next is the next page's
    page.goto(stage.demo.server.url + path)
    if options.get("java_script_enabled", True):
        stage.is_live(page)
    return page


def line(page: Page, title: str) -> Locator:
    return page.locator("[data-line]", has_text=title)


def interested(page: Page, title: str) -> Locator:
    return page.get_by_role("button", name=re.compile(rf"^I’m interested\s*: {title}"))


def give_name(page: Page, name: str, *, everybody: bool = True) -> None:
    """What the dialog asks, once."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill(name)
    words = "Add my name for everyone" if everybody else "Only for the owner and moderators"
    dialog.get_by_role("button", name=words).click()


def open_line(page: Page, title: str, number: str = "") -> None:
    page.get_by_label("Follow-up", exact=True).fill(title)
    page.get_by_label("Line number in the notes (optional)").fill(number)
    page.get_by_role("button", name="Add follow-up").click()
    expect(page.locator("[data-line-item]", has_text=title)).to_be_visible()


def test_line_is_opened_three_sign_up_one_withdraws_and_page_and_export_show_it(play, demo):
    title = new_title()

    def scene(stage: Stage) -> None:
        ada, bob, eve = (join(stage) for _ in range(3))
        desk = stage.moderator(GERGELY, path=f"{OTHER_ROOM}control/").page
        open_line(desk, title, "98")
        for page, name in ((ada, "Ada Lovelace"), (bob, "Bob Kahn"), (eve, "Eve Unlisted")):
            expect(line(page, title)).to_contain_text("98")
            interested(page, title).click()
            give_name(page, name, everybody=name != "Eve Unlisted")
            expect(line(page, title).locator("[data-own-name]")).to_have_text(name)
            expect(page.locator("[data-sign-up-dialog]")).to_be_hidden()
        expect(line(ada, title)).to_contain_text(re.compile(r"Bob Kahn,\s+Ada Lovelace\s+and 1 other"))
        expect(desk.locator("[data-line-item]", has_text=title)).to_contain_text("3 names")
        line(bob, title).get_by_role("button", name="Remove").click()
        expect(interested(bob, title)).to_be_visible()
        expect(line(ada, title)).not_to_contain_text("Bob Kahn")
        expect(desk.locator("[data-line-item]", has_text=title)).to_contain_text("2 names")
        assert "Eve" not in line(ada, title).inner_text()
        ada.goto(f"{demo.server.url}{EVENT}follow-ups/")
        shown = ada.locator("[data-follow-up]", has_text=title)
        expect(shown).to_contain_text(re.compile(r"Ada Lovelace\s+and 1 other"))

    play(scene)
    with demo.server.http() as visitor:
        text = visitor.get(f"{EVENT}follow-ups/export.csv").content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["follow-up"] == title]
    assert [row["name"] for row in rows] == ["Ada Lovelace", "(1 more, not listed)"]
    assert "Eve" not in text


def test_second_line_takes_one_tap_and_a_reload_knows_it(play):
    def scene(stage: Stage) -> None:
        page = join(stage)
        interested(page, "Networking API").click()
        give_name(page, "Lena Hoffmann")
        expect(line(page, "Networking API").locator("[data-own-name]")).to_have_text("Lena Hoffmann")
        interested(page, "Agreeing on workload separation").click()
        second = line(page, "Agreeing on workload separation")
        expect(second.locator("[data-saved]")).to_have_text("You’re on the list")
        page.reload()
        expect(second.locator("[data-own-name]")).to_have_text("Lena Hoffmann")
        for title in ("Networking API", "Agreeing on workload separation"):
            line(page, title).get_by_role("button", name="Remove").click()
            expect(interested(page, title)).to_be_visible()

    play(scene)


def test_dialog_says_what_is_wrong_where_it_is_and_keeps_what_was_typed(play):
    def scene(stage: Stage) -> None:
        page = join(stage)
        interested(page, "Networking API").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("Allow contact by email").click()
        dialog.get_by_label("Email address").fill("lena@example.org")
        give_name(page, "Lena")
        expect(dialog.locator("[data-error-of=consent]")).to_contain_text("Agree to be contacted")
        is_accessible(page)
        expect(dialog.get_by_label("Email address")).to_have_value("lena@example.org")
        expect(dialog.get_by_label(re.compile("may write to me about “Networking API"))).not_to_be_checked()
        page.keyboard.press("Escape")
        expect(page.locator("[data-sign-up-dialog]")).to_be_hidden()
        assert "Lena" not in line(page, "Networking API").inner_text()

    play(scene)


def test_sign_up_and_withdrawal_work_without_script(play):
    title = new_title()

    def scene(stage: Stage) -> None:
        desk = stage.moderator(GERGELY, path=f"{OTHER_ROOM}control/", java_script_enabled=False).page
        open_line(desk, title)
        page = stage.open(OTHER_ROOM, **PHONE, java_script_enabled=False)
        page.get_by_role("link", name=re.compile("^Follow-ups")).click()
        interested(page, title).click()
        expect(page).to_have_url(re.compile(r"/f/\w{7}/\?back=room#sign-up$"))
        page.get_by_label("Name", exact=True).fill("Lena Hoffmann")
        page.get_by_role("button", name="Add my name for everyone").click()
        expect(page).to_have_url(re.compile(r"\?tab=follow-ups#line-\d+$"))
        expect(line(page, title)).to_contain_text("You’re on the list")
        line(page, title).get_by_role("button", name="Remove").click()
        expect(interested(page, title)).to_be_visible()

    play(scene)


def test_keyboard_alone_reaches_the_tab_signs_up_and_withdraws(play):
    title = new_title()

    def scene(stage: Stage) -> None:
        desk = stage.moderator(GERGELY, path=f"{OTHER_ROOM}control/").page
        open_line(desk, title)
        page = join(stage, OTHER_ROOM, viewport={"width": 1280, "height": 800}, is_mobile=False)
        tab_to(page, "Follow-ups")
        page.keyboard.press("Enter")
        expect(line(page, title)).to_be_visible()
        tab_to(page, f"I’m interested: {title}")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.type("Lena Hoffmann")
        tab_to(page, "Add my name for everyone")
        page.keyboard.press("Enter")
        expect(line(page, title).locator("[data-own-name]")).to_have_text("Lena Hoffmann")
        tab_to(page, f"Remove: {title}")
        page.keyboard.press("Enter")
        expect(interested(page, title)).to_be_visible()
        assert page.evaluate("document.activeElement !== document.body")

    play(scene)


def test_new_poll_takes_the_open_poll_tab_and_only_marks_it_from_another(play, demo):
    def scene(stage: Stage) -> None:
        session = next(
            one for one in demo.ask("GET", f"events{EVENT}sessions/")["results"] if one["url"] == OTHER_ROOM
        )
        gergely = demo.client(demo.server.manage("api_token", GERGELY).strip())
        options = [{"text": "Yes"}, {"text": "No"}]
        gergely.put(f"sessions/{session['id']}/state/", json={"state": "live"})
        poll = gergely.post(
            f"sessions/{session['id']}/polls/", json={"question": "Enough extensions?", "options": options}
        ).json()
        reader, listener = join(stage), join(stage, OTHER_ROOM)
        mark = reader.locator("[data-tab=poll] [data-tab-news]")
        expect(mark).to_be_hidden()
        gergely.put(f"polls/{poll['id']}/state/", json={"state": "live"})
        expect(listener.get_by_role("heading", name="Enough extensions?")).to_be_visible()
        expect(mark).to_be_visible()
        expect(reader.get_by_role("heading", name="Keep talking after today")).to_be_visible()
        reader.locator("[data-tab=poll]").click()
        expect(reader.get_by_role("heading", name="Enough extensions?")).to_be_visible()
        expect(mark).to_be_hidden()
        for state in ("closed", "archived"):
            gergely.put(f"polls/{poll['id']}/state/", json={"state": state})
        gergely.put(f"sessions/{session['id']}/state/", json={"state": "upcoming"})
        gergely.close()

    play(scene)


def test_attendees_pages_of_follow_ups_are_accessible(play, demo):
    def scene(stage: Stage) -> None:
        page = stage.open(FOLLOW_UPS)
        is_accessible(page)
        page.goto(f"{demo.server.url}{EVENT}follow-ups/")
        page.get_by_role("link", name="Networking API for Kubernetes").click()
        expect(page.get_by_role("heading", name="Add your name")).to_be_visible()
        is_accessible(page)

    play(scene)


def test_moderators_page_of_a_line_is_accessible(play):
    def scene(stage: Stage) -> None:
        page = stage.moderator(GERGELY, path=f"{OTHER_ROOM}control/").page
        page.get_by_role("link", name=re.compile(r"^Edit\s*: Networking API")).click()
        expect(page.get_by_role("heading", name="Names on this list")).to_be_visible()
        is_accessible(page)

    play(scene)


def test_organisers_page_of_follow_ups_is_accessible(play):
    play(lambda stage: is_accessible(stage.moderator(ORGANISER, path=f"{EVENT}follow-ups/").page))
