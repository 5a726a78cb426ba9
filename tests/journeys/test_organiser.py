"""An organiser's event from its making to its recap: imported, put in order, edited, held, told of, cloned."""

import re
from pathlib import Path

from playwright.sync_api import Dialog, Locator, Page, expect

from tests.journeys.demo import EVENT, ORGANISER
from tests.journeys.stage import PHONE, Stage
from tests.journeys.test_accessibility import is_accessible

SCHEDULE = Path(__file__).parent.parent / "sessions" / "schedules" / "files" / "schedule.json"
TITLE = "Who runs the control plane?"
REPEATED = f"{TITLE} (repeated)"


def row(page: Page, title: str) -> Locator:
    return page.locator("li.slot", has=page.get_by_role("link", name=title, exact=True))


def titles(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("li.slot h3").all_inner_texts()]


def test_organiser_makes_imports_edits_holds_tells_of_and_clones_an_event(play, demo):
    def scene(stage: Stage) -> None:
        page = stage.open("/organise/", user=ORGANISER, known="status of 400")
        make_event(page)
        import_schedule(page)
        put_in_order(page)
        move_one_and_cancel_another(page)
        edit(page)
        publish(page)
        visitor = see_the_programme(stage, page)
        publish_the_recap(page)
        read_the_recap(visitor)
        clone(page)

    play(scene)


def make_event(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Cloud Days 2026")
    page.get_by_label("Address").fill("join")
    page.get_by_role("button", name="Create event").click()
    expect(page.get_by_text("This address is reserved")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Cloud Days 2026")
    page.get_by_label("Address").fill("")
    page.get_by_role("button", name="Create event").click()
    expect(page).to_have_url(re.compile("/cloud-days-2026/organise/$"))


def import_schedule(page: Page) -> None:
    page.get_by_role("link", name="Import and export").click()
    broken = SCHEDULE.read_bytes().replace(b'"00:45"', b'"00:75"', 1)
    page.get_by_label("File").set_input_files(
        {"name": "a.json", "mimeType": "application/json", "buffer": broken}
    )
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_role("alert")).to_contain_text('line 38, days[0].rooms["Main Hall"][0].duration')
    page.get_by_label("File").set_input_files(SCHEDULE)
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_role("heading", name="Added")).to_be_visible()
    expect(page.get_by_text("The event’s time zone changes to Europe/Berlin.")).to_be_visible()
    is_accessible(page)
    page.get_by_role("button", name="Apply these changes").click()
    expect(page.get_by_text("4 sessions added, 0 changed, 0 cancelled.")).to_be_visible()


def put_in_order(page: Page) -> None:
    is_accessible(page)
    assert titles(page)[:3] == [TITLE, "Lunch", "Night watch"]
    page.get_by_role("button", name="Later : Who runs the control plane?").first.click()
    expect(row(page, "Night watch")).to_contain_text("10:00")
    expect(page.locator('li[draggable="true"]')).to_have_count(4)
    drag(page, row(page, TITLE), row(page, "Night watch"))
    expect(row(page, TITLE)).to_contain_text("10:00")
    expect(row(page, "Night watch")).to_contain_text("23:30")


def drag(page: Page, what: Locator, before: Locator) -> None:
    """With the mouse, by the number side, where no button is; both rows have to be in view."""
    page.set_viewport_size({"width": 1280, "height": 1600})
    begin, end = what.bounding_box(), before.bounding_box()
    assert begin
    assert end
    page.mouse.move(begin["x"] + 20, begin["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + 20, end["y"] + 4, steps=8)
    page.mouse.up()


def move_one_and_cancel_another(page: Page) -> None:
    """One to the other day, where it keeps its time; the other stays in the programme, and says so."""
    page.get_by_role("link", name=REPEATED, exact=True).click()
    page.get_by_label("Day", exact=True).select_option(label="1: Sat 24 Oct 2026")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="Edit the programme").click()
    expect(page.locator("li.slot h3")).to_have_text([TITLE, REPEATED, "Lunch", "Night watch"])
    page.get_by_role("link", name="Night watch", exact=True).click()
    page.get_by_role("button", name="Cancel this session").click()
    expect(page.get_by_text("Cancelled. It stays in the programme")).to_be_visible()
    page.get_by_role("link", name="Edit the programme").click()


def edit(page: Page) -> None:
    page.get_by_role("link", name=TITLE, exact=True).click()
    page.get_by_label("Title", exact=True).first.fill("Who runs it?")
    page.get_by_label("Starts at (Europe/Berlin)").fill("11:00")
    page.get_by_label("Minutes", exact=True).fill("0")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("This must be a whole number of minutes, at least 1.")).to_be_visible()
    page.get_by_label("Minutes", exact=True).fill("50")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_label("Host", exact=True).check()
    page.get_by_label("Name", exact=True).fill("Hedy Lamarr")
    page.get_by_label("Company", exact=True).fill("Spread Spectrum")
    page.get_by_role("button", name="Put on stage").click()
    expect(page.get_by_role("button", name="Remove Hedy Lamarr")).to_be_visible()
    page.get_by_label("Kind", exact=True).last.select_option("chart")
    page.get_by_label("Title", exact=True).last.fill("Who is on call")
    page.get_by_label("Chart data").fill("Operators: 58\nDevelopers: 29")
    page.get_by_role("button", name="Add the resource").click()
    expect(page.get_by_role("rowheader", name="Operators")).to_be_visible()
    is_accessible(page)


def publish(page: Page) -> None:
    """From the page of a session to the event's, and back."""
    session = page.url
    page.get_by_role("link", name="Edit the programme").first.click()
    page.get_by_role("button", name="Make it public").click()
    expect(page.locator("[data-visibility]")).to_have_text("Public")
    page.goto(session)


def see_the_programme(stage: Stage, organiser: Page) -> Page:
    """A visitor in Kolkata, whose page is open when the session starts."""
    visitor = stage.open("/cloud-days-2026/", timezone_id="Asia/Kolkata", **PHONE)
    slot = row(visitor, "Who runs it?")
    expect(slot.locator("time")).to_have_text("14:30")
    expect(slot).to_contain_text("11:00 CEST")
    expect(slot).to_contain_text("Hedy Lamarr, Spread Spectrum")
    expect(row(visitor, "Night watch")).to_contain_text("Cancelled")
    expect(visitor.locator("[data-zone-note]")).to_contain_text("India Standard Time")
    slot.get_by_text("More").click()
    slot.get_by_role("button", name="Star : Who runs it?").click()
    expect(visitor.get_by_role("link", name="My session")).to_be_visible()
    expect(slot.locator("time")).to_have_text("14:30")  # also after the page was swapped
    slot.get_by_role("button", name="Notify me when it starts").click()
    expect(slot.get_by_role("button", name="Notify me when it starts")).to_have_attribute(
        "aria-pressed", "true"
    )
    is_accessible(visitor)
    organiser.get_by_role("link", name="Control room").click()
    organiser.get_by_role("button", name=re.compile("^Start")).first.click()
    expect(organiser.get_by_text("Live").first).to_be_visible()
    visitor.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(visitor.get_by_text("Live now, 50 min left")).to_be_visible()
    expect(visitor).to_have_title("Who runs it? has started.")
    expect(visitor.locator("[data-speak]")).to_have_text("Who runs it? has started.")
    return visitor


def publish_the_recap(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="End the session").click()
    expect(page.get_by_text("The session is over").first).to_be_visible()
    page.goto(re.sub("/cloud-days-2026/.*", "/cloud-days-2026/recap/edit/", page.url))
    page.get_by_role("button", name="Generate draft").click()
    headline = page.locator('[data-key="event/title"]')
    headline.get_by_role("textbox").fill("Two days of clouds")
    headline.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Preview, then publish").click()
    page.get_by_role("button", name="Publish this recap").click()
    expect(page.get_by_role("link", name="The recap is published.")).to_be_visible()


def read_the_recap(visitor: Page) -> None:
    """Of what took place, and of nothing else."""
    visitor.reload()
    visitor.get_by_role("link", name="Recap").click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("Two days of clouds")
    expect(visitor.get_by_text("Hosted by Hedy Lamarr (Spread Spectrum).")).to_be_visible()
    expect(visitor.get_by_role("rowheader", name="Operators")).to_be_visible()
    for absent in ("Night watch", "Lunch"):
        expect(visitor.get_by_text(absent)).to_have_count(0)


def clone(page: Page) -> None:
    page.goto(re.sub("/cloud-days-2026/.*", "/cloud-days-2026/organise/clone/", page.url))
    page.get_by_label("Name", exact=True).fill("Cloud Days 2027")
    page.get_by_label("First day of the new event").fill("2027-04-10")
    page.get_by_role("button", name="Create event").click()
    expect(page).to_have_url(re.compile("/cloud-days-2027/organise/$"))
    expect(page.get_by_role("heading", name="Saturday 10 April 2027")).to_be_visible()
    expect(row(page, "Who runs it?")).to_contain_text("11:00")
    expect(page.get_by_text("Hedy Lamarr")).to_have_count(0)
    expect(row(page, "Night watch")).to_have_count(0)


def test_editor_warns_before_unsaved_words_are_left_and_saves_them_all_with_any_button(play, demo):
    def scene(stage: Stage) -> None:
        page = stage.open(f"{EVENT}recap/edit/", user=ORGANISER)
        asked: list[str] = []

        def note(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", note)
        boxes = page.get_by_role("textbox")
        expect(page.get_by_text("Unsaved changes")).to_be_hidden()
        page.locator('[data-key="event/title"] textarea').fill("A headline that was typed")
        page.locator('[data-key="event/lede"] textarea').fill("An introduction that was typed")
        expect(page.get_by_text("Unsaved changes")).to_be_visible()
        page.get_by_role("link", name="Exports").click(no_wait_after=True)
        expect(boxes.first).to_be_visible()
        assert asked == ["beforeunload"]
        page.get_by_role("button", name="Preview, then publish").click()
        expect(page.get_by_text("A headline that was typed").first).to_be_visible()
        expect(page.get_by_text("An introduction that was typed")).to_be_visible()
        page.goto(f"{demo.server.url}{EVENT}recap/edit/")
        expect(page.get_by_text("Unsaved changes")).to_be_hidden()
        assert asked == ["beforeunload"]

    play(scene)
