"""An organiser rewrites the recap, publishes it, takes it along, and it is read on a phone and on paper."""

import json
import re

from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.demo import EVENT, ORGANISER, ROOM
from tests.journeys.stage import PHONE, Stage
from tests.journeys.test_accessibility import is_accessible

TITLE = "Two days among containers"


def paragraph(page: Page, key: str) -> Locator:
    return page.locator(f'[data-key="{key}"]')


def publish(page: Page) -> None:
    page.get_by_role("button", name="Preview, then publish").click()
    expect(page.get_by_text("Preview: only organisers see this page.")).to_be_visible()
    page.get_by_role("button", name="Publish this recap").click()
    expect(page.get_by_role("link", name="The recap is published.")).to_be_visible()


def brought(page: Page, name: str | re.Pattern[str]) -> str:
    """The text of the file that a link gives."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=isinstance(name, str)).first.click()
    return download.value.path().read_text(encoding="utf-8-sig")


def test_recap_is_rewritten_drafted_again_published_read_and_exported(play, demo):
    def scene(stage: Stage) -> None:
        desk = stage.open(f"{EVENT}recap/edit/", user=ORGANISER)
        title = paragraph(desk, "event/title")
        title.get_by_role("textbox").fill(TITLE)
        title.get_by_role("button", name="Save").click()
        desk.get_by_role("button", name="Regenerate").click()
        expect(title.get_by_role("textbox")).to_have_value(TITLE)
        publish(desk)
        is_accessible(desk)

        phone = stage.open(f"{EVENT}recap/", **PHONE)
        expect(phone.get_by_role("heading", level=1)).to_contain_text(TITLE)
        expect(
            phone.get_by_text("Moderated by John Garbutt (Stack HPC, principal engineer).")
        ).to_be_visible()
        assert TITLE in brought(phone, "Markdown")
        is_accessible(phone)
        phone.emulate_media(media="print")
        expect(phone.get_by_text("Download:")).to_be_hidden()
        expect(
            phone.get_by_text("Moderated by John Garbutt (Stack HPC, principal engineer).")
        ).to_be_visible()

        desk.goto(f"{demo.server.url}{EVENT}export/")
        tables = json.loads(brought(desk, "JSON"))
        assert len(tables["sessions"]) == 7
        assert "registrations" not in tables
        expect(desk.locator("[data-export-words]")).to_have_text(re.compile(r"Done: \d+ rows\."))

    play(scene)


def test_recording_is_loaded_only_when_it_is_asked_for(play, demo):
    def scene(stage: Stage) -> None:
        asked: list[str] = []
        page = stage.open(
            f"{ROOM}recording/", user=ORGANISER, known="^foreign: https://www.youtube-nocookie.com/"
        )

        def answer(route: Route) -> None:
            asked.append(route.request.url)
            route.fulfill(status=200, content_type="text/html", body="<title>A player</title>")

        page.context.route("https://www.youtube-nocookie.com/**", answer)
        page.get_by_text("Edit the recording").click()
        page.get_by_label("Address of the recording").fill("https://youtu.be/abcdefghijk?t=1m5s")
        page.get_by_label("Session starts at").fill("")
        page.get_by_role("button", name="Save", exact=True).click()
        chapter = page.get_by_role("link", name="Start", exact=True)
        expect(chapter).to_be_visible()
        assert asked == []
        is_accessible(page)
        chapter.click()
        frame = page.locator("iframe")
        expect(frame).to_have_attribute("src", re.compile(r"/embed/abcdefghijk\?autoplay=1&start=65$"))
        expect(frame).to_be_focused()
        assert asked[0].startswith("https://www.youtube-nocookie.com/embed/abcdefghijk")

    play(scene)


def test_recap_on_paper_prints_addresses_and_keeps_a_days_heading_with_its_first_session(play, demo):
    def scene(stage: Stage) -> None:
        desk = stage.open(f"{EVENT}recap/edit/", user=ORGANISER)
        publish(desk)
        reader = stage.open(f"{EVENT}recap/")
        reader.emulate_media(media="print")
        link = reader.get_by_role("link", name=re.compile("^Sign up")).first
        printed = link.evaluate("(node) => getComputedStyle(node, '::after').content")
        assert f"{demo.server.url}/f/" in printed
        mark = reader.locator(".note-mark a").first
        assert mark.evaluate("(node) => getComputedStyle(node, '::after').content") == "none"
        day = reader.locator(".day-begin").first
        expect(day.locator("h2")).to_have_count(1)
        expect(day.locator(".talk")).to_have_count(1)
        assert day.evaluate("(node) => getComputedStyle(node).breakInside") == "avoid"

    play(scene)
