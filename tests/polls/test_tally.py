"""The kept tally is what counting the rows gives, whatever was cast in whatever batches."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polls.models import Ballot, Participation
from tests.factories import (
    NOW,
    as_tally,
    make_attendee,
    make_poll,
    make_session,
    record,
    vote_for,
    votes_counted,
)
from tests.factories.databases import rolled_back

pytestmark = pytest.mark.usefixtures("database")

ATTENDEES = 3
CASTS = st.lists(
    st.tuples(
        st.integers(0, ATTENDEES - 1),
        st.sets(st.sampled_from("abc")),
        st.integers(0, 6),
        st.booleans(),  # whether a batch ends here
    ),
    max_size=14,
)


def batches_of(casts):
    batch = []
    for who, texts, seq, ends in casts:
        batch.append((who, tuple(sorted(texts)), seq))
        if ends:
            yield batch
            batch = []
    if batch:
        yield batch


def expected_answers(casts, *, single):
    """The rules in their plainest form: the highest seq stands, the first of equals; a withdrawal needs a ballot."""
    standing = {}
    for who, texts, seq, _ends in casts:
        legal = not texts or not single or len(texts) == 1
        newest = who not in standing or seq > standing[who][0]
        if legal and newest and (texts or who in standing):
            standing[who] = (seq, texts)
    return {who: "+".join(sorted(texts)) for who, (_seq, texts) in standing.items()}


@pytest.mark.parametrize("kind", ["single", "multiple"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(casts=CASTS)
def test_any_votes_in_any_batches_leave_the_newest_of_each_counted(kind, casts):
    with rolled_back():
        session = make_session()
        poll = make_poll(session, kind=kind)
        people = [make_attendee(session) for _ in range(ATTENDEES)]
        for batch in batches_of(casts):
            record(*(vote_for(poll, people[who], *texts, seq=seq) for who, texts, seq in batch))

        answers = expected_answers(casts, single=kind == "single")
        counted = {}
        for answer in answers.values():
            for text in filter(None, answer.split("+")):
                counted[text] = counted.get(text, 0) + 1
        if voters := sum(bool(answer) for answer in answers.values()):
            counted[""] = voters
        assert as_tally(poll) == votes_counted(poll) == counted
        assert Ballot.objects.count() == Participation.objects.count() == len(answers)


def test_refused_batch_leaves_tally_version_and_rows_alone():
    session = make_session()
    poll, attendee = make_poll(session), make_attendee(session)
    late = NOW + timedelta(days=40)
    poll.closes_at = NOW + timedelta(seconds=1)
    poll.save()
    assert record(vote_for(poll, attendee, "a", at=late), now=late) == ["poll_not_live"]
    before = poll.version
    poll.refresh_from_db()
    assert poll.version == before
    assert as_tally(poll) == votes_counted(poll) == {}
    assert record(vote_for(poll, attendee, "a"), now=late) == ["a"]
