"""Words of an event's people say their language where it is not the page's (WCAG 3.1.2): a walk through the pages."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils import translation

from opendev.recap.services import draft_recap, publish_recap
from sessions.models import Session
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_line,
    make_moderator,
    make_organiser,
    make_poll,
    make_session,
)
from tests.factories.sessions import organiser_of
from tests.room.pages import text_of

pytestmark = pytest.mark.django_db
VOID = {
    "input",
    "meta",
    "link",
    "img",
    "br",
    "hr",
    "use",
    "rect",
    "path",
    "circle",
    "source",
    "wbr",
    "col",
    "line",
}
# Titles are the browser's, and what scripts copy from is in the page as it is in these rows.
UNSEEN = {"title", "script", "style", "svg"}
# Sentences of ours that quote somebody, and lists of choices that join several words.
QUOTING = {"data-sentence", "data-consent-words"}
FRENCH, GERMAN = "Fête", "Straße"


class Walk(HTMLParser):
    """Finds the words of an event's people that stand in another language than they should."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str, bool]] = []
        self.wrong: list[str] = []
        self.right = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        language = said.get("lang") or (self.open[-1][1] if self.open else "")
        is_quoting = bool(said.keys() & QUOTING) or (self.open[-1][2] if self.open else False)
        self.judge(said.get("value") or "", tag, language, is_quoting)
        if tag not in VOID:
            self.open.append((tag, language, is_quoting))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and not {tag for tag, _language, _quoting in self.open} & UNSEEN:
            tag, language, is_quoting = self.open[-1]
            self.judge(data, tag, language, is_quoting)

    def judge(self, words: str, tag: str, language: str, is_quoting: bool) -> None:
        wanted = "de" if GERMAN in words else "fr" if FRENCH in words else ""
        if wanted == language:
            self.right += 1
        elif wanted and not is_quoting:
            self.wrong.append(f"{language} <{tag}>: {' '.join(words.split())[:80]}")


def walked(page: Any) -> Walk:
    walk = Walk()
    walk.feed(text_of(page))
    return walk


def test_a_walk_finds_words_without_their_language():
    walk = Walk()
    walk.feed(
        f"<html lang=en><p>{GERMAN}</p><p lang=de>{GERMAN}<b>{GERMAN}</b></p><p lang=de>{FRENCH}</p>"
        f"<p lang=fr>{FRENCH}<br></p><p data-sentence>From {GERMAN}</p><input value={GERMAN}><i>Ours</i>"
    )
    assert walk.wrong == [f"en <p>: {GERMAN}", f"de <p>: {FRENCH}", f"en <input>: {GERMAN}"]


@pytest.fixture
def session(browser_of: Any) -> Session:
    """A session in German of an event in French, with everything that its people write."""
    event = make_event(name=FRENCH, short_name="", language="fr")
    words = {
        "title": GERMAN,
        "short_title": GERMAN,
        "subtitle": GERMAN,
        "topic": GERMAN,
        "description": GERMAN,
    }
    session = make_session(event, language="Deutsch", prompts=GERMAN, **words)
    for state in ("upcoming", "over"):
        make_session(event, state=state, language="de", **words)
    make_moderator(session, "Ada")
    options = [GERMAN, f"{GERMAN} 2"]
    for state in ("draft", "closed", "published", "live"):
        make_poll(session, state=state, question=f"{GERMAN}?", options=options, visibility="always")
    for kind in ("ranking", "points"):
        make_poll(
            session, state="live", kind=kind, question=f"{GERMAN}?", options=options, visibility="always"
        )
    make_line(session, "Line")
    return session


def publish(session: Session) -> None:
    draft_recap(event_id=session.event_id, caller=organiser_of(session.event), now=NOW)
    publish_recap(event_id=session.event_id, caller=organiser_of(session.event), now=NOW)


def pages_of(session: Session) -> list[str]:
    event, room = f"/{session.event.slug}/", session.get_absolute_url()
    others = Session.objects.filter(event=session.event).exclude(pk=session.pk)
    return [
        *("/", "/join/", f"/j/{session.code}/", event, f"{room}about/"),
        *(f"{room}?tab={tab}" for tab in ("poll", "questions", "follow-ups")),
        *(f"{event}{page}/" for page in ("follow-ups", "questions")),
        *(f"{event}sessions/{other.slug}/" for other in others),
        session.sign_up_lines.get().get_absolute_url(),
    ]


def test_pages_of_visitors_say_the_language_of_what_people_wrote(browser_of, session: Session):
    visitor = browser_of(make_attendee(session))
    walks = {page: walked(visitor.get(page, follow=True)) for page in pages_of(session)}
    assert {page: walk.wrong for page, walk in walks.items() if walk.wrong} == {}
    assert all(walk.right for walk in walks.values())


def test_pages_of_moderators_and_organisers_do_too(browser_of, session: Session):
    organiser = browser_of(user=make_organiser(session.event))
    publish(session)
    names = (
        "",
        "-questions",
        "-run-sheet",
        "-team",
        "-timeline",
        "-pad",
        "-poll-files",
        "-sheet-files",
        "-bank",
    )
    base = f"/{session.event.slug}/"
    pages = [
        *(session.address(f"control{name}") for name in names),
        session.address("control-poll-edit", poll=session.polls.filter(state="draft").get().pk),
        *(f"{base}{page}/" for page in ("registrations", "pads", "organise", "follow-ups", "export")),
        *(f"{base}organise/{page}/" for page in ("event", "clone", f"sessions/{session.slug}")),
        session.address("recording"),
    ]
    walks = {page: walked(organiser.get(page, follow=True)) for page in pages}
    assert {page: walk.wrong for page, walk in walks.items() if walk.wrong} == {}


def test_a_page_in_the_language_of_the_words_says_nothing_of_it(browser_of, session: Session):
    visitor = browser_of()
    room = text_of(visitor.get(session.get_absolute_url(), headers={"Accept-Language": "de"}))
    assert 'lang="de"' not in room.partition("</head>")[2].partition('<nav class="languages"')[0]


def test_a_recap_is_in_its_own_language_with_all_that_is_in_it(browser_of, session: Session):
    publish(session)
    page = text_of(browser_of().get(f"/{session.event.slug}/recap/"))
    assert '<article lang="fr" dir="ltr">' in page
    with translation.override("fr"):
        assert translation.gettext("Sources") in page
