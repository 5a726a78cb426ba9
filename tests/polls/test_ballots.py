"""A vote is counted once, can be changed, and a late retry never undoes a later change."""

from datetime import timedelta

import pytest

from opendev.core.errors import DomainError
from polls.models import Ballot, Participation, Poll, Selection
from polls.selectors import own_answer
from polls.services import record_ballots
from tests.factories import (
    NOW,
    as_tally,
    make_attendee,
    make_poll,
    make_session,
    options_of,
    record,
    vote_for,
    votes_counted,
)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def session():
    return make_session()


@pytest.fixture
def poll(session):
    return make_poll(session)


@pytest.fixture
def ada(session):
    return make_attendee(session)


@pytest.fixture
def bob(session):
    return make_attendee(session)


def test_votes_of_two_attendees_are_both_counted(poll, ada, bob):
    assert record(vote_for(poll, ada, "a", seq=1)) == ["a"]
    assert record(vote_for(poll, bob, "b", seq=1)) == ["b"]
    assert as_tally(poll) == {"a": 1, "b": 1, "": 2}


def test_same_vote_twice_is_counted_once(poll, ada):
    assert record(vote_for(poll, ada, "a", seq=1), vote_for(poll, ada, "a", seq=1)) == ["a", "a"]
    assert record(vote_for(poll, ada, "a", seq=1)) == ["a"]
    assert as_tally(poll) == {"a": 1, "": 1}


def test_later_vote_replaces_the_earlier_one(poll, ada):
    assert record(vote_for(poll, ada, "a", seq=1)) == ["a"]
    assert record(vote_for(poll, ada, "b", seq=2)) == ["b"]
    assert as_tally(poll) == {"b": 1, "": 1}


def test_old_retry_after_a_change_is_answered_with_the_change(poll, ada):
    record(vote_for(poll, ada, "a", seq=1), vote_for(poll, ada, "b", seq=2))
    assert record(vote_for(poll, ada, "a", seq=1)) == ["b"]
    assert as_tally(poll) == {"b": 1, "": 1}


def test_equal_seq_with_another_option_changes_nothing(poll, ada):
    record(vote_for(poll, ada, "a", seq=5))
    assert record(vote_for(poll, ada, "b", seq=5)) == ["a"]
    assert record(vote_for(poll, ada, "b", seq=6)) == ["b"]


def test_vote_without_seq_counts_as_newest(poll, ada):
    record(vote_for(poll, ada, "a", seq=7))
    assert record(vote_for(poll, ada, "b")) == ["b"]
    assert own_answer(ada, poll).seq == 8
    assert record(vote_for(poll, ada, "a", seq=8)) == ["b"]
    assert record(vote_for(poll, ada, "a", seq=9)) == ["a"]


def test_withdrawal_empties_the_ballot_and_keeps_the_place(poll, ada):
    record(vote_for(poll, ada, "a", seq=1))
    assert record(vote_for(poll, ada, seq=2)) == [""]
    assert as_tally(poll) == {}
    assert (Ballot.objects.count(), Selection.objects.count(), Participation.objects.count()) == (1, 0, 1)
    assert own_answer(ada, poll)[:3] == (False, None, 2)


def test_vote_after_a_withdrawal_is_counted_again(poll, ada):
    record(vote_for(poll, ada, "a", seq=1), vote_for(poll, ada, seq=2))
    assert record(vote_for(poll, ada, "a", seq=1)) == [""]
    assert record(vote_for(poll, ada, "c", seq=3)) == ["c"]
    assert as_tally(poll) == {"c": 1, "": 1}


def test_withdrawing_twice_is_answered_alike(poll, ada):
    record(vote_for(poll, ada, "a", seq=1), vote_for(poll, ada, seq=2))
    assert record(vote_for(poll, ada, seq=2), vote_for(poll, ada, seq=3)) == ["", ""]
    assert as_tally(poll) == {}


def test_withdrawing_without_a_ballot_is_refused(poll, ada, bob):
    record(vote_for(poll, bob, "a"))
    assert record(vote_for(poll, ada), vote_for(poll, bob)) == ["no_ballot", ""]
    assert Participation.objects.count() == 1


def test_second_secret_of_one_attendee_is_refused_as_already_voted(poll, ada):
    record(vote_for(poll, ada, "a", secret=b"first-secret-of-16"))
    assert record(vote_for(poll, ada, "b", secret=b"other-secret-of-16")) == ["already_voted"]
    assert record(vote_for(poll, ada, secret=b"other-secret-of-16")) == ["already_voted"]
    assert record(vote_for(poll, ada, "b", secret=b"first-secret-of-16")) == ["b"]
    assert as_tally(poll) == {"b": 1, "": 1}


def test_second_secret_in_the_same_batch_is_refused(poll, ada):
    first, second = (
        vote_for(poll, ada, "a"),
        vote_for(poll, ada, "b", secret=b"other-secret-of-16"),
    )
    assert record(first, second) == ["a", "already_voted"]
    assert as_tally(poll) == votes_counted(poll) == {"a": 1, "": 1}


def test_own_answer_tells_another_device_only_that_there_is_one(poll, ada):
    record(vote_for(poll, ada, "a", seq=1))
    assert own_answer(ada, poll)[:3] == (True, (options_of(poll)["a"],), 1)
    assert own_answer(ada, poll, secret=b"other-secret-of-16")[:3] == (True, None, 0)


def test_named_poll_finds_the_ballot_from_any_device(session, ada):
    named = make_poll(session, anonymous=False)
    record(vote_for(named, ada, "a", seq=1, secret=b"first-secret-of-16"))
    assert record(vote_for(named, ada, "b", seq=2, secret=b"other-secret-of-16")) == ["b"]
    assert as_tally(named) == {"b": 1, "": 1}
    assert Ballot.objects.get().attendee_id == ada.attendee_id
    assert not Participation.objects.exists()


def test_anonymous_ballot_names_nobody(poll, ada):
    record(vote_for(poll, ada, "a"))
    assert Ballot.objects.get().attendee_id is None
    assert {field.name for field in Ballot._meta.get_fields()} == {
        "id", "poll", "single", "key", "seq", "attendee", "selections"
    }  # fmt: skip  # no time, and nothing else to tell ballots apart by


def test_final_vote_cannot_be_changed_or_withdrawn(session, ada):
    final = make_poll(session, may_change=False)
    record(vote_for(final, ada, "a", seq=1))
    assert record(vote_for(final, ada, "b", seq=2), vote_for(final, ada, seq=3)) == ["vote_is_final"] * 2
    assert as_tally(final) == {"a": 1, "": 1}


def test_same_choice_again_is_fine_where_votes_are_final(session, ada):
    final = make_poll(session, may_change=False)
    record(vote_for(final, ada, "a", seq=1))
    assert record(vote_for(final, ada, "a", seq=1), vote_for(final, ada, "a", seq=2)) == ["a", "a"]
    assert record(vote_for(final, ada, "a")) == ["a"]


def test_several_choices_count_once_each_and_the_person_once(session, ada, bob):
    several = make_poll(session, kind="multiple")
    assert record(vote_for(several, ada, "a", "c"), vote_for(several, bob, "c")) == ["a+c", "c"]
    assert as_tally(several) == votes_counted(several) == {"a": 1, "c": 2, "": 2}
    assert record(vote_for(several, ada, "b", "c")) == ["b+c"]
    assert as_tally(several) == votes_counted(several) == {"b": 1, "c": 2, "": 2}


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ((), "wrong_number_of_options"),
        (("a",), "wrong_number_of_options"),
        (("a", "b"), "a+b"),
        (("a", "b", "c"), "a+b+c"),
        (("a", "b", "c", "d"), "wrong_number_of_options"),
        (("a", "a"), "duplicate_option"),
    ],
)
def test_number_of_choices_is_from_fewest_to_most(session, ada, texts, code):
    poll = make_poll(session, kind="multiple", options="abcde", min=2, max=3)
    wanted = vote_for(poll, ada, *texts)
    assert record(type(wanted)(poll.pk, ada, wanted.answer, NOW)) == [code]


def test_option_of_another_poll_is_unknown(session, poll, ada):
    other = make_poll(session, options=("x", "y"))
    stray = vote_for(other, ada, "x").answer
    vote = vote_for(poll, ada, "a")
    assert record(type(vote)(poll.pk, ada, stray, NOW), vote) == ["unknown_option", "a"]
    assert (as_tally(poll), as_tally(other)) == ({"a": 1, "": 1}, {})


def test_poll_that_is_not_there_is_not_found(poll, ada):
    vote = vote_for(poll, ada, "a")
    assert record(type(vote)(poll.pk + 999, ada, vote.answer, NOW), vote) == ["not_found", "a"]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("draft", "not_found"),
        ("live", "a"),
        ("closed", "poll_not_live"),
        ("published", "poll_not_live"),
        ("archived", "not_found"),  # attendees do not know of it any more
    ],
)
def test_votes_are_taken_only_while_the_poll_is_live(session, ada, state, code):
    poll = make_poll(session, state=state)
    assert record(vote_for(poll, ada, "a")) == [code]


def test_archived_draft_is_as_unknown_to_voters_as_a_draft(session, ada):
    poll = make_poll(session, state="draft")
    Poll.objects.filter(pk=poll.pk).update(state="archived")
    assert record(vote_for(poll, ada, "a")) == ["not_found"]


@pytest.mark.parametrize(
    ("seconds", "code"), [(-1, "a"), (-0.001, "a"), (0, "poll_not_live"), (1, "poll_not_live")]
)
def test_countdown_is_judged_by_arrival_not_by_recording(poll, ada, seconds, code):
    end = NOW + timedelta(seconds=60)
    Poll.objects.filter(pk=poll.pk).update(closes_at=end)
    arrived = vote_for(poll, ada, "a", at=end + timedelta(seconds=seconds))
    assert record(arrived, now=end + timedelta(seconds=3)) == [code]


def test_attendee_of_another_event_has_not_joined(poll, ada):
    stranger = make_attendee(make_session())
    assert record(vote_for(poll, stranger, "a"), vote_for(poll, ada, "a")) == ["not_joined", "a"]
    assert as_tally(poll) == {"a": 1, "": 1}


def test_attendee_of_another_session_of_the_event_may_vote(session, poll):
    neighbour = make_attendee(make_session(session.event))
    assert record(vote_for(poll, neighbour, "a")) == ["a"]


def test_votes_of_a_batch_see_the_effects_of_those_before(poll, ada, bob):
    batch = [
        vote_for(poll, ada, "a", seq=1),
        vote_for(poll, bob, "b", seq=1),
        vote_for(poll, ada, "b", seq=2),
        vote_for(poll, ada, "a", seq=1),
        vote_for(poll, bob, seq=2),
        vote_for(poll, bob, "c", seq=3),
    ]
    assert record(*batch) == ["a", "b", "b", "b", "", "c"]
    assert as_tally(poll) == votes_counted(poll) == {"b": 1, "c": 1, "": 2}


def test_ballot_made_and_emptied_in_one_batch_keeps_its_mark(poll, ada):
    assert record(vote_for(poll, ada, "a", seq=1), vote_for(poll, ada, seq=2)) == ["a", ""]
    assert (Ballot.objects.count(), Participation.objects.count()) == (1, 1)
    assert as_tally(poll) == votes_counted(poll) == {}


def test_refusal_is_that_votes_alone(session, poll, ada, bob):
    closed = make_poll(session, state="closed")
    batch = [
        vote_for(closed, ada, "a"),
        vote_for(poll, bob),
        vote_for(poll, ada, "a"),
        vote_for(poll, bob, "b"),
    ]
    assert record(*batch) == ["poll_not_live", "no_ballot", "a", "b"]
    assert as_tally(poll) == votes_counted(poll) == {"a": 1, "b": 1, "": 2}


def test_batch_over_several_polls_keeps_them_apart(session, ada, bob):
    first, second = make_poll(session), make_poll(session)
    batch = [vote_for(second, ada, "a"), vote_for(first, ada, "b"), vote_for(second, bob, "a")]
    assert record(*batch) == ["a", "b", "a"]
    assert (as_tally(first), as_tally(second)) == ({"b": 1, "": 1}, {"a": 2, "": 2})


def test_one_device_has_unlinked_keys_in_two_polls(session, ada):
    first, second = make_poll(session), make_poll(session)
    record(vote_for(first, ada, "a"), vote_for(second, ada, "a"))
    assert len({bytes(key) for key in Ballot.objects.values_list("key", flat=True)}) == 2
    assert len({bytes(mark) for mark in Participation.objects.values_list("mark", flat=True)}) == 2


def test_version_rises_once_a_batch_and_only_when_the_tally_moves(poll, ada, bob):
    def version():
        return Poll.objects.get(pk=poll.pk).version

    before = version()
    record(vote_for(poll, ada, "a", seq=1), vote_for(poll, bob, "a", seq=1))
    assert version() == before + 1
    record(vote_for(poll, ada, "a", seq=1), vote_for(poll, bob, "a", seq=2))
    assert version() == before + 1
    record(vote_for(poll, ada, "b", seq=2))
    assert version() == before + 2


def test_answer_of_another_kind_is_refused_and_nothing_is_counted(poll, ada):
    assert record(vote_for(poll, ada, "a")._replace(field="words")) == ["wrong_answer"]
    assert as_tally(poll) == {}


def test_outcome_carries_the_session_and_how_the_ballot_stands(poll, ada):
    [outcome] = record_ballots([vote_for(poll, ada, "b", seq=4)], NOW).outcomes
    assert not isinstance(outcome, DomainError)
    assert outcome.session_id == poll.session_id
    assert outcome.version == Poll.objects.get(pk=poll.pk).version > poll.version
    assert outcome.mine[:3] == (True, (options_of(poll)["b"],), 4)


def test_vote_by_form_after_the_highest_number_can_still_be_changed_by_a_program(poll, ada):
    assert record(vote_for(poll, ada, "a", seq=2**53 - 1)) == ["a"]
    assert record(vote_for(poll, ada, "b")) == ["b"]
    assert Ballot.objects.get(poll=poll).seq == 2**53 - 1
