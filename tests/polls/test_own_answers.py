"""One's own answers: alike one by one and for a whole room, and found by the device alone."""

from hashlib import sha256

import pytest

from opendev.core.attendance import NOBODY, AttendeePass
from polls.selectors import NOT_VOTED, own_answer, own_answers
from tests.factories import make_attendee, make_poll, make_session, options_of, record, vote_for

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def room():
    """Polls of each sort, and people of whom every second voted in each."""
    session = make_session()
    polls = [
        make_poll(session),
        make_poll(session, kind="multiple"),
        make_poll(session, anonymous=False),
        make_poll(session, state="draft"),
    ]
    people = [make_attendee(session) for _ in range(6)]
    for place, attendee in enumerate(people):
        for number, poll in enumerate(polls[:3]):
            if (place + number) % 2:
                record(vote_for(poll, attendee, *("ab" if poll.kind == "multiple" else "c"), seq=place + 1))
    return polls, people


def test_answers_of_many_are_those_of_each(room):
    polls, people = room
    ids = [poll.pk for poll in polls]
    together = own_answers([(attendee, ids, None) for attendee in people])
    alone = [{poll.pk: own_answer(attendee, poll) for poll in polls} for attendee in people]
    assert together == alone
    assert {mine.voted for answers in together for mine in answers.values()} == {True, False}
    chosen = options_of(polls[1])
    assert together[0][polls[1].pk][:3] == (True, (chosen["a"], chosen["b"]), 1)


def test_many_ask_no_more_than_one(room, django_assert_max_num_queries):
    polls, people = room
    ids = [poll.pk for poll in polls]
    with django_assert_max_num_queries(10) as for_one:
        own_answers([(people[0], ids, None)])
    with django_assert_max_num_queries(10) as for_all:
        own_answers([(attendee, ids, None) for attendee in people])
    assert len(for_all) == len(for_one) == 3
    with django_assert_max_num_queries(10) as for_known:
        known = own_answers([(people[0], ids, None)], polls={poll.pk: poll for poll in polls})
    assert len(for_known) == 2
    assert known == own_answers([(people[0], ids, None)])


def test_another_device_of_the_same_attendee_knows_only_that_there_is_an_answer(room):
    polls, people = room
    ada = people[1]
    other_device = AttendeePass(ada.event_id, ada.attendee_id, "0" * 32, ada.expires_at)
    assert own_answer(ada, polls[0]).options
    assert own_answer(other_device, polls[0])[:3] == (True, None, 0)
    named = polls[2]
    assert own_answer(other_device, named) == own_answer(ada, named)


def test_attendee_id_alone_finds_no_anonymous_ballot(room):
    """Who knows all that the database knows of somebody does not find their ballot by it."""
    polls, people = room
    guesses = [str(people[1].attendee_id), "", "0" * 32, "None"]
    for guess in guesses:
        guessed = AttendeePass(people[1].event_id, people[1].attendee_id, guess, people[1].expires_at)
        assert own_answer(guessed, polls[0]).options is None


def test_nobody_and_strange_polls_have_no_answers(room):
    polls, people = room
    assert own_answer(NOBODY.attendee, polls[0]) == NOT_VOTED
    assert own_answers([]) == []
    assert own_answers([(people[0], [], None)]) == [{}]
    assert own_answers([(people[0], [404], None)]) == [{404: NOT_VOTED}]


def test_ballot_secret_opens_its_owners_ballot_alone():
    """Two clients of one app that both send the same secret do not write over each other."""
    session = make_session()
    poll = make_poll(session)
    ada, bob = make_attendee(session), make_attendee(session)
    constant = b"0123456789abcdef"
    votes = [vote_for(poll, ada, "a", secret=constant), vote_for(poll, bob, "b", secret=constant)]
    assert record(*votes) == ["a", "b"]
    chosen = options_of(poll)
    assert own_answer(ada, poll, secret=constant).options == (chosen["a"],)
    assert own_answer(bob, poll, secret=constant).options == (chosen["b"],)
    assert record(vote_for(poll, bob, "c")) == ["already_voted"]  # with another secret too it is one vote


def test_poll_whose_ballots_are_older_than_that_keeps_their_keys():
    session = make_session()
    poll = make_poll(session)
    ada = make_attendee(session)
    type(poll).objects.filter(pk=poll.pk).update(key_names_attendee=False)  # as the migration leaves it
    poll.refresh_from_db()
    assert record(vote_for(poll, ada, "a")) == ["a"]
    key = sha256(poll.pk.to_bytes(8, "big") + b"secret:" + ada.ballot_secret(poll.pk)).digest()
    assert bytes(poll.ballot_rows.get().key) == key
    assert record(vote_for(poll, ada, "b")) == ["b"]
    assert own_answer(ada, poll).options == (options_of(poll)["b"],)
