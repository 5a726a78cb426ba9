"""The life of a poll: what can follow what, until when an act can be taken back, and who may do it."""

from datetime import timedelta
from itertools import product

import pytest

from opendev.core.attendance import NOBODY, Caller
from opendev.core.errors import DomainError, Malformed, NotFound, NotSignedIn
from opendev.room.services import set_session_state
from polls.models import MarkKey, Poll
from polls.services import IllegalMove, set_closing_time, set_poll_state
from sessions.programme.models import Session
from sessions.programme.refusals import SessionIsOver
from sessions.programme.services.rights import NotModerator
from tests.factories import (
    NOW,
    make_attendee,
    make_moderator,
    make_organiser,
    make_poll,
    make_session,
    record,
    vote_for,
)
from tests.factories.sessions import make_user, organiser_of

pytestmark = pytest.mark.django_db

STATES = Poll.State.values
ALWAYS_LEGAL = {
    ("draft", "live"),
    ("live", "closed"),
    ("closed", "published"),
    ("draft", "archived"),
    ("closed", "archived"),
    ("published", "archived"),
    ("archived", "closed"),
}
TAKES_BACK = {("live", "draft"), ("closed", "live"), ("published", "closed")}


def move(poll, state, *, seconds=60, caller=None):
    """What became of the move: the new state, or the refusal's code."""
    caller = caller or organiser_of(poll.session.event)
    now = NOW + timedelta(seconds=seconds)
    try:
        return set_poll_state(poll_id=poll.pk, caller=caller, state=state, now=now).state
    except DomainError as refusal:
        return refusal.code


@pytest.mark.parametrize(("before", "after"), list(product(STATES, STATES)))
def test_move_later_than_the_undo_is_legal_only_along_the_way(before, after):
    poll = make_poll(state=before, visibility="after_publishing")
    legal = before == after or (before, after) in ALWAYS_LEGAL
    assert move(poll, after, seconds=6) == (after if legal else "illegal_move")
    poll.refresh_from_db()
    assert poll.state == (after if legal else before)


@pytest.mark.parametrize(("before", "after"), list(product(STATES, STATES)))
def test_move_within_five_seconds_may_also_take_the_last_one_back(before, after):
    poll = make_poll(state=before, visibility="after_publishing")
    legal = before == after or (before, after) in ALWAYS_LEGAL | TAKES_BACK
    assert move(poll, after, seconds=5) == (after if legal else "illegal_move")


@pytest.mark.parametrize(("before", "after"), sorted(TAKES_BACK))
@pytest.mark.parametrize(("seconds", "taken_back"), [(0, True), (5, True), (5.001, False), (3600, False)])
def test_undo_is_possible_for_five_seconds(before, after, seconds, taken_back):
    poll = make_poll(state=before, visibility="after_publishing")
    assert move(poll, after, seconds=seconds) == (after if taken_back else "illegal_move")


@pytest.mark.parametrize("state", STATES)
def test_setting_the_state_that_it_has_changes_nothing(state):
    poll = make_poll(state=state)
    before = Poll.objects.values().get(pk=poll.pk)
    assert move(poll, state) == state
    assert Poll.objects.values().get(pk=poll.pk) == before


@pytest.mark.parametrize("state", ["", "open", "LIVE", None, 3, ["live"], {}])
def test_state_that_does_not_exist_is_malformed(state):
    poll = make_poll(state="draft")
    with pytest.raises(Malformed) as refused:
        set_poll_state(poll_id=poll.pk, caller=organiser_of(poll.session.event), state=state, now=NOW)
    assert set(refused.value.fields) == {"state"}


def test_launch_is_not_undone_once_somebody_voted():
    poll, untouched = make_poll(), make_poll()
    attendee = make_attendee(poll.session)
    record(vote_for(poll, attendee, "a"))
    assert (move(poll, "draft", seconds=1), move(untouched, "draft", seconds=1)) == ("illegal_move", "draft")
    record(vote_for(poll, attendee))
    assert move(poll, "draft", seconds=1) == "illegal_move"  # taken back, but somebody saw it and took part


def test_undone_launch_leaves_a_draft_that_can_be_launched_again():
    poll = make_poll()
    move(poll, "draft", seconds=1)
    poll.refresh_from_db()
    assert (poll.number, poll.launched_at, poll.closes_at) == (None, None, None)
    assert not MarkKey.objects.exists()
    assert move(poll, "live") == "live"
    assert record(vote_for(poll, make_attendee(poll.session), "a")) == ["a"]


@pytest.mark.parametrize(
    ("visibility", "can_go_on"),
    [
        ("always", True),
        ("after_voting", False),
        ("after_close", False),
        ("after_publishing", True),
        ("moderators", True),
    ],
)
def test_close_is_undone_only_where_it_showed_nobody_anything_new(visibility, can_go_on):
    poll = make_poll(state="closed", visibility=visibility)
    assert move(poll, "live", seconds=1) == ("live" if can_go_on else "illegal_move")
    assert record(vote_for(poll, make_attendee(poll.session), "a")) == ["a" if can_go_on else "poll_not_live"]


def test_close_is_not_undone_once_the_result_was_published_for_a_moment():
    poll = make_poll(state="live", visibility="after_publishing")
    for seconds, state in ((60, "closed"), (61, "published"), (62, "closed")):
        assert move(poll, state, seconds=seconds) == state
    assert move(poll, "live", seconds=63) == "illegal_move"


def test_undone_close_forgets_the_countdown_that_ended():
    poll = make_poll(visibility="moderators")
    caller = organiser_of(poll.session.event)
    end = NOW + timedelta(seconds=30)
    set_closing_time(poll_id=poll.pk, caller=caller, closes_at=end, now=NOW)
    move(poll, "closed", seconds=31)
    assert move(poll, "live", seconds=33) == "live"
    late = vote_for(poll, make_attendee(poll.session), "a", at=end + timedelta(seconds=5))
    assert record(late) == ["a"]


def test_archived_poll_comes_back_as_it_went():
    launched, never = make_poll(state="archived"), make_poll(state="draft")
    move(never, "archived")
    assert (move(launched, "closed"), move(never, "draft")) == ("closed", "draft")
    for poll in (launched, never):
        assert move(poll, "archived") == "archived"
    assert (move(launched, "draft"), move(never, "closed")) == ("illegal_move", "illegal_move")


def test_polls_are_numbered_at_their_launch_without_gaps():
    session = make_session()
    first, second, third = (make_poll(session, state="draft") for _ in range(3))
    assert {poll.number for poll in (first, second, third)} == {None}
    for poll in (third, first):
        move(poll, "live")
    numbers = dict(Poll.objects.values_list("pk", "number"))
    assert numbers == {third.pk: 1, first.pk: 2, second.pk: None}


def test_poll_of_an_ended_session_cannot_be_launched():
    session = make_session()
    poll, other = make_poll(session, state="draft"), make_poll(session, state="draft")
    assert move(other, "live") == "live"
    set_session_state(
        session_id=session.pk, caller=organiser_of(session.event), state=Session.State.OVER, now=NOW
    )
    with pytest.raises(SessionIsOver):
        set_poll_state(poll_id=poll.pk, caller=organiser_of(session.event), state="live", now=NOW)


def test_every_move_raises_the_version_by_one():
    poll = make_poll(state="draft")
    versions = [poll.version]
    for state in ("live", "closed", "published", "archived", "closed"):
        move(poll, state)
        versions.append(Poll.objects.get(pk=poll.pk).version)
    assert versions == list(range(versions[0], versions[0] + 6))


@pytest.mark.parametrize("state", ["closed", "nonsense"])
def test_only_those_who_moderate_the_session_may_move_its_polls(state):
    session = make_session()
    neighbour = make_session(session.event)
    poll = make_poll(session)
    refused = {
        NOBODY: NotSignedIn,
        Caller(attendee=make_attendee(session)): NotSignedIn,
        Caller(user_id=make_user().pk): NotModerator,
        Caller(user_id=make_moderator(neighbour).pk): NotModerator,
        Caller(user_id=make_organiser(make_session().event).pk): NotModerator,
    }
    for caller, error in refused.items():
        with pytest.raises(error):
            set_poll_state(poll_id=poll.pk, caller=caller, state=state, now=NOW)
    poll.refresh_from_db()
    assert poll.state == "live"
    assert move(poll, "closed", caller=Caller(user_id=make_moderator(session).pk)) == "closed"


def test_poll_that_is_not_there_is_not_found_before_anybody_is_asked_who_they_are():
    with pytest.raises(NotFound):
        set_poll_state(poll_id=404, caller=NOBODY, state="live", now=NOW)


# --- the countdown


def count_down(poll, seconds, *, at=0):
    end = None if seconds is None else NOW + timedelta(seconds=seconds)
    caller = organiser_of(poll.session.event)
    return set_closing_time(
        poll_id=poll.pk, caller=caller, closes_at=end, now=NOW + timedelta(seconds=at)
    ).closes_at


def test_countdown_starts_grows_and_goes_away():
    poll = make_poll()
    assert count_down(poll, 60) == NOW + timedelta(seconds=60)
    assert count_down(poll, 90, at=59) == NOW + timedelta(seconds=90)
    assert count_down(poll, None, at=60) is None


@pytest.mark.parametrize("visibility", ["after_publishing", "moderators", "always"])
def test_close_of_a_published_poll_is_not_undone_by_way_of_the_archive(visibility):
    poll = make_poll(visibility=visibility)
    caller = organiser_of(poll.session.event)
    for state in ("closed", "published", "archived", "closed"):
        set_poll_state(poll_id=poll.pk, caller=caller, state=state, now=NOW)
    with pytest.raises(IllegalMove):
        set_poll_state(poll_id=poll.pk, caller=caller, state="live", now=NOW)


@pytest.mark.parametrize("state", ["draft", "closed", "published", "archived"])
def test_countdown_is_for_live_polls(state):
    with pytest.raises(IllegalMove):
        count_down(make_poll(state=state), 60)
    assert count_down(make_poll(), 60)


def test_countdown_that_ended_cannot_be_prolonged():
    poll = make_poll()
    count_down(poll, 60)
    with pytest.raises(IllegalMove):
        count_down(poll, 120, at=60)


@pytest.mark.parametrize("seconds", [-1, 0, 24 * 3600 + 1])
def test_countdown_ends_within_the_next_day(seconds):
    poll = make_poll()
    with pytest.raises(Malformed) as refused:
        count_down(poll, seconds)
    assert set(refused.value.fields) == {"closes_at"}
    assert count_down(poll, 24 * 3600)
