"""Several processes at once on PostgreSQL: every vote counted once, every act done once, nobody in anybody's way."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest

from opendev.core.attendance import Caller
from polls.models import Ballot, Participation, Poll
from polls.services import close_due_polls, close_live_polls, prolong, set_closing_time
from sessions.attendees.models import Attendee
from tests.factories import NOW, as_tally, make_poll, make_session, options_of, vote_for, votes_counted
from tests.factories.sessions import organiser_of
from tests.polls import racers
from tests.polls.locks import LOCK_POLL, LOCK_SESSION, held, in_a_thread, wait_until_blocked

PROCESSES = 4


@pytest.fixture(scope="module")
def processes() -> Iterator[racers.Racers]:
    started = racers.Racers(PROCESSES)
    yield started
    started.pool.shutdown()


@pytest.fixture
def race(processes: racers.Racers, committing_postgres: str) -> Callable[..., list]:
    """`race((work, *arguments), …)`, a job for each process, on this test's own database."""
    return partial(processes.race, committing_postgres)


def join_many(session, number):
    made = Attendee.objects.bulk_create(Attendee(event=session.event, joined_at=NOW) for _ in range(number))
    return [racers.pass_of(session.event_id, attendee.pk) for attendee in made]


def test_same_votes_from_several_processes_are_counted_once(race):
    session = make_session()
    polls = [make_poll(session), make_poll(session, anonymous=False)]
    people = join_many(session, 120)
    votes = [
        vote
        for poll in polls
        for attendee in people
        for vote in (vote_for(poll, attendee, "a", seq=1), vote_for(poll, attendee, "b", seq=2))
    ]
    said = race(*((racers.vote_in_batches, votes, seed, NOW) for seed in range(PROCESSES)))
    assert {outcome for outcomes in said for outcome in outcomes} == {"ok"}
    for poll in polls:
        assert as_tally(poll) == votes_counted(poll) == {"b": 120, "": 120}
    assert Ballot.objects.count() == 240
    assert Participation.objects.count() == 120


def test_two_secrets_of_one_attendee_at_once_hold_one_ballot(race):
    session = make_session()
    poll, people = make_poll(session), join_many(session, 120)
    own = [[f"{n} {p.attendee_id}".encode() for p in people] for n in range(PROCESSES)]
    votes = [[vote_for(poll, p, "a", secret=s) for p, s in zip(people, some, strict=True)] for some in own]
    said = race(*((racers.vote_in_batches, some, n, NOW) for n, some in enumerate(votes)))
    outcomes_of_each_attendee = [sorted(outcomes) for outcomes in zip(*said, strict=True)]
    assert outcomes_of_each_attendee == [["already_voted"] * (PROCESSES - 1) + ["ok"]] * 120
    assert as_tally(poll) == votes_counted(poll) == {"a": 120, "": 120}
    assert Ballot.objects.count() == Participation.objects.count() == 120


def test_tally_read_after_the_close_holds_every_vote_that_was_accepted(race):
    session = make_session()
    poll, people = make_poll(session), join_many(session, 450)
    shares = [people[n :: PROCESSES - 1] for n in range(PROCESSES - 1)]
    read, *said = race(
        (racers.close_after, poll.pk, organiser_of(session.event), 60, NOW),
        *(
            (racers.vote_in_batches, [vote_for(poll, p, "a") for p in share], 7, NOW, (1, 3))
            for share in shares
        ),
    )
    outcomes = [outcome for some in said for outcome in some]
    assert set(outcomes) <= {"ok", "poll_not_live"}
    assert outcomes.count("ok") == read >= 60
    assert as_tally(poll) == votes_counted(poll) == {"a": read, "": read}


PAIRS = [
    # acts of two moderators at once on polls in this state; what the two may hear, in any order; versions raised
    ("live", ("closed", "closed"), {("ok", "ok")}, {1}),
    ("draft", ("live", "live"), {("ok", "ok")}, {1}),
    ("closed", ("published", "archived"), {("ok", "ok"), ("illegal_move", "ok")}, {1, 2}),
    ("draft", ("live", "freeze"), {("ok", "ok"), ("ok", "rules_are_frozen")}, {1, 2}),
    ("live", ("closed", "rename"), {("ok", "ok"), ("ok", "words_are_frozen")}, {1, 2}),
    ("live", ("again", "again"), {("ok", "ok")}, {0}),
]


@pytest.mark.parametrize(("state", "names", "heard", "raised"), PAIRS)
def test_two_acts_at_once_give_one_result_each(race, state, names, heard, raised):
    sessions = [make_session(), make_session()]  # two pairs at a time, in a session each
    polls = [[make_poll(session, state=state) for _ in range(10)] for session in sessions]
    said = race(
        *(
            (racers.acts_on_each, name, [poll.pk for poll in some], organiser_of(session.event), NOW)
            for session, some in zip(sessions, polls, strict=True)
            for name in names
        )
    )
    pairs = [*zip(*said[:2], strict=True), *zip(*said[2:], strict=True)]
    assert {tuple(sorted(pair)) for pair in pairs} <= heard
    versions = dict(Poll.objects.values_list("pk", "version"))
    assert {versions[poll.pk] - poll.version for some in polls for poll in some} <= raised
    rounds = {(poll.rerun_of_id, poll.round) for poll in Poll.objects.filter(round__gte=2)}
    again = names == ("again", "again")
    assert rounds == {(poll.pk, n) for some in polls for poll in some for n in (2, 3) if again}


def test_polls_launched_at_once_get_different_numbers(race):
    session = make_session()
    ids = [[make_poll(session, state="draft").pk for _ in range(5)] for _ in range(PROCESSES)]
    caller = organiser_of(session.event)
    race(*((racers.acts_on_each, "live", some, caller, NOW) for some in ids))
    assert sorted(Poll.objects.values_list("number", flat=True)) == list(range(1, 5 * PROCESSES + 1))


def test_closers_of_several_processes_close_and_finalise_each_poll_once(race):
    session = make_session()
    polls = [make_poll(session) for _ in range(10)]
    Poll.objects.update(closes_at=NOW)
    due, final = NOW + timedelta(seconds=1), NOW + timedelta(seconds=6)
    said = race(*[(racers.close_and_finalise, due, final)] * PROCESSES)
    closed, finalised = zip(*said, strict=True)
    close_due_polls(due)
    assert sum(closed) <= 10
    assert sum(finalised) <= 10
    for poll in polls:
        now = Poll.objects.get(pk=poll.pk)
        assert now.version <= poll.version + 2
        assert now.state == "closed"


# --- one hand holds a lock, so that the order of locks shows


def test_closer_takes_the_session_before_the_poll_as_everybody_does(committing_postgres):
    poll = make_poll()
    caller = organiser_of(poll.session.event)
    set_closing_time(poll_id=poll.pk, caller=caller, closes_at=NOW + timedelta(seconds=1), now=NOW)
    due = NOW + timedelta(seconds=60)
    with (
        held(committing_postgres, LOCK_SESSION, poll.session_id) as moderator,
        in_a_thread(lambda: close_due_polls(due)) as closing,
    ):
        wait_until_blocked(committing_postgres, closing)
        moderator.execute("SET LOCAL lock_timeout = '5s'")
        moderator.execute(LOCK_POLL, [poll.pk])  # the closer must not hold it while it waits for the session
        moderator.rollback()
        assert closing.result(20) + close_due_polls(due) == 1
    assert Poll.objects.get(pk=poll.pk).state == "closed"


def test_two_who_prolong_at_once_each_add_theirs(committing_postgres):
    poll = make_poll()
    more = partial(prolong, poll_id=poll.pk, caller=organiser_of(poll.session.event), seconds=30, now=NOW)
    with held(committing_postgres, LOCK_POLL, poll.pk) as first, in_a_thread(more) as second:
        assert wait_until_blocked(committing_postgres, second)
        first.execute("UPDATE polls_poll SET closes_at = %s", [NOW + timedelta(seconds=90)])
        first.commit()
        second.result(20)
    assert Poll.objects.get(pk=poll.pk).closes_at == NOW + timedelta(seconds=120)


def test_session_that_ends_in_the_middle_of_a_batch_waits_for_it_and_closes_the_poll(committing_postgres):
    poll = make_poll()
    with (
        held(committing_postgres, LOCK_POLL, poll.pk) as batch,
        in_a_thread(lambda: close_live_polls(session_id=poll.session_id, now=NOW)) as closing,
    ):
        wait_until_blocked(committing_postgres, closing)
        batch.commit()
        assert closing.result(20) == 1
    assert Poll.objects.get(pk=poll.pk).state == "closed"


def test_batch_waits_for_no_moderator_who_only_holds_the_session(committing_postgres):
    poll = make_poll()
    [attendee] = join_many(poll.session, 1)
    vote = vote_for(poll, attendee, "a")
    with (
        held(committing_postgres, LOCK_SESSION, poll.session_id),
        in_a_thread(lambda: racers.vote_in_batches([vote], 1, NOW)) as voting,
    ):
        assert voting.result(20) == ["ok"]
    assert options_of(poll)["a"] == vote.answer[0]
    assert as_tally(poll) == {"a": 1, "": 1}


def test_act_waits_for_a_batch_and_not_the_other_way_round(committing_postgres):
    poll = make_poll()
    caller: Caller = organiser_of(poll.session.event)
    with (
        held(committing_postgres, LOCK_POLL, poll.pk) as batch,
        in_a_thread(lambda: racers.act("closed", poll.pk, caller, NOW)) as closing,
    ):
        assert wait_until_blocked(committing_postgres, closing)
        batch.commit()
        assert closing.result(20) == "ok"
