"""The values of a ballot are held by the database itself, as the other rules are in test_guards.py."""

import pytest

from tests.factories import make_poll, options_of
from tests.polls.test_guards import Rows, refused, run


@pytest.fixture
def rows(database):
    return Rows()


def weighed(ballot, option, poll, value, *, insert=run):
    return insert(
        "INSERT INTO polls_selection (ballot_id, option_id, poll_id, single, value) VALUES (%s, %s, %s, %s, %s)",
        ballot,
        option,
        poll.pk,
        poll.single,
        value,
    )


def test_selection_has_a_value_exactly_where_its_poll_weighs(rows):
    ranking = make_poll(rows.session, kind="ranking")
    for poll, right, wrong in ((rows.multiple, None, 1), (ranking, 1, None)):
        first, second, _third = options_of(poll).values()
        ballot = rows.ballot(poll)
        weighed(ballot, first, poll, right)
        assert "guard_selection_value_is_of_its_family" in weighed(
            ballot, second, poll, wrong, insert=refused
        )
        update = "UPDATE polls_selection SET value = %s WHERE ballot_id = %s"
        assert "guard_selection_value_is_of_its_family" in refused(update, wrong, ballot)
    said = weighed(ballot, second, ranking, 0, insert=refused)
    assert "selection_value_counts" in said


def test_place_is_in_a_ballot_once(rows):
    poll = make_poll(rows.session, kind="ranking")
    first, second, third = options_of(poll).values()
    ballot, other = rows.ballot(poll), rows.ballot(poll)
    weighed(ballot, first, poll, 1)
    weighed(other, first, poll, 1)
    guard = "guard_selection_values_fit_their_ballot"
    assert guard in weighed(ballot, second, poll, 1, insert=refused)
    weighed(ballot, second, poll, 2)
    update = "UPDATE polls_selection SET value = 2 WHERE ballot_id = %s AND option_id = %s"
    assert guard in refused(update, ballot, first)
    weighed(ballot, third, poll, 7)


def test_values_of_a_ballot_add_up_to_no_more_than_the_poll_says(rows):
    poll = make_poll(rows.session, kind="ranking")
    run("UPDATE polls_poll SET has_places = NOT has_places, value_sum = 10 WHERE id = %s", poll.pk)
    first, second, third = options_of(poll).values()
    ballot = rows.ballot(poll)
    weighed(ballot, first, poll, 4)
    weighed(ballot, second, poll, 4)
    guard = "guard_selection_values_fit_their_ballot"
    assert guard in weighed(ballot, third, poll, 3, insert=refused)
    update = "UPDATE polls_selection SET value = %s WHERE ballot_id = %s AND option_id = %s"
    assert guard in refused(update, 7, ballot, second)
    run(update, 6, ballot, second)
    assert "guard_poll_with_ballots_keeps_its_rules" in refused(
        "UPDATE polls_poll SET value_sum = 99 WHERE id = %s", poll.pk
    )
