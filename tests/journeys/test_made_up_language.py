"""The pages in a language whose texts have no English letter and are longer by 40 %, in both directions.

What is found in English is not marked for translation; what is wider than the page breaks in German too.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sessions.models import Event, Session
from tests.factories import make_line, make_moderator, make_organiser, make_poll, make_question, make_session
from tests.support import pseudo
from tests.support.browser import open_page
from tests.support.inner_server import inner
from tests.support.people import sign_in_cookie
from tools.messages.sources import all_sources

__all__ = ["inner"]

# Names, formats and addresses, which are the same in every language.
SAME = re.compile(
    r"OpenDev|Companion|UTC|REST|JSON|API|CSV|XLSX|Markdown|iCal|QR|PNG|SVG|Etherpad|\b\w+\.(?:json|xml|ics)\b"
    r"|https?://\S+|127\.0\.0\.1\S*|/\S+/|Name of \w+|English|Esc|Net Promoter Score|NPS|\[[^\]]*\]"
    r"|pretalx|frab|Zoom|pretix|Eventbrite|Luma|Authorization: Bearer|Kubernetes"
)
ENGLISH = re.compile(r"[A-Za-z]{2,}")
TEXTS = """() => {
  const texts = [document.title]
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const home = walker.currentNode.parentElement
    if (home.checkVisibility() && !home.closest("script, style, [translate=no]")) texts.push(walker.currentNode.data)
  }
  for (const name of ["aria-label", "placeholder", "title", "alt"])
    for (const node of document.querySelectorAll(`[${name}]`))
      if (node.checkVisibility()) texts.push(node.getAttribute(name))
  return texts.map((text) => text.trim()).filter(Boolean)
}"""
WIDER = """() => {
  const page = document.documentElement
  if (page.scrollWidth <= page.clientWidth) return []
  const isOut = (box) => box.right > page.clientWidth + 1 || box.left < -1
  return [...document.querySelectorAll("main *, header *, nav *")]
    .filter((node) => node.checkVisibility() && isOut(node.getBoundingClientRect()))
    .map((node) => node.outerHTML.slice(0, 120))
}"""
ATTENDEES = ["/", "/join/", "code", "programme", "session", "room", "questions", "screen", "follow-ups"]
TEAM = [
    "control",
    "queue",
    "run-sheet",
    "team",
    "organise",
    "settings",
    "registrations",
    "exports",
    "recap",
    "audit",
]


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locale")
    sources = all_sources()
    for language in (pseudo.LANGUAGE, pseudo.RIGHT_TO_LEFT):
        pseudo.write_catalogue(folder, language, sources)
    return folder


@pytest.fixture
def made_up(catalogues: Path) -> Iterator[None]:
    with pseudo.offered(catalogues, pseudo.LANGUAGE, pseudo.RIGHT_TO_LEFT):
        yield


@pytest.fixture
def session(inner, made_up: None) -> Session:
    session = make_session(title="Проба", short_title="Проба", state="live")
    session.event.__class__.objects.filter(pk=session.event_id).update(name="Событие", short_name="Событие")
    make_poll(session, question="Где вы?", options=("да", "нет"), visibility="always")
    make_question(session, "Почему?")
    make_line(session, "Сети")
    session.refresh_from_db()
    return session


def addresses(session: Session) -> dict[str, str]:
    event, room = f"/{session.event.slug}/", f"/{session.event.slug}/sessions/{session.slug}/"
    return {
        "/": "/",
        "/join/": "/join/",
        "code": f"/j/{session.code}/?who",
        "programme": event,
        "session": f"{event}sessions/{session.slug}/about/",
        "room": room,
        "questions": f"{room}?tab=questions",
        "screen": f"{room}screen/",
        "follow-ups": f"{event}follow-ups/",
        "control": f"{room}control/",
        "queue": f"{room}control/questions/",
        "run-sheet": f"{room}control/run-sheet/",
        "team": f"{room}control/team/",
        "organise": f"{event}organise/",
        "settings": f"{event}organise/event/",
        "registrations": f"{event}registrations/",
        "exports": f"{event}export/",
        "recap": f"{event}recap/edit/",
        "audit": f"{event}organise/audit/",
    }


def walk(inner, browser, session: Session, language: str, *, as_team: bool) -> dict[str, Any]:
    """Return what is wrong with each page: English texts, and what is wider than a phone or a window."""
    Event.objects.filter(pk=session.event_id).update(language=language)  # the screen's
    cookies: list[Any] = [{"name": "lang", "value": language, "url": inner.url}]
    if as_team:
        organiser = make_organiser(session.event)
        make_moderator(session, "Иван")
        organiser.first_name, organiser.last_name = "Анна", "К"
        organiser.save()
        cookies.append({"name": "sessionid", "value": sign_in_cookie(organiser), "url": inner.url})
    by_name = addresses(session)

    def visit(chromium: Any) -> dict[str, Any]:
        wrong: dict[str, Any] = {}
        for width in (390, 1280):
            with open_page(chromium, quiet=False, viewport={"width": width, "height": 800}) as page:
                page.context.add_cookies(cookies)
                for name in TEAM if as_team else ATTENDEES:
                    answer = page.goto(f"{inner.url}{by_name[name]}")
                    if answer is None or answer.status != 200:
                        wrong[f"{name} {width}"] = answer and answer.status
                        continue
                    page.wait_for_timeout(150)
                    assert page.locator("html").get_attribute("lang") == language
                    english = {text for text in page.evaluate(TEXTS) if ENGLISH.search(SAME.sub("", text))}
                    wider = page.evaluate(WIDER)
                    if english or wider:
                        wrong[f"{name} {width}"] = [*sorted(english), *wider[:5]]
        return wrong

    found: dict[str, Any] = browser(visit, seconds=200)
    return found


@pytest.mark.parametrize("as_team", [False, True], ids=["attendees", "team"])
@pytest.mark.parametrize("language", [pseudo.LANGUAGE, pseudo.RIGHT_TO_LEFT])
def test_every_text_is_translated_and_fits(inner, browser, session: Session, language: str, as_team: bool):
    assert walk(inner, browser, session, language, as_team=as_team) == {}
