"""How often a batch of votes waits for PostgreSQL: each wait gives the interpreter away (docs/adr/0012)."""

from contextlib import contextmanager

import pytest
from django.db import connection
from psycopg.pq import PipelineStatus

from tests.factories import make_attendee, make_poll, make_session, record, vote_for

pytestmark = [
    pytest.mark.usefixtures("database"),
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
]


@contextmanager
def trips(monkeypatch):
    """The waits: each statement alone, and each pipeline as a whole."""
    waits = []
    server = connection.connection
    usual = server.pipeline

    def note(execute, sql, params, many, context):
        if server.pgconn.pipeline_status == PipelineStatus.OFF:
            waits.append(sql.split()[0])
        return execute(sql, params, many, context)

    @contextmanager
    def pipeline():
        waits.append("pipeline")
        with usual() as opened:
            yield opened

    with connection.execute_wrapper(note), monkeypatch.context() as patch:
        patch.setattr(server, "pipeline", pipeline)
        yield waits


def inside(waits):
    """What was waited for in the transaction, which is a savepoint here: the product's begins and commits besides."""
    return waits[waits.index("SAVEPOINT") + 1 : waits.index("RELEASE")]


@pytest.mark.parametrize("voters", [1, 100])
def test_batch_of_first_votes_waits_for_its_lock_two_readings_and_one_writing(monkeypatch, voters):
    session = make_session()
    polls = [make_poll(session), make_poll(session, anonymous=False)]
    people = [make_attendee(session) for _ in range(voters)]
    votes = [vote_for(poll, attendee, "b") for poll in polls for attendee in people]
    with trips(monkeypatch) as waits:
        assert record(*votes) == ["b"] * len(votes)
    assert inside(waits) == ["pipeline"] * 4


def test_batch_with_votes_that_change_reads_their_answers_too(monkeypatch):
    session = make_session()
    poll, attendee = make_poll(session), make_attendee(session)
    record(vote_for(poll, attendee, "a"))
    with trips(monkeypatch) as waits:
        assert record(vote_for(poll, attendee, "b")) == ["b"]
    assert inside(waits) == ["pipeline", "pipeline", "pipeline", "SELECT", "pipeline"]
