"""A session that runs by the clock starts and ends at its planned times, once, and never against what people did."""

from datetime import timedelta

import pytest
from django.utils import timezone

from opendev.core.attendance import Caller
from opendev.core.errors import DomainError
from opendev.room.lifespan import close_and_finalise
from opendev.room.services import set_session_state, start_and_end_by_clock
from polls.models import Poll
from sessions.programme.models import Session
from sessions.states.services import set_session_clock
from sessions.timeline.selectors import timeline_of
from tests.factories import NOW, make_moderator, make_poll, make_session
from tests.sessions.questions.test_races import at_once

LATER = NOW + timedelta(minutes=61)


def by_clock(**fields):
    return make_session(starts_at=NOW, minutes=60, runs_by_clock=True, **{"state": "upcoming", **fields})


def at(minutes):
    return NOW + timedelta(minutes=minutes)


def state_of(session):
    return Session.objects.get(pk=session.pk).state


def told(session):
    return [(entry.verb, entry.actor_name) for entry in timeline_of(session.pk)]


@pytest.mark.django_db
def test_clock_starts_and_ends_a_session_with_its_polls_and_writes_down_that_nobody_did():
    session, by_hand = by_clock(), make_session(starts_at=NOW, state="upcoming")
    start_and_end_by_clock(at(-1))
    assert state_of(session) == "upcoming"
    assert start_and_end_by_clock(at(0)) == 1
    assert Session.objects.get(pk=session.pk).went_live_at == at(0)
    poll = make_poll(session)
    start_and_end_by_clock(at(59))
    assert state_of(session) == "live"
    assert start_and_end_by_clock(at(60)) == 1
    assert start_and_end_by_clock(at(61)) == 0
    assert (state_of(session), Poll.objects.get(pk=poll.pk).state) == ("over", "closed")
    verbs = [verb for verb, _actor in told(session)]
    assert verbs == ["session.started", "poll.launched", "session.ended", "poll.closed"]
    assert told(session)[0] == ("session.started", "")
    assert told(session)[2] == ("session.ended", "")
    assert state_of(by_hand) == "upcoming"


@pytest.mark.django_db
def test_clock_does_not_start_what_should_be_over_already():
    session = by_clock()
    assert start_and_end_by_clock(LATER) == 0
    assert state_of(session) == "upcoming"


@pytest.mark.django_db
def test_what_people_do_by_hand_stands():
    ended, taken_back, reopened = by_clock(), by_clock(), by_clock(state="live")

    def move(session, state, now):
        caller = Caller(user_id=make_moderator(session).pk)
        set_session_state(session_id=session.pk, caller=caller, state=state, now=now)

    for state in ("live", "over"):
        move(ended, state, at(-5))
    start_and_end_by_clock(at(10))
    assert state_of(ended) == "over"
    move(taken_back, "upcoming", at(11))
    start_and_end_by_clock(at(12))
    assert state_of(taken_back) == "upcoming"
    start_and_end_by_clock(at(60))
    move(reopened, "live", at(61))
    start_and_end_by_clock(at(62))
    assert state_of(reopened) == "live"


@pytest.mark.django_db
def test_clock_is_set_while_it_can_still_do_something():
    session = make_session(starts_at=NOW, state="upcoming")
    who = {"session_id": session.pk, "caller": Caller(user_id=make_moderator(session).pk)}
    for wanted, now, code in (
        (True, LATER, "clock_is_past"),
        ("yes", NOW, "malformed"),
        (None, NOW, "malformed"),
    ):
        with pytest.raises(DomainError) as refusal:
            set_session_clock(by_clock=wanted, now=now, **who)
        assert refusal.value.code == code
    assert set_session_clock(by_clock=True, now=at(-1), **who).runs_by_clock
    start_and_end_by_clock(at(0))
    assert state_of(session) == "live"
    set_session_clock(by_clock=False, now=LATER, **who)
    start_and_end_by_clock(LATER)
    assert state_of(session) == "live"


@pytest.mark.django_db
def test_closer_of_a_serving_process_looks_at_the_clock():
    due = make_session(
        starts_at=timezone.now() - timedelta(minutes=1), minutes=60, runs_by_clock=True, state="upcoming"
    )
    close_and_finalise()
    assert state_of(due) == "live"


@pytest.mark.usefixtures("committing_postgres")
def test_several_processes_start_and_end_a_session_once():
    sessions = [by_clock() for _ in range(10)]
    for now in (at(0), at(60)):
        moved = at_once(*[lambda now=now: start_and_end_by_clock(now)] * 4)
        start_and_end_by_clock(now)  # what everybody left to somebody else
        assert sum(moved) <= len(sessions)
    for session in sessions:
        assert told(session) == [("session.started", ""), ("session.ended", "")]
