"""How many had it right: counted from the ballots when the answer is revealed, on both databases, and proven later."""

from polls.models import Poll
from polls.services import (
    erase_ballots,
    finalise_due_polls,
    recount_polls,
    reveal_right_answer,
    set_poll_state,
)
from polls.services.ballots import record_ballots
from polls.services.poll_batch import Vote
from tests.factories import NOW, make_attendee, make_poll, options_of, record, vote_for
from tests.factories.polls import write_in
from tests.factories.sessions import organiser_of

NUMBER = {"kind": "number", "rules": {"from": "0", "to": "10", "step": "0.5"}}


def closed(poll):
    return set_poll_state(poll_id=poll.pk, caller=organiser_of(poll.session.event), state="closed", now=NOW)


def reveal(poll):
    return reveal_right_answer(poll_id=poll.pk, caller=organiser_of(poll.session.event), now=NOW)


def count(poll, *votes):
    """Record these votes, an attendee each, and reveal after the close and after finalising; how many are right."""
    outcomes = record_ballots(votes, NOW).outcomes
    assert [getattr(outcome, "code", None) for outcome in outcomes] == [None] * len(votes)
    poll = reveal(closed(poll))
    finalise_due_polls(poll.closed_at.replace(year=poll.closed_at.year + 1))
    assert recount_polls() == (Poll.objects.count(), [])
    return poll.right_count


def ballots(poll, *chosen):
    return [vote_for(poll, make_attendee(poll.session), *texts) for texts in chosen]


def test_one_choice_is_right_with_any_of_the_right_options(database):
    poll = make_poll(right_answer={"options": [1, 3]})
    assert count(poll, *ballots(poll, "a", "a", "b", "c")) == 3


def test_several_choices_are_right_with_all_of_them_and_no_other(database):
    poll = make_poll(kind="multiple", right_answer={"options": [1, 3]})
    assert count(poll, *ballots(poll, "ac", "ca", "a", "abc", "b", "ab")) == 2


def test_ranking_is_right_in_its_order(database):
    poll = make_poll(kind="ranking", right_answer={"ranking": [3, 1]})
    ids = options_of(poll)
    votes = [
        Vote(poll.pk, make_attendee(poll.session), tuple(ids[text] for text in order), NOW, field="ranking")
        for order in ("ca", "ac", "c", "cab", "ca")
    ]
    assert count(poll, *votes) == 2


def test_number_is_right_when_it_is_the_number(database):
    poll = make_poll(**NUMBER, right_answer={"number": "3.50"})
    votes = [write_in(poll, make_attendee(poll.session), text) for text in ("3.5", "3", "3.5", "4", "3.5")]
    assert count(poll, *votes) == 3


def test_point_of_a_scale_is_right(database):
    poll = make_poll(kind="scale", options=None, right_answer="4")
    assert count(poll, *ballots(poll, ["4"], ["5"], ["4"])) == 2


def test_wrong_count_is_found_and_mended_and_an_erased_ballot_counts_on(database):
    poll = make_poll(anonymous=False, right_answer={"options": [2]})
    ada, bob = make_attendee(poll.session), make_attendee(poll.session)
    record(vote_for(poll, ada, "b"), vote_for(poll, bob, "b"))
    reveal(closed(poll))
    Poll.objects.filter(pk=poll.pk).update(right_count=9)
    _checked, [wrong] = recount_polls(fix=True)
    assert (wrong.what, wrong.kept, wrong.counted) == ("right_count", 9, 2)
    assert "right_count: kept 9, counted 2" in str(wrong)
    poll.refresh_from_db()
    assert (poll.right_count, poll.ballots) == (2, 2)
    assert erase_ballots(attendee_id=ada.attendee_id) == {}
    poll.refresh_from_db()
    assert (poll.right_count, poll.ballots, recount_polls()[1]) == (2, 2, [])
