"""300 sessions in five rooms, in Chromium: a grid, a list on a phone, an answer while one types, keys alone, axe."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from sessions.programme.models import EventDay, Person, Session, SessionRole
from tests.factories import make_event
from tests.journeys.test_accessibility import complaints, is_accessible
from tests.support.browser import DESKTOP, PHONE, open_page
from tests.support.inner_server import inner

__all__ = ["inner"]

ROOMS = ("Hall A", "Hall B", "Room 2", "Room 10", "Workshop")
ANSWERS_IN_MS = 50.0  # one frame where nothing else runs; a machine that runs the other tests takes longer
TYPED = """async (words) => {
  const field = document.querySelector("#find-q")
  const times = []
  for (const word of words) {
    field.value = word
    const begun = performance.now()
    field.dispatchEvent(new Event("input", { bubbles: true }))
    times.push(performance.now() - begun)
  }
  return times
}"""
LEFT_AND_TOP = "(node) => [node.getBoundingClientRect().left, node.getBoundingClientRect().top]"


@pytest.fixture(scope="module")
def event(inner):
    event = make_event(slug="long", name="Long", time_zone="Europe/Paris")
    person = Person.objects.create(event=event, slug="ana", name="Ana Núñez", company="CERN")
    event.days.all().delete()
    for number in range(4):
        day = EventDay.objects.create(event=event, number=number + 1, date=date(2026, 7, 1 + number))
        for room in range(5):
            for slot in range(15):
                hour = 21 if slot == 14 else 6 + slot // 2
                session = Session.objects.create(
                    day=day,
                    slug=f"s-{number}-{room}-{slot}",
                    title=f"Talk {number}-{room}-{slot} about running containers",
                    place=ROOMS[room],
                    track=("Containers", "Networking")[slot % 2],
                    language=("en", "fr")[room % 2],
                    starts_at=datetime(2026, 7, 1 + number, hour, slot % 2 * 30, tzinfo=UTC),
                    minutes=120 if slot == 14 else 30,
                )
    SessionRole.objects.create(session=session, person=person, role="presenter")
    first = Session.objects.get(slug="s-0-0-0")
    first.pk, first.slug, first.title, first.code, first.guid = None, "twin", "Twin", "123456", None
    first.guid = Session._meta.get_field("guid").get_default()
    first.starts_at += timedelta(minutes=15)
    first.save()
    return event


@pytest.fixture
def look(browser, inner, event):
    """Open the programme and hand it to a scene; in Paris, as the event is."""

    def look(scene, address="", **context):
        def visit(chromium):
            with open_page(chromium, **{"timezone_id": "Europe/Paris", **DESKTOP, **context}) as page:
                page.goto(f"{inner.url}/long/{address}")
                return scene(page)

        return browser(visit)

    return look


def row(page, title):
    return page.locator("li.slot", has=page.get_by_role("link", name=title))


def test_grid_has_rooms_as_columns_and_hours_as_rows(look):
    def scene(page):
        def at(slug):
            return row(page, f"Talk {slug} about").evaluate(LEFT_AND_TOP)

        heads = page.locator(".day-part[open] .grid-room")
        assert heads.all_inner_texts() == ["Hall A", "Hall B", "Room 2", "Room 10", "Workshop"]
        (left, top), (beside, same), (below_left, below) = at("0-1-0"), at("0-2-0"), at("0-1-1")
        assert (beside > left, same, below_left, below > top) == (True, top, left, True)
        twin = row(page, "Twin").evaluate(LEFT_AND_TOP)
        first = at("0-0-0")
        assert twin[0] > first[0]
        assert twin[1] > first[1]
        assert page.locator(".day-part[open] .grid-hour").first.inner_text() == "08:00"
        assert page.locator(".day-part[open] .grid-hour").last.inner_text() == "Thu 00:00"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("document.documentElement.scrollHeight") < 5_000

    look(scene)


def test_phone_has_a_list_by_time_and_nothing_scrolls_sideways(look):
    def scene(page):
        assert page.locator(".grid-room:visible, .grid-hour:visible").count() == 0
        shown = page.locator(".day-part[open] li.slot")
        assert shown.count() == 76
        tops = shown.evaluate_all("(rows) => rows.map((row) => row.getBoundingClientRect().top)")
        assert tops == sorted(tops)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate("document.documentElement.scrollHeight") < 9_000

    look(scene, **PHONE)


def test_words_are_looked_for_as_one_types_and_the_address_follows(look):
    def scene(page):
        times = page.evaluate(TYPED, ["t", "ta", "talk 2-", "talk 2-3"])
        assert max(times) < ANSWERS_IN_MS
        page.get_by_label("Search by title").fill("NUNEZ")
        expect(page.get_by_text("1 of 301 sessions")).to_be_visible()
        expect(page.locator("li.slot:visible")).to_have_count(1)
        expect(page).to_have_url(re.compile(r"\?q=NUNEZ$"))
        page.reload()
        expect(page.locator("li.slot:visible")).to_have_count(1)
        page.get_by_role("link", name="Show all sessions").click()
        expect(page.locator("details.day-part[open]")).to_have_count(1)
        expect(page.locator("li.slot[hidden]")).to_have_count(0)
        expect(page).to_have_url(re.compile("/long/$"))
        page.get_by_label("Search by title").fill("nothing like it")
        expect(page.get_by_text("No session matches.")).to_be_visible()

    look(scene)


@pytest.mark.parametrize(
    "query", ["q=talk+1-&room=Room+2", "track=Networking&language=fr&day=3", "starred=yes"]
)
def test_script_and_server_show_the_same(look, query):
    def shown(page):
        rows = page.locator("li.slot:not([hidden])")
        return rows.evaluate_all("(rows) => rows.map((row) => row.id)")

    def by_script(page):
        page.evaluate(
            """(query) => {
              for (const [name, value] of new URLSearchParams(query)) {
                const field = document.querySelector(`[data-programme-filter] [name=${name}]`)
                if (field.type === "checkbox") field.checked = true
                else field.value = value
                field.dispatchEvent(new Event("input", { bubbles: true }))
              }
            }""",
            query,
        )
        return shown(page)

    by_server = look(shown, f"?{query}", java_script_enabled=False) if query else []
    assert look(by_script) == by_server
    assert bool(by_server) == (query != "starred=yes")


def test_acts_of_a_row_are_behind_one_control_that_keys_open(look):
    def scene(page):
        talk = row(page, "Talk 0-1-0 about")
        star = talk.get_by_role("button", name=re.compile("^Star "))
        expect(star).to_be_hidden()
        talk.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(star).to_be_visible()
        page.keyboard.press("Tab")
        expect(star).to_be_focused()
        page.keyboard.press("Escape")
        expect(star).to_be_hidden()
        expect(talk.locator("summary")).to_be_focused()
        page.keyboard.press("Enter")
        star.press("Enter")
        expect(talk.get_by_role("button", name="Starred")).to_be_focused()
        page.get_by_label("Only my stars").check()
        expect(page.locator("li.slot:visible")).to_have_count(1)

    look(scene)


def test_jump_opens_the_day_it_leads_to(look):
    def scene(page):
        page.get_by_role("navigation", name="Days").get_by_role("link", name="Fri 3 Jul").click()
        expect(page.locator("#day-3")).to_have_attribute("open", "")
        expect(page.locator("#day-3 > summary")).to_be_focused()
        page.get_by_role("navigation", name="Days").get_by_role("link", name="Next").click()
        expect(row(page, "Talk 0-0-0 about").get_by_role("link").first).to_be_focused()

    look(scene)


@pytest.mark.parametrize("address", ["", "?track=Networking"])
def test_axe_finds_nothing(look, address):
    def scene(page):
        is_accessible(page)
        page.set_viewport_size(DESKTOP["viewport"])
        page.locator("details.row-acts:visible summary").first.click()
        assert complaints(page) == [], json.dumps(complaints(page), indent=1)

    look(scene, address)
