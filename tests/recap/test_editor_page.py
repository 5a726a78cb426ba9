"""The recap's editor: one page, many boxes, several editors; no press of a button loses what was typed."""

import html
import json
import re

import pytest

from opendev.core.web.typed import SEEN, digest
from sessions.recap.models import RecapEdit
from tests.factories import make_event, make_session
from tests.factories.sessions import organiser_of
from tests.room.pages import code_of, text_of

pytestmark = pytest.mark.django_db
BOX = re.compile(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.S)
TITLE, LEDE = "text-event/title", "text-event/lede"


@pytest.fixture
def event():
    return make_session(make_event(name="A small event")).event


@pytest.fixture
def organiser(browser_of, event):
    organiser_of(event)
    browser = browser_of(user=event.organisers.first())
    browser.post(f"/{event.slug}/recap/draft/")
    return browser


def boxes_of(page):
    """All that a browser would send with any button of the page."""
    text = text_of(page)
    seen = re.search(r'name="seen" value="([^"]*)"', text)[1]
    boxes = {
        html.unescape(name): html.unescape(words).replace("\n", "\r\n") for name, words in BOX.findall(text)
    }
    return {SEEN: html.unescape(seen), "kind": "upcoming", **boxes}


def open_page(browser, event):
    return boxes_of(browser.get(f"/{event.slug}/recap/edit/"))


def send(browser, event, page, boxes, **button):
    return browser.post(f"/{event.slug}/recap/{page}/", {**boxes, **button})


def words_in(browser, event, box):
    return boxes_of(browser.get(f"/{event.slug}/recap/edit/"))[box]


PRESSES = [
    ("save", {}),
    ("save", {"then": "preview"}),
    ("draft", {}),
    ("paragraph", {"keep": "event/title"}),
    ("paragraph", {"leave_out": "event/thanks"}),
    ("steps", {"title": "Summit"}),
    ("withdraw", {}),
]


@pytest.mark.parametrize(("page", "button"), PRESSES)
def test_every_button_saves_all_boxes(organiser, event, page, button):
    organiser.post(f"/{event.slug}/recap/publish/")
    boxes = open_page(organiser, event) | {TITLE: "Our headline", LEDE: "Our introduction"}
    answer = send(organiser, event, page, boxes, **button)
    assert answer.status_code in {302, 404}  # there may be no such paragraph to leave out
    if answer.status_code == 302:
        assert (words_in(organiser, event, TITLE), words_in(organiser, event, LEDE)) == (
            "Our headline",
            "Our introduction",
        )
        assert RecapEdit.objects.filter(text__isnull=False).count() == 2


def test_preview_shows_what_was_typed_a_moment_ago(organiser, event):
    boxes = open_page(organiser, event) | {LEDE: "Typed just now"}
    answer = send(organiser, event, "save", boxes, then="preview")
    assert answer["Location"] == f"/{event.slug}/recap/preview/"
    assert "Typed just now" in text_of(organiser.get(answer["Location"]))


def test_next_step_that_was_typed_comes_along_with_any_save_and_once(organiser, event):
    send(organiser, event, "save", open_page(organiser, event), title="Summit")
    send(organiser, event, "steps", open_page(organiser, event), title="Meetup")
    assert [step.title for step in event.next_steps.all()] == ["Summit", "Meetup"]
    refused = send(
        organiser, event, "save", open_page(organiser, event) | {TITLE: "Kept"}, url="https://x.example/"
    )
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert boxes_of(refused)[TITLE] == "Kept"
    assert 'value="https://x.example/"' in text_of(refused)
    assert not RecapEdit.objects.exists()


def test_box_that_is_too_long_is_named_and_nothing_is_saved_or_lost(organiser, event):
    boxes = open_page(organiser, event) | {TITLE: "x" * 6001, LEDE: "Fine"}
    refused = send(organiser, event, "save", boxes)
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    again = boxes_of(refused)
    assert (again[TITLE], again[LEDE]) == ("x" * 6001, "Fine")
    assert not RecapEdit.objects.exists()
    assert send(organiser, event, "save", again | {TITLE: "Shorter"}).status_code == 302
    assert words_in(organiser, event, LEDE) == "Fine"


def test_two_editors_of_one_paragraph_are_told_and_nobody_loses_a_word(organiser, event):
    mine, theirs = open_page(organiser, event), open_page(organiser, event)
    send(organiser, event, "save", theirs | {TITLE: "Theirs"})
    refused = send(organiser, event, "save", mine | {TITLE: "Mine", LEDE: "My introduction"})
    assert (refused.status_code, code_of(refused)) == (409, "edited_meanwhile")
    assert "Theirs" in text_of(refused)
    again = boxes_of(refused)
    assert (again[TITLE], again[LEDE]) == ("Mine", "My introduction")
    assert words_in(organiser, event, TITLE) == "Theirs"
    assert send(organiser, event, "save", again).status_code == 302
    assert words_in(organiser, event, TITLE) == "Mine"
    assert [edit.text for edit in RecapEdit.objects.filter(key="event/title")] == ["Theirs", "Mine"]


def test_two_editors_of_different_paragraphs_do_not_disturb_each_other(organiser, event):
    mine, theirs = open_page(organiser, event), open_page(organiser, event)
    send(organiser, event, "save", theirs | {TITLE: "Theirs"})
    assert send(organiser, event, "save", mine | {LEDE: "Mine"}).status_code == 302
    assert (words_in(organiser, event, TITLE), words_in(organiser, event, LEDE)) == ("Theirs", "Mine")


def test_drafted_words_replace_no_words_that_their_editor_has_not_seen(organiser, event):
    drafted = words_in(organiser, event, TITLE)
    mine, theirs = open_page(organiser, event), open_page(organiser, event)
    send(organiser, event, "save", theirs | {TITLE: "Theirs"})
    refused = send(organiser, event, "paragraph", mine, take_draft="event/title")
    assert (refused.status_code, code_of(refused)) == (409, "edited_meanwhile")
    assert "Theirs" in text_of(refused)
    assert words_in(organiser, event, TITLE) == "Theirs"
    answer = send(organiser, event, "paragraph", open_page(organiser, event), take_draft="event/title")
    assert answer.status_code == 302
    assert words_in(organiser, event, TITLE) == drafted


def test_both_editors_with_the_same_words_agree(organiser, event):
    mine, theirs = open_page(organiser, event), open_page(organiser, event)
    send(organiser, event, "save", theirs | {TITLE: "Same"})
    assert send(organiser, event, "save", mine | {TITLE: "Same"}).status_code == 302


def test_words_for_a_paragraph_that_is_gone_from_the_draft_come_back(organiser, event):
    boxes = open_page(organiser, event)
    refused = send(organiser, event, "save", boxes | {"text-session/999/prose": "Long words"})
    assert (refused.status_code, code_of(refused)) == (409, "edited_meanwhile")
    assert "Long words" in text_of(refused)


def test_seen_that_is_no_json_is_as_if_nothing_was_seen(organiser, event):
    boxes = open_page(organiser, event) | {TITLE: "Words"}
    for seen in ("", "{", "[]", '{"text-event/title": 1}'):
        assert send(organiser, event, "save", {**boxes, SEEN: seen}).status_code == 302
    assert words_in(organiser, event, TITLE) == "Words"


def test_digest_knows_no_line_ends_and_no_outer_blanks():
    assert digest("a\r\nb ") == digest("a\nb") != digest("a b")
    assert json.loads(json.dumps(digest("é")))
