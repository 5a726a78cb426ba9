"""An attendee's and a moderator's way in German, Chinese and Arabic: join, vote, ask, launch, look at the screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from opendev.settings import LANGUAGES
from tests.journeys.demo import EVENT, ROOM, Demo
from tests.journeys.stage import PHONE, Stage
from tests.journeys.test_accessibility import is_accessible
from tests.journeys.test_made_up_language import WIDER

READ = ["de", "zh-hans", "ar"]
OPTIONS = ("Magnum", "Kubespray")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return tmp_path


def is_in(page: Page, language: str) -> None:
    """The page says its language and direction, and nothing stands beside it."""
    html = page.locator("html")
    expect(html).to_have_attribute("lang", language)
    assert (html.get_attribute("dir") or "ltr") == ("rtl" if language == "ar" else "ltr")
    assert page.evaluate(WIDER) == []


@contextmanager
def spoken(demo: Demo, language: str) -> Iterator[None]:
    """The session is held in a language for a while."""
    before = demo.session["language"]
    _hold_in(demo, language)
    try:
        yield
    finally:
        _hold_in(demo, before)


def _hold_in(demo: Demo, language: str) -> None:
    change = f"Session.objects.filter(pk={demo.session['id']}).update(language={language!r})"
    demo.server.manage("shell", "--command", f"from sessions.models import Session; {change}")


def asks(language: str, **options: Any) -> dict[str, Any]:
    return {"locale": language, **options}


@pytest.mark.parametrize("language", READ)
def test_attendee_joins_votes_and_asks_in_their_language(play, demo: Demo, pictures, language):
    poll = demo.launch("What do you use?", *OPTIONS, visibility="always")

    def scene(stage: Stage) -> None:
        page = stage.open(f"/j/{demo.code}/", **asks(language, **PHONE))
        is_in(page, language)
        page.screenshot(path=pictures / "join.png")
        page.locator("main form .btn.wide").click()
        stage.is_live(page)
        is_in(page, language)
        page.locator("[data-stage] label.opt").get_by_text(OPTIONS[0]).click()
        page.locator("[data-vote-button]").click()
        expect(page.locator("[data-stage] [data-mine]")).to_contain_text(OPTIONS[0])
        page.screenshot(path=pictures / "room.png")
        assert demo.figures(poll) == {OPTIONS[0]: 1, OPTIONS[1]: 0}
        page.goto(f"{demo.server.url}{ROOM}?tab=questions")
        page.locator("#asking summary").click()
        page.locator("#ask-text").fill("你们怎么升级？")
        page.locator("#asking form .btn").first.click()
        expect(page.locator("[data-open-list]")).to_contain_text("你们怎么升级？")
        is_in(page, language)
        page.screenshot(path=pictures / "questions.png")
        is_accessible(page)

    play(scene)


@pytest.mark.parametrize("language", READ)
def test_moderator_launches_and_closes_in_their_language(play, demo: Demo, pictures, language):
    def scene(stage: Stage) -> None:
        john = stage.moderator(**asks(language))
        stage.is_live(john.page)
        is_in(john.page, language)
        john.page.locator("#quick-line").fill("Which? / one / two")
        john.page.locator("[data-region=quick] .btn").first.click()
        expect(john.item("Which?", "live")).to_be_visible()
        john.page.screenshot(path=pictures / "control.png")
        john.page.locator("h1").click()
        john.page.keyboard.press("c")
        expect(john.item("Which?", "closed")).to_be_visible()
        is_accessible(john.page)
        screen = stage.screen().page
        expect(screen.locator("[data-question]")).to_have_text("Which?")
        is_in(screen, language)
        screen.screenshot(path=pictures / "screen.png")

    with spoken(demo, language):
        play(scene)


def test_every_language_is_chosen_by_its_own_name_and_stays(play, demo: Demo):
    def scene(stage: Stage) -> None:
        page = stage.open(EVENT)
        for code, name in [*LANGUAGES[1:], LANGUAGES[0]]:
            page.locator(".languages summary").click()
            page.get_by_role("link", name=name, exact=True).click()
            expect(page.locator("html")).to_have_attribute("lang", code)
            page.goto(demo.server.url + EVENT)
            expect(page.locator("html")).to_have_attribute("lang", code)
            assert page.evaluate(WIDER) == []

    play(scene)


# Sentences of one Latin run whose last sign stands to the left of the letter before it.
TURNED_ROUND = """() => {
  const at = (node, offset) => {
    const range = document.createRange()
    range.setStart(node, offset)
    range.setEnd(node, offset + 1)
    return range.getBoundingClientRect()
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const turned = []
  while (walker.nextNode()) {
    const node = walker.currentNode
    const end = node.data.trimEnd().length
    const isLatin = /^[^\\u0600-\\u06ff]*[a-z][.?!]$/i.test(node.data.trim())
    if (!isLatin || !node.parentElement.checkVisibility()) continue
    const [letter, sign] = [at(node, end - 2), at(node, end - 1)]
    if (letter.top === sign.top && sign.left < letter.left) turned.push(node.data.trim())
  }
  return turned
}"""


def test_sentences_from_left_to_right_end_at_their_end_in_pages_from_right_to_left(play, demo: Demo):
    demo.launch("Which of these?", "This one.", "That one!", visibility="always")

    def scene(stage: Stage) -> None:
        pages = [
            stage.open(path, **asks("ar")) for path in ("/", EVENT, f"{ROOM}about/", ROOM, f"{ROOM}screen/")
        ]
        pages.append(stage.moderator(**asks("ar")).page)
        for page in pages:
            is_in(page, "ar")
            assert page.evaluate(TURNED_ROUND) == [], page.url
        assert "Which of these?" in pages[-1].inner_text("body")

    with spoken(demo, "ar"):
        play(scene)
