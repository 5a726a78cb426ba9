"""The statements of the hot path put into the tables what the ORM would, and read what it reads."""

import secrets

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Count

from polls import ballot_store
from polls.ballot_store import NewBallot, NewSelection, StoredBallot
from polls.models import Ballot, Option, Participation, Selection, random_row_key
from polls.statements import sent_together
from tests.factories import make_attendee, make_poll, options_of

pytestmark = pytest.mark.usefixtures("database")

GREATEST = 2**63 - 1


@pytest.fixture
def poll():
    return make_poll(kind="multiple")


def new_ballot(poll, *, row=None, key=None, seq=1, attendee_id=None):
    return NewBallot(
        random_row_key() if row is None else row,
        poll.pk,
        poll.single,
        key or secrets.token_bytes(32),
        seq,
        attendee_id,
    )


def stored_by_orm():
    return {StoredBallot(b.pk, b.poll_id, bytes(b.key), b.seq) for b in Ballot.objects.all()}


def test_inserted_ballots_are_what_the_orm_reads(poll):
    named = make_poll(poll.session, anonymous=False)
    attendee = make_attendee(poll.session).attendee_id
    new = [new_ballot(poll), new_ballot(poll, row=GREATEST, seq=2**53 - 1), new_ballot(poll, row=0, seq=0)]
    new += [new_ballot(named, attendee_id=attendee)]
    ballot_store.insert_ballots(new)
    assert {
        NewBallot(b.pk, b.poll_id, b.single, bytes(b.key), b.seq, b.attendee_id) for b in Ballot.objects.all()
    } == set(new)


def test_keys_with_any_bytes_keep_them(poll):
    new = [new_ballot(poll, key=key) for key in (b"\0" * 32, b"\xff" * 32, b"'\"\\%s;--\0{}" + b"\0" * 20)]
    ballot_store.insert_ballots(new)
    assert {bytes(key) for key in Ballot.objects.values_list("key", flat=True)} == {b.key for b in new}
    assert {found.key for found in ballot_store.ballots_by_key([(poll.pk, b.key) for b in new])} == {
        b.key for b in new
    }


def test_ballots_are_found_by_poll_and_key_together(poll):
    other, key = make_poll(poll.session), secrets.token_bytes(32)
    mine, theirs = new_ballot(poll, key=key), new_ballot(other, key=key)
    ballot_store.insert_ballots([mine, theirs, new_ballot(poll)])
    assert [found.id for found in ballot_store.ballots_by_key([(poll.pk, key)])] == [mine.id]
    assert [found.id for found in ballot_store.ballots_by_key([(other.pk, key)])] == [theirs.id]
    wanted = [(ballot.poll_id, ballot.key) for ballot in stored_by_orm()]
    assert set(ballot_store.ballots_by_key(wanted)) == stored_by_orm()
    assert ballot_store.ballots_by_key([(poll.pk, secrets.token_bytes(32))]) == []


def test_selections_are_inserted_read_and_deleted_like_the_orms(poll):
    options = options_of(poll)
    ballots = [new_ballot(poll) for _ in range(3)]
    ballot_store.insert_ballots(ballots)
    chosen = {ballots[0].id: {options["a"], options["b"]}, ballots[1].id: {options["c"]}}
    ballot_store.insert_selections(
        [
            NewSelection(ballot, option, poll.pk, poll.single)
            for ballot, some in chosen.items()
            for option in some
        ]
    )

    def by_orm():
        found = {}
        for ballot, option in Selection.objects.values_list("ballot_id", "option_id"):
            found.setdefault(ballot, set()).add(option)
        return found

    assert by_orm() == chosen
    assert {k: set(v) for k, v in ballot_store.selections_of([b.id for b in ballots]).items()} == chosen
    ballot_store.delete_selections([ballots[0].id, ballots[2].id])
    assert by_orm() == {ballots[1].id: {options["c"]}}


def test_marks_are_inserted_and_found_like_the_orms(poll):
    other = make_poll(poll.session)
    marks = [(poll.pk, secrets.token_bytes(16)), (other.pk, secrets.token_bytes(16)), (poll.pk, b"\0" * 16)]
    ballot_store.insert_marks(marks)
    assert {(p, bytes(m)) for p, m in Participation.objects.values_list("poll_id", "mark")} == set(marks)
    swapped = [(other.pk, marks[0][1]), (poll.pk, marks[1][1])]
    assert ballot_store.marks_present([*marks, *swapped]) == set(marks)
    assert ballot_store.ballots_and_marks([], [*marks, *swapped]) == ([], set(marks))


def test_seqs_are_set_for_the_named_ballots_only(poll):
    first, second = new_ballot(poll, seq=1), new_ballot(poll, row=GREATEST, seq=1)
    ballot_store.insert_ballots([first, second, new_ballot(poll, seq=1)])
    ballot_store.set_seqs([(first.id, 5), (second.id, 2**53 - 1)])
    assert sorted(Ballot.objects.values_list("seq", flat=True)) == [1, 5, 2**53 - 1]
    assert Ballot.objects.get(pk=second.id).seq == 2**53 - 1


def test_counts_rise_and_fall_by_what_is_said(poll):
    options = options_of(poll)
    ballot_store.add_to_counts({options["a"]: 3, options["b"]: 2, options["c"]: 0})
    ballot_store.add_to_counts({options["a"]: -1})
    assert dict(Option.objects.filter(poll=poll).values_list("text", "count")) == {"a": 2, "b": 2, "c": 0}


def test_nothing_to_do_asks_the_database_nothing(poll, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert ballot_store.ballots_by_key([]) == []
        assert ballot_store.selections_of([]) == {}
        assert ballot_store.marks_present([]) == set()
        assert ballot_store.ballots_and_marks([], []) == ([], set())
        ballot_store.insert_ballots([])
        ballot_store.insert_selections([])
        ballot_store.insert_marks([])
        ballot_store.delete_selections([])
        ballot_store.set_seqs([])
        ballot_store.add_to_counts({1: 0})


def test_large_batch_is_one_statement_a_table(poll, django_assert_num_queries):
    option = options_of(poll)["a"]
    ballots = [new_ballot(poll) for _ in range(1_000)]
    with django_assert_num_queries(5):
        ballot_store.insert_ballots(ballots)
        ballot_store.insert_selections([NewSelection(b.id, option, poll.pk, poll.single) for b in ballots])
        ballot_store.insert_marks([(poll.pk, secrets.token_bytes(16)) for _ in ballots])
        ballot_store.ballots_by_key([(poll.pk, b.key) for b in ballots])
        ballot_store.selections_of([b.id for b in ballots])
    assert Selection.objects.values("option").annotate(n=Count("ballot")).get()["n"] == 1_000


def test_what_breaks_among_statements_sent_together_is_raised_and_undoes_them_all(poll):
    stored, option = new_ballot(poll), options_of(poll)["a"]
    ballot_store.insert_ballots([stored])

    def write() -> None:
        with transaction.atomic(), sent_together():
            ballot_store.insert_ballots([new_ballot(poll)])
            ballot_store.insert_ballots([stored])
            ballot_store.add_to_counts({option: 1})

    with pytest.raises(IntegrityError):
        write()
    assert Ballot.objects.count() == 1
    assert Option.objects.get(pk=option).count == 0
