"""Suggested follow-ups by page, without script: forms post, a refusal loses nothing that was typed."""

import re

import pytest

from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.programme.models import Session
from sessions.suggestions.models import Suggestion
from tests.factories import (
    make_attendee,
    make_line,
    make_moderator,
    make_session,
    make_suggestion,
    put_name,
    support,
    supporters_of,
)
from tests.room.pages import code_of, followed, text_of

pytestmark = pytest.mark.django_db


def room_of(session):
    return f"{session.get_absolute_url()}?tab=follow-ups"


def listed_on(response):
    """The titles of the suggestions in the rows of a page, in their order; the blank row has none."""
    rows = re.findall(r'<li class="row ask" id="suggestion-\d+".*?</li>', text_of(response), re.S)
    return [re.search(r"data-said>([^<]*)<", row)[1] for row in rows]


@pytest.fixture
def moderator(session, browser_of):
    return browser_of(user=make_moderator(session))


def test_suggestion_is_made_supported_changed_and_withdrawn_by_forms(session, ada, bob, browser_of):
    author, neighbour = browser_of(ada), browser_of(bob)
    made = author.post(session.address("suggestion-make"), {"title": "Rancher"})
    page = followed(author, made)
    suggestion = Suggestion.objects.get()
    assert made["Location"].endswith("?tab=follow-ups")
    assert listed_on(page) == ["Rancher"]
    assert "Your suggestion" in text_of(page)
    assert 'data-open-part="follow-ups"' in text_of(page)
    editing = session.address("suggestion-edit", suggestion=suggestion.pk)
    assert listed_on(followed(author, author.post(editing, {"title": "Rancher 2"}))) == ["Rancher 2"]
    supporting = session.address("suggestion-support", suggestion=suggestion.pk)
    assert 'aria-pressed="true"' in text_of(followed(neighbour, neighbour.post(supporting)))
    assert supporters_of(suggestion) == 1
    followed(neighbour, neighbour.post(supporting, {"take_back": "1"}))
    assert supporters_of(suggestion) == 0
    withdrawing = session.address("suggestion-withdraw", suggestion=suggestion.pk)
    assert listed_on(followed(author, author.post(withdrawing))) == []


def test_refused_suggestion_is_still_in_the_form(session, ada, browser_of):
    response = browser_of(ada).post(session.address("suggestion-make"), {"title": "x" * 121})
    assert (response.status_code, code_of(response)) == (400, "malformed")
    assert f'value="{"x" * 121}"' in text_of(response)
    assert 'aria-invalid="true"' in text_of(response)
    response = browser_of().post(session.address("suggestion-make"), {"title": "Rancher"})
    assert (response.status_code, code_of(response)) == (403, "not_joined")
    assert not Suggestion.objects.exists()


def test_similar_ones_are_shown_once_before_a_new_one_is_taken(session, ada, browser_of):
    line, near = make_line(session, "OpenStack and Rancher"), make_suggestion(session)
    given = {"title": "rancher on openstack", "check": "1"}
    response = browser_of(ada).post(session.address("suggestion-make"), given)
    text = text_of(response)
    assert f"#line-{line.pk}" in text
    assert f"#suggestion-{near.pk}" in text
    assert 'value="rancher on openstack"' in text
    assert 'name="check" value=""' in text
    assert Suggestion.objects.count() == 1
    browser_of(ada).post(session.address("suggestion-make"), {**given, "check": ""})
    assert Suggestion.objects.count() == 2


def test_room_lists_those_with_most_supporters_first(session, ada, bob, browser_of):
    for title, people in (("Few", [ada]), ("Many", [ada, bob]), ("None", [])):
        suggestion = make_suggestion(session, title)
        for attendee in people:
            support(suggestion, attendee)
    make_suggestion(session, "Waiting", state="waiting")
    make_suggestion(session, "Mine, dismissed", state="dismissed", attendee=ada)
    assert listed_on(browser_of().get(room_of(session))) == ["Many", "Few", "None"]
    assert listed_on(browser_of(ada).get(room_of(session))) == ["Many", "Few", "None", "Mine, dismissed"]


def test_room_without_lines_has_the_part_where_suggestions_are_taken(session, ada, browser_of):
    response = browser_of(ada).get(room_of(session))
    assert 'data-open-part="follow-ups"' in text_of(response)
    Session.objects.update(suggestions_open=False)
    assert 'data-open-part="poll"' in text_of(browser_of(ada).get(room_of(session)))


def test_moderator_opens_one_and_who_supported_it_is_offered_the_line(
    session, ada, bob, browser_of, moderator
):
    suggestion = make_suggestion(session)
    support(suggestion, ada)
    page = text_of(moderator.get(session.address("control")))
    assert suggestion.title in page
    opening = session.address("control-suggestion-state", suggestion=suggestion.pk)
    page = text_of(followed(moderator, moderator.post(opening, {"state": "opened", "seen": "open"})))
    assert f"undo-s-{suggestion.pk}" in page
    line = SignUpLine.objects.get()
    assert not SignUp.objects.exists()
    for attendee, words in ((ada, "You supported this"), (bob, None)):
        text = text_of(browser_of(attendee).get(room_of(session)))
        card = re.search(rf'data-line="{line.pk}".*?</section>', text, re.S)[0]
        assert f"/f/{line.code}/sign-up/" in card
        assert (re.search(r"data-of-line-part>", card) is not None) == bool(words)
        assert not words or words in card
    undo = session.address("control-suggestion-undo", suggestion=suggestion.pk)
    moderator.post(undo)
    assert Suggestion.objects.get().state == "open"


def test_refused_act_of_a_moderator_is_told_in_the_control_room(session, ada, moderator):
    suggestion = make_suggestion(session, state="opened")
    put_name(suggestion.line, ada, name="Ada")
    response = moderator.post(session.address("control-suggestion-undo", suggestion=suggestion.pk))
    assert (response.status_code, code_of(response)) == (409, "illegal_move")
    opening = session.address("control-suggestion-state", suggestion=make_suggestion(session).pk)
    response = moderator.post(opening, {"state": "dismissed", "seen": "waiting"})
    assert (response.status_code, code_of(response)) == (409, "changed_meanwhile")


def test_rules_are_set_by_ticks(session, moderator):
    address = session.address("control-suggestion-rules")
    for ticked, rules in (
        ({"moderated": "on"}, (False, True)),
        ({"taken": "on"}, (True, False)),
        ({}, (False, False)),
    ):
        moderator.post(address, ticked)
        now = Session.objects.get(pk=session.pk)
        assert (now.suggestions_open, now.suggestions_moderated) == rules
    assert "Suggestions are off" in text_of(moderator.get(session.address("control")))


def test_suggestion_of_another_session_is_not_found(session, ada, browser_of, moderator):
    other = make_suggestion(make_session(session.event))
    for client, name in (
        (browser_of(ada), "suggestion-edit"),
        (browser_of(ada), "suggestion-withdraw"),
        (browser_of(make_attendee(session)), "suggestion-support"),
        (moderator, "control-suggestion-state"),
        (moderator, "control-suggestion-undo"),
    ):
        response = client.post(
            session.address(name, suggestion=other.pk), {"title": "Mine", "state": "opened"}
        )
        assert response.status_code == 404
    assert Suggestion.objects.get().state == "open"


def test_after_the_end_suggestions_are_read_and_nothing_can_be_done(session, ada, browser_of):
    suggestion = make_suggestion(session)
    support(suggestion, ada)
    Session.objects.update(state="over")
    text = text_of(browser_of(ada).get(room_of(session)))
    assert suggestion.title in text
    assert re.search(r"data-suggesting hidden", text)
    row = re.search(rf'id="suggestion-{suggestion.pk}".*?</li>', text, re.S)[0]
    assert re.search(r'aria-pressed="true" disabled', row)
