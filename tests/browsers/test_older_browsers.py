"""Browsers down to the ones that README.md names: Chromium without what came later.

Versions are those of @mdn/browser-compat-data.
"""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from opendev.home import bundles
from opendev.home.static import COMMENT, LAYER_ORDER, layers_of, without_layers
from tests.journeys.demo import ROOM
from tests.journeys.stage import PHONE, Attendee, Stage
from tools.page_rules import SCRIPTS

QUESTION = "Where are you?"
# Before Safari 16.4, Firefox 111 and Chrome 112 the second argument was ignored; Safari below 16 has no requestSubmit.
BEFORE_SUBMITTERS = """
  const Newer = FormData
  window.FormData = class extends Newer { constructor(form) { super(form) } }
  delete HTMLFormElement.prototype.requestSubmit
"""


def test_control_room_sends_the_button_that_was_pressed(play, demo):
    def scene(stage: Stage) -> None:
        john = stage.moderator(before=BEFORE_SUBMITTERS)
        john.quick_poll(f"{QUESTION} / here / there")
        expect(john.item(QUESTION, "live")).to_be_visible()

    play(scene)


def test_run_sheet_is_moved_dragged_and_shortened(play, demo):
    def scene(stage: Stage) -> None:
        sheet = f"sessions/{demo.session['id']}/run-sheet/"
        demo.ask("POST", f"{sheet}items/", lines="First\nSecond\nThird\nFourth")
        plan = stage.moderator(path=f"{ROOM}control/run-sheet/", before=BEFORE_SUBMITTERS).page
        plan.set_viewport_size({"width": 1280, "height": 1200})
        stage.is_live(plan)
        titles = plan.locator(".plan-item strong")
        last = plan.locator(".plan-item", has_text="Fourth").locator(".gut")
        last.drag_to(plan.locator(".plan-item .gut").first, target_position={"x": 10, "y": 2})
        expect(titles).to_have_text(["Fourth", "First", "Second", "Third"])
        plan.get_by_role("button", name="Move down: First").click()
        expect(titles).to_have_text(["Fourth", "Second", "First", "Third"])
        plan.locator(".plan-item", has_text="Third").get_by_role("button", name="Remove").click()
        expect(titles).to_have_text(["Fourth", "Second", "First"])
        saved = [item["text"] for item in demo.ask("GET", sheet)["items"]]
        assert saved == ["Fourth", "Second", "First"]

    play(scene)


# Safari below 15.4, where `at`, dialogs and cascade layers are missing.
BEFORE_15_4 = """
  delete Array.prototype.at
  delete HTMLDialogElement.prototype.showModal
  delete window.CSSLayerBlockRule
"""
NO_DIALOGS = "delete HTMLDialogElement.prototype.showModal"
COUNTED_SOCKETS = """
  window.sockets = 0
  const Real = WebSocket
  window.WebSocket = class extends Real { constructor(address) { super(address); sockets += 1 } }
"""
MEASURES = """() => ({
  wide: document.documentElement.scrollWidth,
  high: document.documentElement.scrollHeight,
  icon: Math.max(...[...document.querySelectorAll("svg.i, svg.mark")].map((svg) => svg.getBoundingClientRect().width)),
})"""


def join(stage: Stage, *, before: str, has_layers: bool) -> Attendee:
    """Somebody with a phone who has joined in a browser that lacks what `before` takes away."""
    page = stage.open("/healthz", known="too old for the live page", before=before, **PHONE)
    if not has_layers:
        page.route("**/static/**/*.css", drop_layers)
    page.goto(f"{stage.demo.server.url}/j/{stage.demo.code}/")
    page.get_by_role("button", name="Join").click()
    expect(page.locator("body.room")).to_be_visible()
    return Attendee(page)


def drop_layers(route: Route) -> None:
    """Answer as browsers read a sheet that do not know `@layer`: nothing of ours stands outside of layers."""
    if "/flat." in route.request.url:
        route.continue_()
    else:
        assert "".join(text for name, text in layers_of_sheet(route.fetch().text()) if not name) == ""
        route.fulfill(content_type="text/css", body="")


def layers_of_sheet(sheet: str) -> list[tuple[str, str]]:
    return list(layers_of(LAYER_ORDER.sub("", COMMENT.sub("", sheet))))


@pytest.mark.parametrize(("before", "is_live"), [(BEFORE_15_4, False), (NO_DIALOGS, True)])
def test_interest_is_a_plain_form_where_scripts_or_dialogs_are_missing(play, demo, before, is_live):
    def scene(stage: Stage) -> None:
        demo.ask("POST", f"sessions/{demo.session['id']}/sign-up-lines/", title="Networking")
        page = join(stage, before=COUNTED_SOCKETS + before, has_layers=True).page
        if is_live:
            stage.is_live(page)
        assert bool(page.evaluate("sockets")) == is_live
        page.get_by_role("link", name="Follow-ups").click()
        page.get_by_role("button", name="I’m interested").first.click()
        expect(page).to_have_url(re.compile(r"/f/\w+/"))
        expect(page.get_by_label("Name").first).to_be_visible()

    play(scene)


def test_below_the_floor_everything_is_a_plain_form_on_a_page_with_style(play, demo):
    def scene(stage: Stage) -> None:
        demo.launch(QUESTION, "here", "there", visibility="always")
        attendee = join(stage, before=BEFORE_15_4, has_layers=False)
        is_usable(attendee.page)
        attendee.vote("there")
        expect(attendee.poll.locator("[data-mine]")).to_contain_text("there")
        is_usable(attendee.page)
        assert demo.figures(demo.on_air()) == {"here": 0, "there": 1}
        attendee.page.get_by_role("link", name="Questions").click()
        is_usable(attendee.page)

    play(scene)


def test_without_layers_and_without_scripts_icons_are_as_small_as_words(play, demo):
    def scene(stage: Stage) -> None:
        page = stage.open("/healthz", java_script_enabled=False, **PHONE)
        page.route("**/static/**/*.css", drop_layers)
        page.goto(f"{demo.server.url}{ROOM}")
        assert page.evaluate(MEASURES)["icon"] <= 32

    play(scene)


def is_usable(page: Page) -> None:
    """No sideways scrolling, one part of the room at a time, and icons as small as words."""
    expect(page.locator("body")).to_have_css("margin-top", "0px")
    measures = page.evaluate(MEASURES)
    assert measures["wide"] == PHONE["viewport"]["width"]
    assert measures["high"] < 2 * PHONE["viewport"]["height"]
    assert measures["icon"] <= 40


# Firefox 97 to 120 and Chrome 99 to 104 have no :has and drop the whole rule.
RULE_WITH_HAS = re.compile(r"[^{};]*:has\([^{}]*\{[^{}]*\}")
GUTTER_COLOURS = "(all) => all.map((gutter) => getComputedStyle(gutter).backgroundColor)"


def drop_has(route: Route) -> None:
    sheet = route.fetch().text().replace("not selector(:has(a))", "(top: 0)")
    route.fulfill(content_type="text/css", body=RULE_WITH_HAS.sub("", COMMENT.sub("", sheet)))


def ends(page: Page, selector: str) -> tuple[float, float]:
    """Where a part of the page begins and ends, from the top of the window."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


def test_without_has_dock_and_tabs_stand_apart_and_the_chosen_row_is_marked(play, demo):
    def scene(stage: Stage) -> None:
        demo.launch(QUESTION, "here", "there", visibility="always")
        demo.ask("POST", f"sessions/{demo.session['id']}/sign-up-lines/", title="Networking")
        page = stage.open("/healthz", **PHONE)
        page.route("**/static/**/*.css", drop_has)
        page.goto(f"{demo.server.url}/j/{demo.code}/")
        page.get_by_role("button", name="Join").click()
        stage.is_live(page)
        attendee = Attendee(page)
        attendee.choose("there")
        expect(page.locator(".opt[data-chosen]")).to_have_text("there")
        colours = page.locator(".opt > .gut").evaluate_all(GUTTER_COLOURS)
        assert colours == ["rgba(0, 0, 0, 0)", "rgb(255, 226, 122)"]
        assert ends(page, ".dock")[1] <= ends(page, ".tabs")[0] + 1
        assert ends(page, ".tabs")[1] <= PHONE["viewport"]["height"] + 1
        expect(page.locator(".tabs a").first).to_have_text("Poll", use_inner_text=True)
        page.get_by_role("radio", name="there").press("ArrowUp")
        expect(page.locator(".opt[data-chosen]")).to_have_text("here")
        expect(page.get_by_role("radio", name="here", exact=True)).to_have_css("outline-style", "solid")
        page.get_by_role("link", name="Follow-ups").click()
        expect(page.get_by_role("button", name="I’m interested").first).to_be_visible()

    play(scene)


def test_without_has_the_control_rooms_parts_are_tabs_on_a_phone(play, demo):
    def scene(stage: Stage) -> None:
        john = stage.moderator(path="/healthz", **PHONE).page
        john.route("**/static/**/*.css", drop_has)
        john.goto(f"{demo.server.url}{ROOM}control/")
        stage.is_live(john)
        parts = {"Polls": "#polls", "Quick poll": "#panel", "Questions": "#panel", "On air": "#stage"}
        for name, part in parts.items():
            john.locator("[data-tabs]").get_by_role("link", name=name).click()
            for other in ("#polls", "#panel", "#stage"):
                expect(john.locator(other)).to_be_visible(visible=other == part)

    play(scene)


def test_drag_that_ends_without_a_word_of_the_pointer_lets_news_in(play, demo):
    """So it is in WebKit: neither pointerup nor pointercancel comes after dragstart."""

    def scene(stage: Stage) -> None:
        john = stage.moderator()
        stage.is_live(john.page)
        for kind, event in (
            ("pointerdown", "PointerEvent"),
            ("dragstart", "DragEvent"),
            ("dragend", "DragEvent"),
        ):
            john.page.evaluate(f"document.body.dispatchEvent(new {event}('{kind}', {{ bubbles: true }}))")
        demo.launch(QUESTION, "here", "there")
        expect(john.item(QUESTION, "live")).to_be_visible()

    play(scene)


# They define what a page's own script draws, and do nothing by themselves.
BESIDE_A_SCRIPT = {"kinds/more"}


def test_every_script_of_a_page_begins_with_the_gate():
    """An import before it would be run in browsers that the gate turns away."""
    for names in bundles.SCRIPTS.values():
        for name in names:
            source = (SCRIPTS / f"{name}.js").read_text()
            code = re.sub(r"^//.*\n", "", source, flags=re.MULTILINE).strip()
            if name in BESIDE_A_SCRIPT:
                assert set(re.findall(r"^(?!import )\w+", code, re.MULTILINE)) == {"register"}
                continue
            assert name == "gate" or code.startswith('import "./gate.js"\n'), name
    for name in bundles.SCRIPTS:
        code = (bundles.STATIC / bundles.script_path(name)).read_text()
        assert "data-flat-sheet" in code[:200] or set(bundles.SCRIPTS[name]) <= BESIDE_A_SCRIPT, name
        # Before a digit `?.` chains nothing: it is a condition, and the digit a part of one (ECMAScript 2020, 12.7).
        assert not re.search(
            r"\?\.(?!\d)[\w(\[]|\?\?|#\w+[=(;]", re.sub(r'"[^"]*"|`[^`]*`|/[^/\n]+/\w*', "", code)
        ), name


def test_flat_sheet_is_made_of_all_sheets_in_the_order_of_the_layers():
    sheets = {path.relative_to(bundles.STATIC).as_posix() for path in SCRIPTS.glob("*.css")}
    assert sheets == set(bundles.all_sheets())
    first = "@layer low, high;\n/* } */ @layer high{a{color:red} @media print{a{color:blue}}}\nb{top:0}"
    second = '@layer low{a::before{content:"}"}}'
    assert without_layers([first, second]).splitlines() == [
        'a::before{content:"}"}',
        "a{color:red} @media print{a{color:blue}}",
        "b{top:0}",
    ]
