"""Rounds compared: on the room's pages, in the control room, in the recap and on the picture."""

import pytest

from opendev.recap.draft import draft
from polls.services import run_again, set_poll_state
from tests.factories import NOW, make_attendee, make_moderator, make_poll, record, vote_for
from tests.factories.sessions import organiser_of
from tests.room.pages import at, text_of

pytestmark = pytest.mark.django_db
HEADING = "Compared with round 1"


def to_state(poll, *states):
    for state in states:
        set_poll_state(poll_id=poll.pk, caller=organiser_of(poll.session.event), state=state, now=NOW)
    poll.refresh_from_db()


def voted(poll, **counts):
    record(
        *(vote_for(poll, make_attendee(poll.session), text) for text, n in counts.items() for _ in range(n))
    )
    poll.refresh_from_db()


@pytest.fixture
def first(session):
    poll = make_poll(session, question="Which?", visibility="always")
    voted(poll, a=6, b=4)
    to_state(poll, "closed")
    return poll


@pytest.fixture
def second(session, first):
    poll = run_again(poll_id=first.pk, caller=organiser_of(session.event), now=NOW)
    to_state(poll, "live")
    voted(poll, a=1, b=4)
    return poll


def test_rounds_are_compared_once_both_are_over(session, second, browser_of):
    desk = browser_of(user=make_moderator(session))
    pages = [(browser_of(), at(session)), (desk, at(session, "control") + f"?poll={second.pk}")]
    for browser, address in pages:
        assert HEADING not in text_of(browser.get(address))
    to_state(second, "closed")
    for browser, address in pages:
        page = text_of(browser.get(address))
        assert HEADING in page
        for cell in ("n&nbsp;=&nbsp;10", "n&nbsp;=&nbsp;5", "60% → 20%", "40% → 80%", "−40", "+40"):
            assert cell in page, cell
        assert "Change in percentage points" in page


def test_picture_has_the_round_before_beside_it(session, first, second, browser_of):
    to_state(second, "closed")
    picture = browser_of().get(at(session, "poll-picture", second)).content.decode()
    for words in (HEADING, "round 1: n = 10", "round 2: n = 5", "▼ −40", "▲ +40"):
        assert words in picture
    assert "Compared" not in browser_of().get(at(session, "poll-picture", first)).content.decode()


def test_round_that_is_hidden_is_compared_with_nothing(session, browser_of):
    hidden = make_poll(session, visibility="moderators")
    voted(hidden, a=6, b=4)
    to_state(hidden, "closed")
    again = run_again(poll_id=hidden.pk, caller=organiser_of(session.event), now=NOW)
    type(again).objects.filter(pk=again.pk).update(visibility="always")
    to_state(again, "live")
    voted(again, a=1, b=4)
    to_state(again, "closed")
    for address in (at(session), at(session, "poll-picture", again)):
        page = text_of(browser_of().get(address))
        assert HEADING not in page
        assert "60%" not in page
    desk = browser_of(user=make_moderator(session))
    assert HEADING in text_of(desk.get(at(session, "control") + f"?poll={again.pk}"))
    assert not [each for each in draft(session.event) if each.key.endswith("/rounds")]


def test_archived_round_is_compared_with_nothing(session, first, second, browser_of):
    to_state(second, "closed")
    to_state(first, "archived")
    assert HEADING not in text_of(browser_of().get(at(session)))


def test_recap_says_what_changed_where_enough_people_voted(session, first, second):
    to_state(second, "closed")
    [said] = [each for each in draft(session.event) if each.key.endswith("/rounds")]
    assert said.text == (
        "Since round 1 (10 voted), these changed most: "
        "“a” (\u206660% → 20%\u2069), “b” (\u206640% → 80%\u2069)."
    )
    assert said.facts["polls"] == [first.pk, second.pk]
    third = run_again(poll_id=first.pk, caller=organiser_of(session.event), now=NOW)
    to_state(third, "live")
    voted(third, a=4)
    to_state(third, "closed")
    assert len([each for each in draft(session.event) if each.key.endswith("/rounds")]) == 1
