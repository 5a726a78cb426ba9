"""Ready answers: the same poll by the form without script, by the quick poll's bracket, by REST."""

import json

import pytest

from opendev.room.forms import read_line
from polls.kinds import PRESETS, read_quick_line
from polls.models import Poll
from tests.factories import make_moderator, make_poll
from tests.room.pages import at, code_of, text_of

pytestmark = pytest.mark.django_db
USUAL = {"kind": "single", "anonymous": "on", "may_change": "on", "visibility": "after_voting"}
MADE = {
    "yes_no": ("single", ["Yes", "No", "Abstain"]),
    "agree": ("scale", ["Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"]),
    "fist": ("scale", ["0 stop", "1", "2", "3", "4", "5 all in"]),
    "confidence": ("scale", ["0 not at all", *"123456789", "10 fully"]),
    "nps": ("scale", ["0 not at all likely", *"123456789", "10 extremely likely"]),
    "temperature": ("scale", ["1 cold", "2", "3", "4", "5 hot"]),
    "one_word": ("words", []),
    "open": ("text", []),
}


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session))


def rest(browser, method, path, body):
    said = browser.generic(method, f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    return said.status_code, json.loads(said.content)


def made():
    """What the newest poll is, but for its numbers."""
    poll = Poll.objects.order_by("pk").last()
    fields = ("question", "kind", "rules", "min", "max", "anonymous", "may_change", "visibility", "state")
    texts = list(poll.options.order_by("position").values_list("text", flat=True))
    return {**{name: getattr(poll, name) for name in fields}, "options": texts}


def test_every_preset_is_tried_here():
    assert PRESETS.keys() == MADE.keys()


@pytest.mark.parametrize("name", PRESETS)
def test_preset_makes_the_same_poll_by_form_line_and_rest(session, desk, name):
    add, path = at(session, "control-poll-add"), f"sessions/{session.pk}/polls/"
    assert f'<option value="{name}"' in text_of(desk.get(at(session, "control")))
    assert desk.post(add, {**USUAL, "line": "Shall we?", "preset": name}).status_code == 302
    by_form = made()
    assert desk.post(add, {**USUAL, "line": f"Shall we? [{PRESETS[name].line.upper()}]"}).status_code == 302
    by_line = made()
    status, body = rest(desk, "POST", path, {"question": "Shall we?", "preset": name})
    assert (status, "preset" in body) == (201, False)
    assert by_form == by_line == made()
    assert (by_form["kind"], by_form["options"]) == MADE[name]
    assert (by_form["question"], by_form["min"], by_form["max"]) == ("Shall we?", 1, 1)
    assert Poll.objects.count() == 3


def test_form_launches_ready_answers_with_the_other_settings(session, desk):
    form = {"line": "Agreed?", "preset": "agree", "kind": "multiple", "visibility": "always", "launch": "1"}
    assert desk.post(at(session, "control-poll-add"), form).status_code == 302
    poll = made()
    assert (poll["kind"], poll["state"], poll["visibility"], poll["anonymous"]) == (
        "scale", "live", "always", False,
    )  # fmt: skip


@pytest.mark.parametrize("line", ["Which? / a / b", "Which? [text]", "Which? [agree]", " "])
def test_form_refuses_two_sets_of_answers_and_keeps_both(session, desk, line):
    refused = desk.post(at(session, "control-poll-add"), {**USUAL, "line": line, "preset": "agree"})
    page = text_of(refused)
    assert (refused.status_code, code_of(refused)) == (400, "bad_line")
    assert '<option value="agree" selected>' in page
    assert line.strip() in page
    assert not Poll.objects.exists()


@pytest.mark.parametrize(
    "more", [{"preset": "maybe"}, {"preset": 7}, {"preset": ["agree"]}, {"preset": "agree", "kind": "single"},
             {"preset": "one_word", "max": 2}, {"preset": "yes_no", "options": [{"text": "a"}, {"text": "b"}]}]
)  # fmt: skip
def test_rest_refuses_an_unknown_preset_and_one_beside_what_it_says(session, desk, more):
    status, refused = rest(desk, "POST", f"sessions/{session.pk}/polls/", {"question": "Q?", **more})
    assert (status, refused["code"], list(refused["fields"])) == (400, "malformed", ["preset"])
    sent = desk.post(at(session, "control-poll-add"), {**USUAL, "line": "Q?", "preset": "maybe"})
    assert (sent.status_code, code_of(sent)) == (400, "malformed")
    assert not Poll.objects.exists()


def test_draft_takes_ready_answers_and_a_launched_poll_does_not(session, desk):
    draft, live = make_poll(session, state="draft"), make_poll(session)
    assert rest(desk, "PATCH", f"polls/{draft.pk}/", {"preset": "yes_no"})[0] == 200
    texts = [option.text for option in draft.options.order_by("position")]
    assert texts == ["Yes", "No", "Abstain"]
    status, refused = rest(desk, "PATCH", f"polls/{live.pk}/", {"preset": "agree"})
    assert (status, refused["code"]) == (409, "rules_are_frozen")


def test_bracket_of_a_preset_is_read_without_regard_to_case_and_blanks():
    said = [read_quick_line(f"Q? [{bracket}]") for bracket in ("yes/no", "Yes / No", " YES/NO ")]
    assert said[0] is not None
    assert said[1:] == said[:1] * 2
    assert read_line("Q? [yes / no]")["question"] == "Q?"
    assert read_quick_line("Q? [yes or no]") is None
