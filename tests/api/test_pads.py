"""REST: a session's pad, its repairs, and an event's rules for new pads."""

import pytest

from etherpad_links.models import EtherpadLink, PadCopy, PadLine
from sessions.programme.models import Session
from tests.factories import NOW, make_line, make_moderator, make_organiser, make_session
from tests.support.people import Answer

URL = "https://pads.example/p/agenda"


@pytest.fixture
def session() -> Session:
    return make_session()


@pytest.fixture
def moderator(person, session):
    return person(user=make_moderator(session))


def test_pad_is_linked_seen_by_everybody_and_taken_away(person, moderator, session):
    path = f"sessions/{session.pk}/etherpad-link/"
    assert person().rest("GET", path) == Answer(404, "not_found")
    made = moderator.rest("PUT", path, {"url": f"{URL}/timeslider", "key": "a-secret-key"})
    assert (made.body["url"], made.body["health"], made.body["lines"]) == (URL, "unknown", [])
    assert person().rest("GET", path).body == made.body
    assert "secret" not in made.text
    assert moderator.rest("DELETE", path).code == ""
    assert person().rest("GET", path) == Answer(404, "not_found")


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({}, "malformed", "url"),
        ({"url": 7}, "malformed", "url"),
        ({"url": "https://pads.example/"}, "not_a_pad", "url"),
        ({"url": URL, "key": "x" * 201}, "malformed", "key"),
    ],
)
def test_pad_that_cannot_be_is_refused_by_field(moderator, session, given, code, field):
    assert moderator.rest("PUT", f"sessions/{session.pk}/etherpad-link/", given) == Answer(
        400, code, frozenset({field})
    )
    assert not EtherpadLink.objects.filter(session=session).exists()


def test_pad_is_made_only_where_there_is_a_server(moderator, session):
    assert moderator.rest("POST", f"sessions/{session.pk}/etherpad-link/").code == "no_pad_server"


def test_lost_heading_is_pointed_to_and_written_anew(moderator, session):
    line = make_line(session)
    path = f"sign-up-lines/{line.pk}/heading/"
    assert moderator.rest("PUT", path, {"anew": True}).code == "not_in_a_pad"
    link = EtherpadLink.objects.create(session=session, url=URL)
    PadCopy.objects.create(
        link=link, author="a.x", revision=1, text="one\n\nthree\n", runs="", pool={}, seen_at=NOW
    )
    for number in (None, 0, 2, 9, "3", True):
        assert moderator.rest("PUT", path, {"number": number}) == Answer(
            400, "malformed", frozenset({"number"})
        )
    assert moderator.rest("PUT", path, {"anew": "yes"}) == Answer(400, "malformed", frozenset({"anew"}))
    assert moderator.rest("PUT", path, {"number": 3}).code == ""
    assert PadLine.objects.get(line=line).pointed_at == 3
    told = moderator.rest("PUT", path, {"anew": True}).body["lines"]
    assert [one["line"] for one in told] == [str(line.pk)]
    assert PadLine.objects.get(line=line).wants_heading


def test_organiser_sees_all_pads_and_sets_the_rules(person, session):
    organiser, event = person(user=make_organiser(session.event)), session.event
    EtherpadLink.objects.create(session=session, url=URL, health="ok", health_at=NOW)
    listed = organiser.rest("GET", f"events/{event.slug}/pads/").body["results"]
    assert listed == [
        {
            "session": str(session.pk),
            "title": session.title,
            "url": URL,
            "health": "ok",
            "since": listed[0]["since"],
            "lost_lines": 0,
        }
    ]
    path = f"events/{event.slug}/pad-rules/"
    assert organiser.rest("PATCH", path, {"name_pattern": "x"}) == Answer(
        400, "malformed", frozenset({"name_pattern"})
    )
    given = {"name_pattern": "{event}-{session}", "template": "minutes"}
    assert organiser.rest("PATCH", path, given).body == given
    assert organiser.rest("GET", path).body == given
