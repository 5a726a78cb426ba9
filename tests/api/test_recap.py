"""REST for the recap's draft: two who rewrite one paragraph are told, and nobody's words are replaced unseen."""

import pytest

from tests.factories import make_event, make_organiser, make_session

TITLE = "event/title"


@pytest.fixture
def event():
    return make_session(make_event(name="A small event")).event


@pytest.fixture
def editor(person, event):
    """An organiser with a drafted recap: `editor(method, body)` is their program."""
    who = person(user=make_organiser(event))
    who.rest("POST", f"events/{event.slug}/recap/draft/")
    return lambda method, body=None: who.rest(method, f"events/{event.slug}/recap/draft/", body)


def title_in(answer):
    return next(one["text"] for one in answer.body["paragraphs"] if one["key"] == TITLE)


def test_words_of_somebody_else_are_replaced_by_none_who_has_not_seen_them(editor):
    drafted = title_in(editor("GET"))
    assert title_in(editor("PATCH", {"key": TITLE, "text": "Theirs", "seen": drafted})) == "Theirs"
    for stale in ({}, {"seen": None}, {"seen": drafted}, {"seen": ""}):
        for words in ("Mine", None):
            refused = editor("PATCH", {"key": TITLE, "text": words, **stale})
            assert (refused.status, refused.code, refused.fields) == (409, "edited_meanwhile", {"text"})
    assert title_in(editor("GET")) == "Theirs"
    assert title_in(editor("PATCH", {"key": TITLE, "text": "Mine", "seen": " Theirs\r\n"})) == "Mine"
    assert title_in(editor("PATCH", {"key": TITLE, "text": None, "seen": "Mine"})) == drafted


def test_first_to_rewrite_a_paragraph_needs_to_have_seen_the_drafted_words_alone(editor):
    for _ in ("first", "again, after an answer that was lost"):
        assert title_in(editor("PATCH", {"key": TITLE, "text": "Mine"})) == "Mine"


def test_leaving_out_replaces_no_words_and_needs_nothing_seen(editor):
    editor("PATCH", {"key": TITLE, "text": "Theirs"})
    assert editor("PATCH", {"key": TITLE, "left_out": True}).status == 200
    assert title_in(editor("PATCH", {"key": TITLE, "left_out": False})) == "Theirs"


@pytest.mark.parametrize("seen", [7, ["Theirs"], "x" * 6001])
def test_seen_that_is_no_text_is_named(editor, seen):
    refused = editor("PATCH", {"key": TITLE, "text": "Mine", "seen": seen})
    assert (refused.code, refused.fields) == ("malformed", {"seen"})
