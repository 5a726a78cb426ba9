"""An attendee's and a moderator's journey in Firefox and in WebKit, the engine of Safari."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.demo import EVENT, JOHN, ORGANISER, ROOM, Demo, Json
from tests.support.engine import EnginePage, wait_for
from tests.support.firefox import Firefox
from tests.support.webkit import WebKit

POLL = ("Where are you?", "At home", "In the hall")
# Before Safari 16.4, Firefox 111 and Chrome 112 the second argument was ignored; Safari below 16 has no requestSubmit.
BEFORE_SUBMITTERS = """() => {
  const Newer = FormData
  window.FormData = class extends Newer { constructor(form) { super(form) } }
  delete HTMLFormElement.prototype.requestSubmit
  return true
}"""
# Safari below 26.2 reads the line of `text-decoration` alone. Links in a row of acts have theirs on hover.
BARE_LINKS = """() => [...document.querySelectorAll(".link")]
  .filter((node) => node.getClientRects().length > 0 && !node.closest(".prog-acts"))
  .filter((node) => !getComputedStyle(node).textDecorationLine.includes("underline"))
  .map((node) => node.textContent.trim())"""
HAS_VOTED = """(words) => {
  const rows = [...document.querySelectorAll("[data-stage] [data-mine]")]
  return rows.length === 1 && !("pending" in rows[0].dataset) && rows[0].textContent.includes(words)
}"""
GUTTERS = """() => [...document.querySelectorAll("[data-stage] .opt > .gut")]
  .map((gutter) => getComputedStyle(gutter).backgroundColor)"""
STAYED = "() => window.isTheSamePage === true"


@pytest.fixture(scope="module", params=[Firefox, WebKit], ids=["firefox", "webkit"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EnginePage]:
    """A phone's window, as narrow as WebKit's goes."""
    own = request.param(tmp_path_factory.mktemp(request.param.name.lower()))
    try:
        own.set_size(460, 860)
        yield own
    finally:
        own.stop()


@pytest.fixture
def page(engine: EnginePage, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[EnginePage]:
    """The engine's window; what it shows at the end is kept beside the test's other files."""
    yield engine
    engine.screenshot(tmp_path / "page.png")


LOSES_A_CLICK = """() => {
  document.body.innerHTML = "<input id=field>"
  document.addEventListener("mousedown", (press) => press.preventDefault(), { once: true })
}"""


def test_typing_clicks_again_where_the_first_click_gave_no_focus(page: EnginePage, demo: Demo):
    page.goto(f"{demo.server.url}/join/")
    page.call(LOSES_A_CLICK)
    page.type("#field", "Ada")
    assert page.call("() => document.querySelector('#field').value") == "Ada"


def test_attendees_journey(page: EnginePage, demo: Demo):
    poll = demo.launch(*POLL, visibility="always")
    line = demo.ask("POST", f"sessions/{demo.session['id']}/sign-up-lines/", title="Networking for operators")
    with demo.attendee() as other:
        answer = other.post(f"sessions/{demo.session['id']}/questions/", json={"text": "Who uses Magnum?"})
        question = answer.json()["id"]
    page.goto(f"{demo.server.url}/j/{demo.code}/")
    page.click("main button", "Join")
    page.sees("body.room [data-vote-form][data-joined]")
    votes(page, demo, poll)
    assert page.call(STAYED), "the vote was posted, where the page's script should have sent it"
    asks(page, demo)
    assert page.call(STAYED), "the question was posted, where the page's script should have sent it"
    upvotes(page, demo, question)
    assert page.call(STAYED), "the upvote was posted, where the page's script should have sent it"
    signs_up(page, demo, line)
    assert page.call(STAYED), "the name was posted, where the page's script should have sent it"
    page.goto(f"{demo.server.url}{ROOM}?tab=poll")
    assert page.call(BARE_LINKS) == []


def is_live(page: EnginePage, demo: Demo, poll: Json, *, ballots: int) -> None:
    """Have somebody else vote, and wait until the page hears of it: from then on its script sends what is pressed."""
    demo.vote(poll, 1)
    page.until(
        "(ballots) => document.querySelector('[data-stage] [data-ballots]')?.textContent === ballots",
        f"{ballots}",
    )
    page.call("() => { window.isTheSamePage = true }")


def votes(page: EnginePage, demo: Demo, poll: Json) -> None:
    is_live(page, demo, poll, ballots=1)
    page.click(".opt", "In the hall")
    page.until(f"() => new Set(({GUTTERS})()).size === 2")  # one is yellow
    page.click("[data-vote-button]", "Vote")
    page.until(HAS_VOTED, "In the hall")
    page.until(f"() => ({BARE_LINKS})().length === 0")
    page.click("[data-stage] [data-show=form]", "Change my vote")
    page.click(".opt", "At home")
    page.click("[data-vote-button]", "Vote")
    page.until(HAS_VOTED, "At home")
    assert demo.figures(poll) == {"At home": 1, "In the hall": 1}
    assert page.call(STAYED)
    page.reload()
    page.until(HAS_VOTED, "At home")
    is_live(page, demo, poll, ballots=3)
    page.click("[data-stage] [data-show=form]", "Change my vote")
    page.click("button", "Withdraw my vote")
    page.until("() => document.querySelector('[data-stage] [data-mine]') === null")
    wait_for(lambda: demo.figures(poll) == {"At home": 0, "In the hall": 2})


def asks(page: EnginePage, demo: Demo) -> None:
    page.click("[data-tab=questions]")
    page.click("[data-asking] summary")
    page.type("#ask-text", "Which network do you use?")
    page.click("#ask-button")
    page.sees("[data-part=questions] [data-asked]", "Which network do you use?")
    asked = demo.ask("GET", f"sessions/{demo.session['id']}/questions/")["results"]
    assert "Which network do you use?" in [each["text"] for each in asked]


def upvotes(page: EnginePage, demo: Demo, question: str) -> None:
    page.click(f'[data-asked="{question}"] [data-up]')
    page.sees(f'[data-asked="{question}"] [data-up][aria-pressed=true]', "1")
    wait_for(lambda: demo.ask("GET", f"questions/{question}/")["votes"] == 1)


def signs_up(page: EnginePage, demo: Demo, line: Json) -> None:
    page.click("[data-tab=follow-ups]")
    page.click(f'[data-line="{line["id"]}"] [data-tap-form] button')
    page.sees("dialog[open] [name=name]")
    page.type("dialog[open] [name=name]", "Ada Example")
    page.click("dialog[open] button", "for everyone")
    page.sees(f'[data-line="{line["id"]}"] [data-signed-up]')
    page.sees(f'[data-line="{line["id"]}"]', "Ada Example")
    assert page.call("() => document.querySelector('dialog[open]') === null")


def test_moderators_journey(page: EnginePage, demo: Demo):
    sign_in(page, demo, JOHN)
    page.goto(f"{demo.server.url}{ROOM}control/#quick-line")
    assert page.call(BEFORE_SUBMITTERS)
    page.type("#quick-line", " / ".join(POLL))
    page.click("button[name=launch]")
    page.until("() => document.querySelector('[data-item][data-state=live]') !== null")
    assert demo.on_air()["question"] == POLL[0]
    page.until(f"() => ({BARE_LINKS})().length === 0")
    sheet = f"sessions/{demo.session['id']}/run-sheet/"
    demo.ask("POST", f"{sheet}items/", lines="First\nSecond\nThird")
    page.goto(f"{demo.server.url}{ROOM}control/run-sheet/")
    assert page.call(BEFORE_SUBMITTERS)
    page.click(".plan-item button", "Move down: First")
    page.until(titles_are("Second", "First", "Third"))
    page.click(".plan-item button", "Remove: First")
    page.until(titles_are("Second", "Third"))
    assert page.call(BARE_LINKS) == []
    assert [item["text"] for item in demo.ask("GET", sheet)["items"]] == ["Second", "Third"]


def titles_are(*titles: str) -> str:
    titles_there = (
        '[...document.querySelectorAll(".plan-item strong")].map((node) => node.textContent).join()'
    )
    return f"() => {titles_there} === {','.join(titles)!r}"


CHOOSE_A_LIST = """(rows) => {
  const lines = Array.from({ length: rows }, (_, number) => `person${number}@example.org,Person ${number}`)
  const list = new File([["email,name", ...lines].join("\\n")], "people.csv", { type: "text/csv" })
  const chosen = new DataTransfer()
  chosen.items.add(list)
  document.querySelector("[data-import] [type=file]").files = chosen.files
  window.progress = []
  new MutationObserver(() => progress.push(document.querySelector("[data-import-words]").textContent))
    .observe(document.querySelector("[data-import-words]"), { childList: true })
}"""


def sign_in(page: EnginePage, demo: Demo, username: str) -> None:
    page.goto(f"{demo.server.url}/healthz")
    name, value = demo.cookie_of(username)
    page.add_cookie(name, value, "127.0.0.1")


IMPORT_IS_READY = "() => document.querySelector('[data-import] button').disabled === false"


def test_import_shows_how_far_it_is(page: EnginePage, demo: Demo):
    """WebKit fails every request of a page that waits for the answer to its form."""
    sign_in(page, demo, ORGANISER)
    page.goto(f"{demo.server.url}{EVENT}registrations/")
    page.call(CHOOSE_A_LIST, 2500)
    page.click("[data-import] button")
    page.until("() => window.progress?.some((words) => /\\d/.test(words))")
    page.until("() => window.progress === undefined")  # the page came anew
    page.sees("main h3", "people.csv")
    assert page.call(IMPORT_IS_READY)


def test_page_that_comes_from_memory_in_the_middle_of_an_import_has_a_button_that_works(
    page: EnginePage, demo: Demo
):
    """WebKit keeps pages as they were left. The event is ours: whether a page is kept is the engine’s choice."""
    sign_in(page, demo, ORGANISER)
    page.goto(f"{demo.server.url}{EVENT}registrations/")
    page.call(CHOOSE_A_LIST, 2500)
    page.click("[data-import] button")
    page.until(f"() => !({IMPORT_IS_READY})()")
    page.call("() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })) }")
    assert page.call(IMPORT_IS_READY)


# Says whether another page is there. WebKit drops a step that it is asked for while it still ends a load.
BACK_BY_TWO = """() => {
  if (location.pathname !== "/") return document.readyState === "complete"
  window.asked ??= 0
  if (window.asked++ % 40 === 0) history.go(-2)
  return false
}"""


def test_back_after_a_sign_out_shows_nothing_of_the_control_room(page: EnginePage, demo: Demo):
    """Over http WebKit keeps pages that say no-store, and shows them whole."""
    sign_in(page, demo, ORGANISER)
    demo.cookies.pop(ORGANISER)
    page.goto(f"{demo.server.url}{ROOM}control/")
    page.sees("#stage")
    page.goto(f"{demo.server.url}{EVENT}")
    page.click("form[action$='/sign-out/'] button")
    page.until("() => location.pathname === '/' && document.readyState === 'complete'")
    page.until(BACK_BY_TWO)
    page.until("() => document.body && !document.body.hidden && document.querySelector('main') !== null")
    page.sees_no("#stage")
