"""On PostgreSQL the batches of two workers are recorded beside each other, and the tally is exact all the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import psycopg
import pytest
from django.db import connection, connections, transaction

from opendev.core.attendance import AttendeePass
from polls.models import Ballot, Participation, PendingTally, Poll
from polls.services import (
    Recorded,
    RecordedBatch,
    erase_ballots,
    fold,
    fold_left_over,
    record_ballots,
    recount_polls,
)
from sessions.attendees.models import Attendee
from tests.factories import (
    NOW,
    as_tally,
    make_poll,
    make_session,
    options_of,
    vote_for,
    votes_counted,
    write_in,
)
from tests.factories.sessions import organiser_of
from tests.polls import racers
from tests.polls.locks import in_a_thread, wait_until_blocked

WITHIN_S = 20


@pytest.fixture
def url(committing_postgres: str) -> str:
    return committing_postgres


def join(session, number) -> list[AttendeePass]:
    made = Attendee.objects.bulk_create(Attendee(event=session.event, joined_at=NOW) for _ in range(number))
    return [racers.pass_of(session.event_id, attendee.pk) for attendee in made]


@contextmanager
def under_way(votes) -> Iterator[Callable[[], RecordedBatch]]:
    """A batch that has written everything and not committed; calling it commits and gives what became of it."""
    written, go_on = Event(), Event()

    def work() -> RecordedBatch:
        with transaction.atomic():
            done = record_ballots(votes, NOW)
            written.set()
            assert go_on.wait(WITHIN_S)
        return done

    def commit() -> RecordedBatch:
        go_on.set()
        return running.result(WITHIN_S)

    with in_a_thread(work) as running:
        try:
            while not written.wait(0.05):
                assert not running.done(), running.result()
            yield commit
        finally:
            go_on.set()


def in_the_database(url: str, poll: Poll) -> int:
    """How many ballots somebody else sees."""
    with psycopg.connect(url) as other:
        [row] = other.execute("SELECT count(*) FROM polls_ballot WHERE poll_id = %s", [poll.pk]).fetchall()
        return row[0]


def the_one(done: RecordedBatch) -> Recorded:
    [outcome] = done.outcomes
    assert isinstance(outcome, Recorded)
    return outcome


def check_tally(poll: Poll, tally: dict[str, int]) -> None:
    assert as_tally(poll) == votes_counted(poll) == tally
    assert recount_polls()[1] == []


def test_batch_is_recorded_and_answered_while_another_workers_is_under_way(url):
    poll = make_poll()
    first, second = join(poll.session, 2)
    with under_way([vote_for(poll, first, "a")]) as commit:
        done = record_ballots([vote_for(poll, second, "b")], NOW)
        assert the_one(done).mine.voted
        assert done.pending == {poll.pk}
        assert done.news == []
        assert in_the_database(url, poll) == 1
        before = the_one(commit())
    assert as_tally(poll) == {"a": 1, "": 1}
    assert before.version < the_one(done).version  # the first one's tally lacks the second's
    folded = fold([poll.pk])
    assert folded.left == frozenset()
    [news] = folded.news
    assert news.version >= the_one(done).version
    assert news.states["moderators"]["ballots"] == 2
    check_tally(poll, {"a": 1, "b": 1, "": 2})
    assert not PendingTally.objects.exists()


def test_next_batch_adds_what_is_pending_and_tells_of_it(url):
    poll = make_poll()
    first, second, third = join(poll.session, 3)
    with under_way([vote_for(poll, first, "a")]) as commit:
        beside = record_ballots([vote_for(poll, second, "b")], NOW)
        commit()
    done = record_ballots([vote_for(poll, third, "b")], NOW)
    assert done.pending == frozenset()
    [news] = done.news
    assert news.states["moderators"]["ballots"] == 3
    assert the_one(done).version == news.version >= the_one(beside).version
    check_tally(poll, {"a": 1, "b": 2, "": 3})


def test_batch_that_only_repeats_votes_still_tells_of_what_was_pending(url):
    poll = make_poll()
    first, second = join(poll.session, 2)
    with under_way([vote_for(poll, first, "a")]) as commit:
        beside = record_ballots([vote_for(poll, second, "b")], NOW)
        commit()
    done = record_ballots([vote_for(poll, first, "a")], NOW)
    [news] = done.news
    assert news.version >= the_one(beside).version
    check_tally(poll, {"a": 1, "b": 1, "": 2})


def test_first_votes_of_one_person_on_two_workers_make_one_ballot(url):
    poll = make_poll()
    [attendee] = join(poll.session, 1)
    with (
        under_way([vote_for(poll, attendee, "a", seq=1)]) as commit,
        in_a_thread(lambda: record_ballots([vote_for(poll, attendee, "b", seq=2)], NOW)) as second,
    ):
        assert wait_until_blocked(url, second)
        commit()
        assert the_one(second.result(WITHIN_S)).mine.seq == 2
    fold_left_over()
    check_tally(poll, {"b": 1, "": 1})
    assert Ballot.objects.count() == 1


def test_changes_of_one_ballot_on_two_workers_come_one_after_the_other(url):
    poll = make_poll()
    attendee, other = join(poll.session, 2)
    record_ballots([vote_for(poll, attendee, "a", seq=1)], NOW)
    with (
        under_way([vote_for(poll, attendee, "b", seq=2)]) as commit,
        in_a_thread(
            lambda: record_ballots([vote_for(poll, attendee, "a", seq=3), vote_for(poll, other, "b")], NOW)
        ) as second,
    ):
        assert wait_until_blocked(url, second)
        commit()
        second.result(WITHIN_S)
    fold_left_over()
    check_tally(poll, {"a": 1, "b": 1, "": 2})


def test_marks_are_read_before_the_ballots_that_came_with_them(url):
    """Else a first vote that another worker commits in between is a mark without a ballot: "already voted"."""
    poll = make_poll()
    [attendee] = join(poll.session, 1)
    asked = []

    def note(execute, sql, params, many, context):
        asked.extend(table for table in ("polls_participation", "polls_ballot") if f"JOIN {table}" in sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        record_ballots([vote_for(poll, attendee, "a")], NOW)
    assert asked == ["polls_participation", "polls_ballot"]


def test_late_retry_beside_a_change_undoes_nothing(url):
    poll = make_poll()
    [attendee] = join(poll.session, 1)
    record_ballots([vote_for(poll, attendee, "a", seq=1)], NOW)
    with (
        under_way([vote_for(poll, attendee, "b", seq=3)]) as commit,
        in_a_thread(lambda: record_ballots([vote_for(poll, attendee, "a", seq=2)], NOW)) as late,
    ):
        assert wait_until_blocked(url, late)
        commit()
        assert the_one(late.result(WITHIN_S)).mine.seq == 3
    fold_left_over()
    check_tally(poll, {"b": 1, "": 1})


def test_erasing_takes_the_mark_of_a_vote_that_was_under_way(url):
    poll = make_poll()
    [attendee] = join(poll.session, 1)
    with (
        under_way([vote_for(poll, attendee, "a")]) as commit,
        in_a_thread(lambda: erase_ballots(attendee_id=attendee.attendee_id)) as erasing,
    ):
        assert wait_until_blocked(url, erasing)
        commit()
        erasing.result(WITHIN_S)
    fold_left_over()
    check_tally(poll, {"a": 1, "": 1})
    assert not Participation.objects.exists()


def test_close_holds_what_was_under_way_and_what_was_pending(url):
    poll = make_poll()
    first, second, late = join(poll.session, 3)
    caller = organiser_of(poll.session.event)
    with under_way([vote_for(poll, first, "a")]) as commit:
        record_ballots([vote_for(poll, second, "b")], NOW)
        with in_a_thread(lambda: racers.act("closed", poll.pk, caller, NOW)) as closing:
            assert wait_until_blocked(url, closing)
            # who comes after the close was asked for does not overtake it
            with in_a_thread(lambda: racers.vote_in_batches([vote_for(poll, late, "a")], 1, NOW)) as voting:
                assert not voting.done()
                commit()
                assert closing.result(WITHIN_S) == "ok"
                assert voting.result(WITHIN_S) == ["poll_not_live"]
    check_tally(poll, {"a": 1, "b": 1, "": 2})
    assert not PendingTally.objects.exists()


@pytest.mark.parametrize("kind", ["words", "ranking"])
def test_batches_of_polls_that_cannot_run_beside_each_other_wait(url, kind):
    poll = make_poll(kind=kind)
    first, second = join(poll.session, 2)

    def vote(attendee):
        if kind == "words":
            return write_in(poll, attendee, "etcd")
        ranking = tuple(options_of(poll).values())
        return vote_for(poll, attendee, "a")._replace(field="ranking", answer=ranking)

    with (
        under_way([vote(first)]) as commit,
        in_a_thread(lambda: record_ballots([vote(second)], NOW)) as waiting,
    ):
        assert wait_until_blocked(url, waiting)
        commit()
        done = waiting.result(WITHIN_S)
    assert done.pending == frozenset()
    assert Poll.objects.get(pk=poll.pk).ballots == 2
    assert recount_polls()[1] == []


def test_what_a_worker_left_that_ended_is_added_by_the_closer_of_another(url):
    poll = make_poll()
    first, second = join(poll.session, 2)
    with under_way([vote_for(poll, first, "a")]) as commit:
        record_ballots([vote_for(poll, second, "b")], NOW)
        assert fold_left_over() == []  # the first one has the tally still
        commit()
    connections["default"].close()
    [news] = fold_left_over()
    assert news.states["moderators"]["ballots"] == 2
    check_tally(poll, {"a": 1, "b": 1, "": 2})


def test_polls_of_a_batch_are_shared_or_kept_each_for_itself(url):
    session = make_session()
    busy, free = make_poll(session), make_poll(session)
    first, second = join(session, 2)
    with under_way([vote_for(busy, first, "a")]) as commit:
        done = record_ballots([vote_for(busy, second, "b"), vote_for(free, second, "b")], NOW)
        assert done.pending == {busy.pk}
        assert [news.topic for news in done.news] == [f"poll:{free.pk}"]
        commit()
    fold_left_over()
    check_tally(busy, {"a": 1, "b": 1, "": 2})
    check_tally(free, {"b": 1, "": 1})
