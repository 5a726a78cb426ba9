"""Who may see a tally, and that what they may not see is not in what they are sent."""

from itertools import product

import pytest

from opendev.core.groups import EVERYBODY
from polls.models import Poll
from polls.news import POLL_AUDIENCES, news_of
from polls.permissions import VOTED, is_wider, may_see_poll, may_see_tally
from polls.serializers import poll_json
from sessions.programme.permissions import MODERATORS
from tests.factories import make_attendee, make_poll, record, vote_for

# visibility: who besides moderators sees the tally while live, when closed, when published
TABLE = {
    "always": ({VOTED, EVERYBODY}, {VOTED, EVERYBODY}, {VOTED, EVERYBODY}),
    "after_voting": ({VOTED}, {VOTED, EVERYBODY}, {VOTED, EVERYBODY}),
    "after_close": (set(), {VOTED, EVERYBODY}, {VOTED, EVERYBODY}),
    "after_publishing": (set(), set(), {VOTED, EVERYBODY}),
    "moderators": (set(), set(), set()),
}
SHOWN_STATES = ("live", "closed", "published")


def seers(visibility, state):
    others = TABLE[visibility][SHOWN_STATES.index(state)] if state in SHOWN_STATES else set()
    return {MODERATORS} | others


def test_table_names_every_visibility():
    assert set(TABLE) == set(Poll.Visibility.values)


@pytest.mark.parametrize(("visibility", "state"), list(product(TABLE, Poll.State.values)))
def test_tally_is_seen_by_whom_the_table_names(visibility, state):
    poll = Poll(visibility=visibility, state=state)
    saw = {
        audience
        for audience in POLL_AUDIENCES
        if may_see_tally(poll, is_moderator=audience == MODERATORS, has_voted=audience == VOTED)
    }
    assert saw == seers(visibility, state)


@pytest.mark.parametrize("state", Poll.State.values)
def test_draft_and_archived_polls_exist_for_moderators_alone(state):
    poll = Poll(state=state)
    assert may_see_poll(poll, is_moderator=True)
    assert may_see_poll(poll, is_moderator=False) == (state in SHOWN_STATES)


@pytest.mark.parametrize(("new", "old"), list(product(TABLE, TABLE)))
def test_wider_means_that_nobody_loses_sight_in_any_state(new, old):
    loses = any(seers(old, state) - seers(new, state) for state in SHOWN_STATES)
    assert is_wider(new, old) == (not loses)


@pytest.fixture
def voted_poll(db):
    """Makes a live poll in which two voted, so that its counts differ from one another and from the turnout."""

    def make(visibility):
        poll = make_poll(visibility=visibility, kind="multiple", options=("a", "b", "c"))
        ada, bob = make_attendee(poll.session), make_attendee(poll.session)
        record(vote_for(poll, ada, "b", "c"), vote_for(poll, bob, "c"))
        return poll

    return make


@pytest.mark.parametrize(("visibility", "state"), list(product(TABLE, Poll.State.values)))
def test_json_holds_counts_only_for_those_who_see_them(voted_poll, visibility, state):
    poll = voted_poll(visibility)
    poll.refresh_from_db()
    poll.state = state
    options = list(poll.options.all())
    for audience in POLL_AUDIENCES:
        body = poll_json(poll, options, audience)
        if body is None:
            assert audience != MODERATORS
            assert state not in SHOWN_STATES
            continue
        expected = (
            [("a", 0), ("b", 1), ("c", 2)]
            if audience in seers(visibility, state)
            else [("a", None), ("b", None), ("c", None)]
        )
        assert [(option["text"], option.get("count")) for option in body["options"]] == expected
        assert body["ballots"] == 2


def test_hidden_json_is_the_same_whatever_the_counts_are(voted_poll):
    poll = voted_poll("moderators")
    poll.refresh_from_db()
    options = list(poll.options.all())
    shown = {audience: poll_json(poll, options, audience) for audience in POLL_AUDIENCES}
    for option in options:
        option.count = 7 - option.count
    counted_otherwise = {audience: poll_json(poll, options, audience) for audience in POLL_AUDIENCES}
    assert shown[MODERATORS] != counted_otherwise[MODERATORS]
    assert (shown[VOTED], shown[EVERYBODY]) == (counted_otherwise[VOTED], counted_otherwise[EVERYBODY])


def test_undo_time_is_told_to_moderators_alone(voted_poll):
    poll = make_poll(state="closed", visibility="moderators")
    bodies = {audience: poll_json(poll, [], audience) for audience in POLL_AUDIENCES}
    assert bodies[MODERATORS]["undo_until"]
    assert "undo_until" not in bodies[VOTED] | bodies[EVERYBODY]


def test_news_carry_each_audience_its_own_state(voted_poll):
    poll = voted_poll("after_voting")
    poll.refresh_from_db()
    news = news_of(poll, list(poll.options.all()))
    with_counts = {audience for audience, state in news.states.items() if "count" in state["options"][0]}
    assert with_counts == {MODERATORS, VOTED}
    assert (news.group, news.version) == (poll.session_id, poll.version)
