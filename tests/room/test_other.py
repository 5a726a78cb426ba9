"""Own words beside the options ("Other") by page without script, REST and socket; moderated, promoted, and exported."""

import json
import re

import pytest

from opendev.recap.draft import draft
from opendev.room.pad_results import PollResults
from polls.models import Poll
from polls.selectors import moderated_answers
from polls.services import record_ballots, set_poll_state
from polls.services.poll_batch import Vote
from tests.factories import NOW, make_attendee, make_moderator, make_poll
from tests.factories.sessions import organiser_of
from tests.room.pages import at, chosen_on, code_of, text_of

pytestmark = pytest.mark.django_db
WORDS = "Zanzibar"


@pytest.fixture
def desk(session, browser_of):
    return browser_of(user=make_moderator(session))


@pytest.fixture
def poll(session):
    return make_poll(session, rules={"other": True}, visibility="always")


def other_of(poll):
    return poll.options.get(is_other=True).pk


def write(poll, *words, attendee=None):
    votes = [Vote(poll.pk, attendee or make_attendee(poll.session), (), NOW, other=text) for text in words]
    record_ballots(votes, NOW)


def rest(browser, method, path, body=None):
    said = browser.generic(method, f"/api/v1/{path}", json.dumps(body), content_type="application/json")
    return said.status_code, json.loads(said.content)


def answer_id(poll, text):
    return next(answer.pk for answer in moderated_answers(poll) if answer.text == text)


# --- made


def test_other_is_ticked_in_the_form_and_stays_ticked(session, desk):
    poll = make_poll(session, state="draft")
    path = at(session, "control-poll-edit", poll)
    options = list(poll.options.order_by("position").values_list("pk", "text"))
    form = {
        "question": "Which?",
        "kind": "single",
        "visibility": "always",
        "option_id": [pk for pk, _text in options],
        "option_text": [text for _pk, text in options],
        "has_other": "1",
    }
    assert desk.post(path, {**form, "other": "on", "other_open": "on"}).status_code == 302
    poll.refresh_from_db()
    assert (poll.rules, poll.has_other) == ({"other": True, "approve": False}, True)
    page = text_of(desk.get(path))
    assert re.search(r'name="other" checked', page)
    assert re.search(r'name="other_open" checked', page)
    assert page.count('name="option_text"') == 6  # three, two empty ones, and the script's
    assert desk.post(path, form).status_code == 302
    poll.refresh_from_db()
    assert (poll.rules, poll.has_other, poll.options.count()) == ({}, False, 3)


@pytest.mark.parametrize(
    ("line", "kind", "rules", "right"),
    [
        ("Which? [other] / a / b", "single", {"other": True, "approve": True}, None),
        ("Which? [Other, unmoderated] / a / b", "single", {"other": True, "approve": False}, None),
        ("Which? [several] / a / b", "multiple", {}, None),
        ("Which? [several, other] / a / b", "multiple", {"other": True, "approve": True}, None),
        ("Which? [several, other, unmoderated] / a / b", "multiple", {"other": True, "approve": False}, None),
        ("Which? [several, other, right 1] / a / b", "multiple", {"other": True, "approve": True}, [1]),
        ("Which? [other several] / a / b", "single", {}, None),
        ("Which? [severalother] / a / b", "single", {}, None),
        ("Which? [] / a / b", "single", {}, None),
    ],
)
def test_quick_poll_offers_other_by_its_line(session, desk, line, kind, rules, right):
    sent = {"line": line, "kind": "single", "anonymous": "on", "visibility": "always"}
    assert desk.post(at(session, "control-poll-add"), sent).status_code == 302
    poll = Poll.objects.order_by("pk").last()
    assert (poll.kind, poll.rules, poll.right_answer) == (kind, rules, right)
    assert list(poll.options.order_by("position").values_list("text", flat=True)) == (
        ["a", "b", "Other"] if rules else ["a", "b"]
    )
    assert ("[" in poll.question) == (kind == "single" and not rules)


def test_rest_makes_it_and_refuses_other_kinds(session, desk):
    body = {"question": "Which?", "options": [{"text": "a"}, {"text": "b"}], "rules": {"other": True}}
    status, made = rest(desk, "POST", f"sessions/{session.pk}/polls/", body)
    assert (status, made["rules"]) == (201, {"other": True, "approve": True})
    assert [option.get("other", False) for option in made["options"]] == [False, False, True]
    status, refused = rest(desk, "POST", f"sessions/{session.pk}/polls/", {**body, "kind": "ranking"})
    assert (status, refused["code"], list(refused["fields"])) == (400, "malformed", ["rules"])


# --- voted


def test_vote_without_script_writes_changes_and_takes_back(poll, ada, browser_of):
    phone, room = browser_of(ada), at(poll.session)
    assert 'name="other" value="" maxlength="40"' in text_of(phone.get(room))
    other, path = other_of(poll), at(poll.session, "vote", poll)
    sent = {"option": other, "other_option": other, "other": WORDS}
    assert phone.post(path, sent).status_code == 302
    page = text_of(phone.get(f"{room}?view=form"))
    assert chosen_on(page_of(phone, room)) == {str(other)}
    assert f'name="other" value="{WORDS}"' in page
    refused = phone.post(path, {**sent, "other": " "})
    assert (refused.status_code, code_of(refused)) == (400, "other_needs_words")
    refused = phone.post(path, {**sent, "other": "x" * 41})
    assert (refused.status_code, code_of(refused)) == (400, "malformed")
    assert "x" * 41 in text_of(refused)
    a = poll.options.get(text="a").pk
    assert phone.post(path, {**sent, "option": a}).status_code == 302  # what is in the field is not meant
    assert chosen_on(page_of(phone, room)) == {str(a)}
    assert (
        phone.post(path, {"other_option": other, "other": WORDS}).status_code == 302
    )  # nor need it be ticked
    assert phone.post(at(poll.session, "withdraw", poll)).status_code == 302
    assert not moderated_answers(poll)


def page_of(phone, room):
    return phone.get(f"{room}?view=form")


def test_rest_takes_words_and_refuses_with_codes(poll, ada, browser_of):
    phone, path = browser_of(ada), f"polls/{poll.pk}/ballot/"
    status, mine = rest(phone, "PUT", path, {"other": WORDS})
    assert (status, mine["options"], mine["other"]) == (200, [str(other_of(poll))], WORDS)
    assert rest(phone, "GET", path)[1]["other"] == WORDS
    status, mine = rest(phone, "PUT", path, {"options": [str(other_of(poll))], "other": "Nova"})
    assert (status, mine["other"]) == (200, "Nova")
    for body, code in (
        ({"options": [str(other_of(poll))]}, "other_needs_words"),
        ({"options": [], "other": "x" * 41}, "malformed"),
        ({"other": 7}, "malformed"),
        ({"other": ""}, "malformed"),
        ({"options": [str(poll.options.get(text="a").pk)], "other": "x"}, "wrong_number_of_options"),
    ):
        status, refused = rest(phone, "PUT", path, body)
        assert (status, refused["code"]) == (400, code), body
    assert rest(phone, "DELETE", path)[1]["voted"] is False


# --- secret until it is approved


def channels(poll, browser):
    """All that a visitor may read of the session."""
    session, slug = poll.session, poll.session.event.slug
    pages = [session.get_absolute_url(), at(session, "screen"), f"{session.get_absolute_url()}?view=results"]
    pages += [f"/api/v1/sessions/{session.pk}/polls/", f"/api/v1/polls/{poll.pk}/", f"/{slug}/"]
    texts = [browser.get(path).content.decode() for path in pages]
    texts += [line for passage in PollResults().read(session.pk) for line in passage.lines]
    texts += [sentence.text for part in draft(session.event) for sentence in part.sentences]
    texts += [json.dumps(part.facts, default=str) for part in draft(session.event)]
    return texts


@pytest.mark.parametrize("state", ["live", "closed", "published"])
def test_words_that_wait_or_are_hidden_are_in_no_channel(poll, desk, browser_of, state):
    write(poll, *[WORDS] * 6)
    for step in {"live": (), "closed": ("closed",), "published": ("closed", "published")}[state]:
        set_poll_state(poll_id=poll.pk, caller=organiser_of(poll.session.event), state=step, now=NOW)
    assert not any(WORDS in text for text in channels(poll, browser_of()))
    page = at(poll.session, "control-poll-written", poll)
    assert WORDS in text_of(desk.get(page))
    assert desk.post(page, {"act": f"approve:{answer_id(poll, WORDS)}"}).status_code == 302
    assert any(f"In their own words: {WORDS} (6)." in text for text in channels(poll, browser_of()))
    assert desk.post(page, {"act": f"hide:{answer_id(poll, WORDS)}"}).status_code == 302
    assert not any(WORDS in text for text in channels(poll, browser_of()))


# --- promoted


def by_page(desk, poll, option):
    page = at(poll.session, "control-poll-written", poll)
    assert "Make it an option" in text_of(desk.get(page))
    answer = desk.post(page, {"act": f"promote:{option}"})
    return answer.status_code, code_of(answer) if answer.status_code != 302 else ""


def by_rest(desk, poll, option):
    status, body = rest(desk, "PATCH", f"polls/{poll.pk}/written/", {"ids": [str(option)], "promoted": True})
    return status, body.get("code", "")


@pytest.mark.parametrize("door", [by_page, by_rest])
def test_moderator_makes_an_option_of_what_people_wrote(poll, desk, ada, browser_of, door):
    write(poll, "etcd", attendee=ada)
    write(poll, "ETCD", "Nova")
    assert door(desk, poll, 999)[1] == "not_found"
    best = next(answer.pk for answer in moderated_answers(poll) if answer.count == 2)
    assert door(desk, poll, best)[0] in {200, 302}
    poll.refresh_from_db()
    told = rest(browser_of(ada), "GET", f"polls/{poll.pk}/")[1]
    new = told["options"][3]
    assert (new["count"], new["written"], told["options"][4]["count"]) == (2, 2, 1)
    assert told["mine"]["options"] == [new["id"]]
    page = text_of(browser_of(ada).get(at(poll.session)))
    assert "2 people wrote it" in page
    assert "etcd (1)" in text_of(desk.get(at(poll.session, "control-poll-written", poll)))
    assert "What people wrote became an option" in text_of(desk.get(at(poll.session, "control-timeline")))


def test_other_polls_offer_nothing_to_promote(session, desk):
    words = make_poll(session, kind="words")
    page = at(session, "control-poll-written", words)
    assert "Make it an option" not in text_of(desk.get(page))
    refused = desk.post(page, {"act": "promote:1"})
    assert (refused.status_code, code_of(refused)) == (409, "nothing_to_promote")


# --- afterwards


def test_files_have_own_words_and_what_was_made_of_them(poll, desk, browser_of):
    write(poll, "etcd", "etcd", "Nova", "Nova", WORDS)
    by_rest(desk, poll, answer_id(poll, "etcd"))
    rest(
        desk, "PATCH", f"polls/{poll.pk}/written/", {"ids": [str(answer_id(poll, "Nova"))], "state": "shown"}
    )
    rows = rest(desk, "GET", f"sessions/{poll.session.pk}/export/")[1]["polls"]
    columns = ("option", "votes", "own_words", "written_votes")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        ("a", 0, None, None),
        ("b", 0, None, None),
        ("c", 0, None, None),
        ("etcd", 2, None, 2),
        ("Other", 3, None, None),
        ("Nova", 2, "yes", None),
    ]
    assert WORDS not in json.dumps(rows)


def test_recap_counts_other_and_says_who_wrote_an_option(poll, desk):
    write(poll, *["etcd"] * 6, *["Nova"] * 2)
    by_rest(desk, poll, answer_id(poll, "etcd"))
    set_poll_state(poll_id=poll.pk, caller=organiser_of(poll.session.event), state="closed", now=NOW)
    [paragraph] = [part for part in draft(poll.session.event) if part.kind == "poll"]
    rows = {row["text"]: row for row in paragraph.facts["rows"]}
    assert (rows["etcd"]["count"], rows["etcd"]["note"], rows["Other"]["count"]) == (
        6,
        "6 people wrote it",
        2,
    )
    assert "“etcd”" in paragraph.sentences[0].text
    assert Poll.objects.get(pk=poll.pk).ballots == 8
