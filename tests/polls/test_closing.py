"""What happens by itself: the close at the end of a countdown, and finalising, which joins nobody to a ballot."""

from datetime import timedelta

import pytest
from django.db.models.expressions import RawSQL

from polls.models import Ballot, MarkKey, Participation, Poll, Selection
from polls.selectors import own_answer
from polls.services import (
    close_due_polls,
    close_live_polls,
    finalise_due_polls,
    set_closing_time,
    set_poll_state,
)
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
from tests.factories.sessions import organiser_of

pytestmark = pytest.mark.usefixtures("database")


def after(seconds):
    return NOW + timedelta(seconds=seconds)


def count_down(poll, seconds):
    caller = organiser_of(poll.session.event)
    return set_closing_time(poll_id=poll.pk, caller=caller, closes_at=after(seconds), now=NOW)


def states_of(*polls):
    found = dict(Poll.objects.values_list("pk", "state"))
    return [found[poll.pk] for poll in polls]


def test_poll_closes_one_second_after_its_countdown_ended():
    short, long, endless = make_poll(), make_poll(), make_poll()
    count_down(short, 60)
    count_down(long, 61)
    assert close_due_polls(after(60.999)) == 0
    assert close_due_polls(after(61)) == 1
    assert states_of(short, long, endless) == ["closed", "live", "live"]
    assert Poll.objects.get(pk=short.pk).closed_at == after(61)
    assert close_due_polls(after(62)) == 1
    assert close_due_polls(after(3600)) == 0
    assert states_of(short, long, endless) == ["closed", "closed", "live"]


def test_countdown_long_over_is_closed_by_the_first_round_after_a_restart():
    poll = make_poll()
    count_down(poll, 60)
    assert close_due_polls(after(86_400)) == 1
    assert states_of(poll) == ["closed"]


def test_vote_that_arrived_in_time_is_counted_until_the_close():
    poll = make_poll()
    count_down(poll, 60)
    on_its_way = [vote_for(poll, make_attendee(poll.session), "a", at=after(59.9)) for _ in range(2)]
    assert record(on_its_way[0], now=after(60.5)) == ["a"]
    close_due_polls(after(61))
    assert record(on_its_way[1], now=after(61.1)) == ["poll_not_live"]
    assert as_tally(poll) == {"a": 1, "": 1}


def test_session_that_ends_closes_its_live_polls_alone():
    session, neighbour = make_session(), make_session()
    live = [make_poll(session), make_poll(session)]
    others = [make_poll(session, state="draft"), make_poll(session, state="published"), make_poll(neighbour)]
    assert close_live_polls(session_id=session.pk, now=after(1)) == 2
    assert states_of(*live) == ["closed", "closed"]
    assert states_of(*others) == ["draft", "published", "live"]


@pytest.fixture
def voted_polls():
    """An anonymous and a named poll, closed, with the same votes: one changed, one taken back."""
    session = make_session()
    people = [make_attendee(session) for _ in range(12)]
    polls = [make_poll(session, kind="multiple", anonymous=anonymous) for anonymous in (True, False)]
    for poll in polls:
        for place, attendee in enumerate(people):
            record(vote_for(poll, attendee, *("ab", "b", "c")[place % 3], seq=place + 1))
        record(vote_for(poll, people[0], "c", seq=50), vote_for(poll, people[1], seq=51))
        set_poll_state(poll_id=poll.pk, caller=organiser_of(session.event), state="closed", now=NOW)
    return *polls, people


def content_of(poll):
    """What the ballots say, without the keys of their rows."""
    chosen = {}
    for ballot, option in Selection.objects.filter(poll=poll).values_list("ballot_id", "option__text"):
        chosen.setdefault(ballot, set()).add(option)
    return {
        (bytes(ballot.key), ballot.attendee_id, frozenset(chosen.get(ballot.pk, ())))
        for ballot in Ballot.objects.filter(poll=poll)
    }


def row_keys_of(poll):
    return set(Ballot.objects.filter(poll=poll).values_list("pk", flat=True))


def test_finalising_waits_five_seconds(voted_polls):
    assert finalise_due_polls(after(4.999)) == 0
    assert finalise_due_polls(after(5)) == 2
    assert finalise_due_polls(after(6)) == 0
    assert set(Poll.objects.values_list("finalised_at", flat=True)) == {after(5)}


def test_finalising_an_anonymous_poll_leaves_nothing_that_leads_to_a_person(voted_polls):
    anonymous, _named, people = voted_polls
    assert Participation.objects.count() == len(people)
    assert MarkKey.objects.count() == 1
    finalise_due_polls(after(5))
    assert not Participation.objects.exists()
    assert not MarkKey.objects.exists()
    assert set(Ballot.objects.filter(poll=anonymous).values_list("attendee", flat=True)) == {None}


def test_finalising_keeps_every_ballot_under_a_new_row_key(voted_polls):
    anonymous, _named, people = voted_polls
    content, keys, tally = content_of(anonymous), row_keys_of(anonymous), as_tally(anonymous)
    finalise_due_polls(after(5))
    assert content_of(anonymous) == content
    assert len(content) == len(keys) == len(people)
    assert not row_keys_of(anonymous) & keys
    assert as_tally(anonymous) == votes_counted(anonymous) == tally


def test_finalising_stores_ballots_in_an_order_of_its_own(voted_polls, database):
    place_in_the_file = RawSQL({"sqlite": "rowid", "postgresql": "ctid"}[database], ())
    anonymous, _named, _people = voted_polls
    orders = set()
    for _ in range(3):  # by chance two orders of twelve are the same once in 479 million
        Poll.objects.update(finalised_at=None)
        finalise_due_polls(after(5))
        rows = Ballot.objects.filter(poll=anonymous).order_by(place_in_the_file)
        orders.add(tuple(rows.values_list("key", flat=True)))
    assert len(orders) == 3
    assert tuple(sorted(next(iter(orders)))) not in orders


def test_finalising_a_named_poll_touches_no_ballot(voted_polls):
    _anonymous, named, _people = voted_polls
    content, keys = content_of(named), row_keys_of(named)
    finalise_due_polls(after(5))
    assert (content_of(named), row_keys_of(named)) == (content, keys)
    assert Poll.objects.get(pk=named.pk).finalised_at == after(5)


def test_own_answer_is_still_known_to_the_device_after_finalising(voted_polls):
    anonymous, _named, people = voted_polls
    before = [own_answer(attendee, anonymous) for attendee in people]
    finalise_due_polls(after(5))
    assert [own_answer(attendee, anonymous) for attendee in people] == [
        mine._replace(seq=0) for mine in before
    ]
    assert before[2].options == (options_of(anonymous)["c"],)
    assert own_answer(people[2], anonymous, secret=b"other-secret-of-16")[:3] == (False, None, 0)


@pytest.mark.parametrize("state", ["published", "archived"])
def test_poll_that_went_on_after_its_close_is_finalised_too(voted_polls, state):
    _anonymous, named, _people = voted_polls
    set_poll_state(poll_id=named.pk, caller=organiser_of(named.session.event), state=state, now=after(1))
    assert finalise_due_polls(after(5)) == 2


def test_poll_that_was_opened_again_is_not_finalised():
    poll = make_poll(state="closed", visibility="moderators")
    set_poll_state(poll_id=poll.pk, caller=organiser_of(poll.session.event), state="live", now=after(4))
    assert finalise_due_polls(after(3600)) == 0
    assert record(vote_for(poll, make_attendee(poll.session), "a")) == ["a"]
    set_poll_state(poll_id=poll.pk, caller=organiser_of(poll.session.event), state="closed", now=after(3600))
    assert finalise_due_polls(after(3604)) == 0
    assert finalise_due_polls(after(3605)) == 1


def test_finalised_poll_is_never_opened_again(voted_polls):
    anonymous, _named, _people = voted_polls
    Poll.objects.filter(pk=anonymous.pk).update(visibility="moderators")
    finalise_due_polls(after(5))
    caller = organiser_of(anonymous.session.event)
    with pytest.raises(Exception, match="illegal_move"):
        set_poll_state(poll_id=anonymous.pk, caller=caller, state="live", now=after(5))


def test_close_and_finalising_each_raise_the_version(voted_polls):
    anonymous, _named, _people = voted_polls
    before = Poll.objects.get(pk=anonymous.pk).version
    finalise_due_polls(after(5))
    assert Poll.objects.get(pk=anonymous.pk).version == before + 1
