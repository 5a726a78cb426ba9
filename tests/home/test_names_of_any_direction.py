"""Words that run from right to left turn nothing beside them: each stands in an element with a direction of its own."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from opendev.recap.services import draft_recap, publish_recap
from sessions.models import Person, SessionRole
from sessions.registrations.models import Registration
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_line,
    make_moderator,
    make_organiser,
    make_poll,
    make_question,
    make_session,
    put_name,
)
from tests.factories.sessions import organiser_of
from tests.room.pages import text_of

pytestmark = pytest.mark.django_db
TURNING = re.compile("[\u05d0-\u05ea]")
# Elements whose whole text has a direction of its own: by their nature, or by product.css.
ISOLATED = {"bdi", "textarea", "option", "title"}
BLOCKS = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "li",
    "td",
    "th",
    "dd",
    "dt",
    "div",
    "legend",
    "caption",
    "blockquote",
    "label",
}
BY_STYLE = {"data-by", "data-own-name", "data-option-text", "data-question", "data-text", "data-changes"}
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
UNSEEN = {
    "script",
    "style",
    "title",
    "svg",
    "i",
}  # titles are the browser's; texts for scripts are no part of the page
SENTENCES = {"data-sentence", "data-consent-words"}  # sentences of ours that quote, as they are in files


def word(number: int) -> str:
    """A word of its own for each field, so that a complaint says which one it was."""
    return chr(0x5D0 + number // 20) + chr(0x5D0 + number % 20) * 3


NAMES = {
    name: word(number)
    for number, name in enumerate(
        (
            *(
                "event",
                "session",
                "subtitle",
                "topic",
                "place",
                "track",
                "part",
                "moderator",
                "company",
                "job",
            ),
            *(
                "attendee",
                "firm",
                "question",
                "answer",
                "poll",
                "option",
                "other option",
                "follow-up",
                "summary",
            ),
            *(
                "group",
                "owner",
                "prompt",
                "display",
                "token",
                "registered",
                "helper",
                "resource",
                "note",
            ),
            *("dismissed question", "waiting question", "pad name", "removed name", "closed poll"),
        )
    )
}


class Walk(HTMLParser):
    """The words that share an element with ours."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.mixed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        while self.open:
            name, said, texts = self.open.pop()
            self.judge(name, said, texts)
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self.open and data.strip():
            self.open[-1][2].append(data.strip())

    def judge(self, tag: str, said: dict[str, str | None], texts: list[str]) -> None:
        """An inline element with nothing but such a word is judged with its parent; others leave a mark in it."""
        if tag in UNSEEN or "vh" in (said.get("class") or "").split():
            return
        parent = self.open[-1][2] if self.open else []
        is_block = tag in BLOCKS or said.get("class") == "gut"
        turns = any(TURNING.search(text) for text in texts)
        is_alone = len(texts) == 1 and not re.search("[A-Za-z0-9]", texts[0])
        is_isolated = tag in ISOLATED or said.get("dir") == "auto" or said.keys() & BY_STYLE
        if turns and not is_block and not is_isolated and is_alone:
            parent.extend(texts)
            return
        if texts:
            parent.append("<>")
        is_sentence = bool(said.keys() & SENTENCES) or tag in {"textarea", "option"}
        if turns and not is_sentence and not (is_alone and (is_isolated or is_block)):
            self.mixed.append(
                f"<{tag} {' '.join(f'{key}={value}' for key, value in said.items())[:60]}> {texts}"
            )


def mixed_on(page: Any) -> list[str]:
    walk = Walk()
    walk.feed(text_of(page))
    text = "\n".join(dict.fromkeys(walk.mixed))
    for name, letters in NAMES.items():
        text = text.replace(letters, f"[{name}]")
    return text.splitlines()


def test_a_walk_finds_words_that_share_an_element():
    walk = Walk()
    walk.feed("<p>By אבג, now</p><p>By <bdi>אבג</bdi></p><h1><a>אבג</a></h1><p>x <b>אבג</b></p>")
    assert [found.partition(">")[0] for found in walk.mixed] == ["<p ", "<p "]


@pytest.fixture
def world(browser_of):
    """An event in which everything that people write runs from right to left."""
    event = make_event(name=NAMES["event"], short_name="", summary=NAMES["summary"])
    fields = {"title": NAMES["session"], "short_title": NAMES["session"], "subtitle": NAMES["subtitle"]}
    session = make_session(
        event, **fields, topic=NAMES["topic"], place=NAMES["place"], track=NAMES["track"], part=NAMES["part"]
    )
    make_session(event, state="upcoming", title=NAMES["session"], place=NAMES["place"])
    make_session(event, state="over", title=NAMES["session"])
    make_moderator(session, NAMES["moderator"])
    Person.objects.filter(event=event).update(company=NAMES["company"], title=NAMES["job"])
    helper = Person.objects.create(event=event, slug="helper", name=NAMES["helper"])
    SessionRole.objects.create(session=session, person=helper, role=SessionRole.Role.HELPER)
    owner = Person.objects.create(event=event, slug="owner", name=NAMES["owner"], company=NAMES["company"])
    ada = make_attendee(session, name=NAMES["attendee"], company=NAMES["firm"])
    for state, name in (("open", "question"), ("answered", "question"), ("dismissed", "dismissed question")):
        make_question(session, text=NAMES[name], state=state, attendee=ada, name=NAMES["attendee"])
    make_poll(session, state="published", question=NAMES["closed poll"], options=[NAMES["option"], "b"])
    make_poll(session, question=NAMES["poll"], options=[NAMES["option"], NAMES["other option"]])
    make_poll(session, state="draft", question=NAMES["poll"], options=[NAMES["option"], "b"])
    line = make_line(session, NAMES["follow-up"], summary=NAMES["summary"], owner=str(owner.pk))
    put_name(line, ada)
    organiser = organiser_who_acted(browser_of, event, session, line)
    return {
        "event": event,
        "session": session,
        "line": line,
        "organiser": organiser,
        "visitor": browser_of(ada),
    }


def organiser_who_acted(browser_of, event, session, line):
    """The browser of an organiser who has grouped lines, written a plan, imported a list and published the recap."""
    user = make_organiser(event)
    type(user).objects.filter(pk=user.pk).update(first_name=NAMES["moderator"])
    user.refresh_from_db()
    organiser = browser_of(user=user)
    organiser.post(f"/{event.slug}/follow-ups/groups/", {"title": NAMES["group"], "lines": [line.pk]})
    organiser.post(session.address("control-run-paste"), {"lines": f"Prompt: {NAMES['prompt']} (5)"})
    organiser.post(session.address("control-run-next"), {"seen": ""})
    organiser.post(session.address("control-display-make"), {"display_name": NAMES["display"]})
    organiser.post(session.address("control-token-make"), {"token_name": NAMES["token"]})
    rows = f"name,email,{NAMES['note']}\n{NAMES['registered']},a@example.org,x\n,broken,x\n"
    file = SimpleUploadedFile("people.csv", rows.encode())
    organiser.post(f"/{event.slug}/registrations/import/", {"file": file, "bad_rows": "skip"})
    one = Registration.objects.get()
    organiser.post(f"/{event.slug}/registrations/links/", {"email": one.email})
    draft_recap(event_id=event.pk, caller=organiser_of(event), now=NOW)
    publish_recap(event_id=event.pk, caller=organiser_of(event), now=NOW)
    return organiser


def test_pages_of_visitors_isolate_what_people_write(world):
    event, session, line = world["event"], world["session"], world["line"]
    room = session.get_absolute_url()
    pages = [
        *("/", "/join/", f"/j/{session.code}/", f"/{event.slug}/", f"{room}about/"),
        *(f"{room}?tab={tab}" for tab in ("poll", "questions", "follow-ups")),
        *(
            f"{room}screen/",
            f"/{event.slug}/follow-ups/",
            f"/{event.slug}/questions/",
            f"/{event.slug}/recap/",
        ),
        *(
            line.get_absolute_url(),
            *(other.get_absolute_url() for other in event.sessions.exclude(pk=session.pk)),
        ),
    ]
    complaints = {page: mixed_on(world["visitor"].get(page)) for page in pages}
    assert {page: said for page, said in complaints.items() if said} == {}


def test_pages_of_moderators_and_organisers_isolate_what_people_write(world):
    event, session, line = world["event"], world["session"], world["line"]
    base = f"/{event.slug}/"
    names = ("", "-questions", "-run-sheet", "-team", "-timeline", "-pad")
    question, poll = session.questions.first(), session.polls.first()
    group = event.follow_up_groups.get()
    pages = [
        *(session.address(f"control{name}") for name in names),
        session.address("control-line-edit", line=line.pk),
        session.address("control-question-edit", question=question.pk),
        session.address("control-poll-edit", poll=poll.pk),
        *(f"{base}{page}/" for page in ("registrations", "pads", "organise", "follow-ups", "export")),
        f"{base}follow-ups/groups/{group.pk}/",
        *(f"{base}organise/{page}/" for page in ("event", "schedule", "clone", f"sessions/{session.slug}")),
        *(f"{base}recap/{page}/" for page in ("edit", "preview")),
        session.address("recording"),
    ]
    complaints = {page: mixed_on(world["organiser"].get(page, follow=True)) for page in pages}
    assert {page: said for page, said in complaints.items() if said} == {}
