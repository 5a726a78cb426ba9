"""After finalising, a copy of the database joins no attendee with a ballot of an anonymous poll; before, it does."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from opendev.core.attendance import new_pass
from polls import services as polls
from polls.ballot_store import NewSelection
from polls.models import Ballot, MarkKey, Poll
from polls.services import closing, finalise_due_polls, recount_polls
from polls.services.states import set_poll_state
from sessions.attendees.models import Attendee
from tests.factories import NOW, as_tally, make_poll, make_session, votes_counted
from tests.factories.polls import record, vote_for
from tests.factories.sessions import organiser_of
from tests.secrecy.attacks import Truth, by_marks_in_the_bytes, joins
from tests.secrecy.dumps import Dump
from tests.support.databases import ROOT

OPTIONS = [f"option {n}" for n in range(12)]
VOTERS, BYSTANDERS, CHANGES, WITHDRAWALS = 36, 6, 4, 3
APART_MS = 5_000


class Vote:
    """An anonymous poll in which people voted, one after the other, each with the time of the tap as counter."""

    def __init__(self) -> None:
        self.session = make_session()
        self.poll = make_poll(self.session, options=OPTIONS)
        event = self.session.event
        rows = Attendee.objects.bulk_create(
            Attendee(event=event, joined_at=NOW) for _ in range(VOTERS + BYSTANDERS)
        )
        self.passes = [new_pass(event.pk, row.pk) for row in rows[:VOTERS]]
        bystanders = [row.pk for row in rows[VOTERS:]]
        self.clock = int(NOW.timestamp() * 1000)
        self.ids = dict(self.poll.options.values_list("text", "pk"))
        self.truth = Truth(self.poll.pk, {}, {}, bystanders)
        for n, voter in enumerate(self.passes):
            self.cast(voter, OPTIONS[n % len(OPTIONS)])
        for n in range(CHANGES):
            self.cast(self.passes[7 * n], OPTIONS[(n + 5) % len(OPTIONS)])
        for n in range(WITHDRAWALS):
            self.cast(self.passes[7 * n + 3])
        self.mark_key = bytes(MarkKey.objects.get(poll=self.poll).key)

    def cast(self, voter, *texts):
        """One vote a transaction, as they come when a room is slow."""
        self.clock += APART_MS
        chosen = tuple(self.ids[text] for text in texts)
        vote = polls.Vote(self.poll.pk, voter, chosen, NOW, self.clock, withdraws=not chosen)
        outcome = polls.record_ballots([vote], NOW).outcomes[0]
        assert isinstance(outcome, polls.Recorded)
        who = voter.attendee_id
        self.truth.chosen.pop(who, None)  # the last one to act stands last
        self.truth.chosen[who] = frozenset(chosen)
        self.truth.moments[who] = self.clock

    def close(self, *, seconds_ago):
        moment = timezone.now() - timedelta(seconds=seconds_ago)
        set_poll_state(
            poll_id=self.poll.pk, caller=organiser_of(self.session.event), state="closed", now=moment
        )

    def finalise(self):
        self.close(seconds_ago=5)
        return finalise_due_polls(timezone.now())


ALWAYS_BEFORE = {"marks", "the order of selections", "moments", "counters"}
BEFORE = {
    "sqlite": ALWAYS_BEFORE | {"the commits in the log"},
    "postgresql": ALWAYS_BEFORE | {"the order in the file", "the transaction that wrote"},
}


def test_attacks_give_people_away_while_the_poll_is_live_and_until_it_is_finalised(database):
    vote = Vote()
    assert joins(database.dump(), vote.truth).keys() == BEFORE[database.kind]
    vote.close(seconds_ago=4)
    assert finalise_due_polls(timezone.now()) == 0
    found = joins(database.dump(), vote.truth)
    assert found.keys() == BEFORE[database.kind]
    assert found["marks"] == VOTERS
    assert by_marks_in_the_bytes(database.dump(), vote.truth, vote.mark_key)


def test_nothing_joins_people_and_ballots_after_finalising(database):
    vote = Vote()
    tally = as_tally(vote.poll)
    assert tally[""] == VOTERS - WITHDRAWALS
    old = set(Ballot.objects.values_list("pk", flat=True))
    assert vote.finalise() == 1
    dump = database.dump()
    assert joins(dump, vote.truth) == {}
    assert by_marks_in_the_bytes(dump, vote.truth, vote.mark_key) == {}
    assert old.isdisjoint(Ballot.objects.values_list("pk", flat=True))
    assert all(f"{identity}" not in dump.text for identity in old)
    assert recount_polls() == (1, [])
    assert as_tally(vote.poll) == votes_counted(vote.poll) == tally


def test_rows_of_a_finalised_poll_hold_nothing_but_what_counting_needs(database):
    vote = Vote()
    vote.finalise()
    dump = database.dump()
    ballots = dump.rows("polls_ballot", vote.poll.pk)
    assert len(ballots) == VOTERS
    constant = {"poll_id", "single", "seq", "attendee_id", "_xmin"}
    assert {name: len({row[name] for row in ballots}) for name in constant} == dict.fromkeys(constant, 1)
    assert {row["seq"] for row in ballots} == {0}
    assert ballots[0].keys() == constant | {"id", "key", "_place"}
    for table in ("polls_participation", "polls_markkey"):
        assert dump.rows(table, vote.poll.pk) == []
    known = {str(moment) for moment in vote.truth.moments.values()}
    assert [moment for moment in known if moment in dump.text] == []


def test_attendees_of_other_tables_lead_to_no_ballot(database):
    """Whatever column of whatever table: no value of a ballot stands anywhere else, but its id in its selections."""
    vote = Vote()
    vote.finalise()
    dump = database.dump()
    ballots = dump.rows("polls_ballot", vote.poll.pk)
    telling = {row["key"] for row in ballots} | {row["id"] for row in ballots}
    elsewhere = {
        (table, column)
        for table, rows in dump.tables.items()
        for row in rows
        for column, value in row.items()
        if value in telling and column != "_place"
    }
    assert elsewhere == {("polls_ballot", "key"), ("polls_ballot", "id"), ("polls_selection", "ballot_id")}


def test_two_polls_of_the_same_people_cannot_be_laid_side_by_side(database):
    vote = Vote()
    second = make_poll(vote.session, options=OPTIONS)
    for voter in vote.passes:
        record(vote_for(second, voter, OPTIONS[0]))
    dump = database.dump()
    first, other = (
        {row["key"] for row in dump.rows("polls_ballot", poll.pk)} for poll in (vote.poll, second)
    )
    assert len(first) == len(other) == VOTERS
    assert first.isdisjoint(other)
    marks, others = (
        {row["mark"] for row in dump.rows("polls_participation", poll.pk)} for poll in (vote.poll, second)
    )
    assert len(marks) == len(others) == VOTERS
    assert marks.isdisjoint(others)


# --- the attacks notice a finalising that does not do its work


def test_finalising_that_does_nothing_is_noticed(database, monkeypatch):
    vote = Vote()
    monkeypatch.setattr(closing, "_finalise", lambda poll, now: False)
    assert vote.finalise() == 0
    assert joins(database.dump(), vote.truth).keys() == BEFORE[database.kind]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_finalising_that_leaves_the_log_as_it_lies_is_noticed(database, monkeypatch):
    vote = Vote()
    monkeypatch.setattr(closing, "empty_log_after_commit", lambda: None)
    assert vote.finalise() == 1
    dump = database.dump()
    assert joins(dump, vote.truth).keys() == {"the commits in the log"}
    assert by_marks_in_the_bytes(dump, vote.truth, vote.mark_key)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_deleted_rows_that_are_left_in_the_file_are_noticed(database):
    """Free pages, and what is free within pages, are read too: no row gives anybody away here."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete = OFF")
    vote = Vote()
    assert vote.finalise() == 1
    dump = database.dump()
    assert joins(dump, vote.truth) == {}
    assert dump.log is None or not dump.log.stat().st_size
    assert by_marks_in_the_bytes(dump, vote.truth, vote.mark_key)


def test_finalising_that_keeps_the_ballots_as_they_lie_is_noticed(database, monkeypatch):
    vote = Vote()
    monkeypatch.setattr(closing, "_insert_anew_in_random_order", lambda poll: None)
    assert vote.finalise() == 1
    found = joins(database.dump(), vote.truth).keys()
    assert found == BEFORE[database.kind] - {"marks", "the transaction that wrote", "the commits in the log"}


def test_finalising_that_keeps_the_marks_is_noticed(database, monkeypatch):
    vote = Vote()

    def ballots_alone(poll, now):
        closing._insert_anew_in_random_order(poll)
        Poll.objects.filter(pk=poll.pk).update(finalised_at=now)
        return True

    monkeypatch.setattr(closing, "_finalise", ballots_alone)
    assert vote.finalise() == 1
    found = joins(database.dump(), vote.truth)
    assert found.keys() == {"marks"} | BEFORE[database.kind] & {"the commits in the log"}
    assert found["marks"] == VOTERS


def test_finalising_that_does_not_shuffle_is_noticed(database, monkeypatch):
    vote = Vote()
    counters = dict(Ballot.objects.values_list("pk", "seq"))

    def keep_the_order_of_votes(rows):
        if not isinstance(rows[0], NewSelection):  # which come in the order of their ballots
            rows.sort(key=lambda ballot: counters[ballot[0]])

    monkeypatch.setattr(closing, "_shuffle", keep_the_order_of_votes)
    assert vote.finalise() == 1
    noticed = {
        "sqlite": {"the order of selections"},  # ballots lie in the order of their ids
        "postgresql": {"the order of selections", "the order in the file", "counters"},
    }
    assert joins(database.dump(), vote.truth).keys() == noticed[database.kind]


def test_attendee_named_in_an_anonymous_ballot_would_be_noticed(database):
    """The database refuses to write one (guards); the attack would find it."""
    vote = Vote()
    vote.finalise()
    dump = database.dump()
    rows = dump.rows("polls_ballot", vote.poll.pk)
    chosen = {
        row["id"]: frozenset(
            s["option_id"] for s in dump.tables["polls_selection"] if s["ballot_id"] == row["id"]
        )
        for row in rows
    }
    free = dict(vote.truth.chosen)
    for row in rows:
        who = next(attendee for attendee, options in free.items() if options == chosen[row["id"]])
        row["attendee_id"] = who
        del free[who]
    assert joins(dump, vote.truth) == {"a column that names attendees": VOTERS}


@pytest.mark.parametrize("secret", ["attendee", "secret"])
def test_key_made_of_what_is_known_would_be_noticed(database, secret):
    """If a ballot's key followed from the attendee's id, as it does in named polls, the attack would find it."""
    vote = Vote()
    vote.finalise()
    named = make_poll(vote.session, options=OPTIONS, anonymous=secret == "secret")
    for voter in vote.passes:
        known = b"%d" % voter.attendee_id if secret == "secret" else None
        record(vote_for(named, voter, OPTIONS[voter.attendee_id % 12], secret=known))
    ids = dict(named.options.values_list("text", "pk"))
    chosen = {voter.attendee_id: frozenset({ids[OPTIONS[voter.attendee_id % 12]]}) for voter in vote.passes}
    found = joins(database.dump(), Truth(named.pk, chosen, {}, []))
    assert found["keys of what is known"] == VOTERS


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite keeps no samples
def test_statistics_of_the_database_keep_no_mark_and_no_key(database):
    """PostgreSQL's planner samples the values of every column, and keeps the samples when the rows are gone."""
    votes = [Vote(), Vote()]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        for vote in votes:
            vote.finalise()
        cursor.execute(
            "SELECT tablename, attname, coalesce(most_common_vals::text, '') || coalesce(histogram_bounds::text, '')"
            " FROM pg_stats WHERE schemaname = current_schema()"
        )
        samples = {(table, column): text for table, column, text in cursor.fetchall()}
    assert samples["polls_option", "text"]
    for vote in votes:
        dump = Dump({}, lambda: "".join(samples.values()), bytes)
        assert by_marks_in_the_bytes(dump, vote.truth, vote.mark_key) == {}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresql_keeps_dead_rows_in_its_files_until_they_are_written_anew(database, postgres):
    """As docs/privacy.md says it, with the command that it names; the write-ahead log is another matter."""
    vote = Vote()
    vote.finalise()
    assert joins(database.dump(), vote.truth) == {}
    tables = "polls_ballot, polls_selection, polls_participation, polls_markkey, opendev_sessions_signup"
    assert tables in " ".join((ROOT / "docs" / "privacy.md").read_text().split())
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        assert traces(vote, postgres.folder / "data" / "base")
        cursor.execute(f"VACUUM FULL {tables}")
        cursor.execute("CHECKPOINT")
        assert not traces(vote, postgres.folder / "data" / "base")


def traces(vote, folder):
    raw = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    return by_marks_in_the_bytes(Dump({}, str, lambda: raw), vote.truth, vote.mark_key)
