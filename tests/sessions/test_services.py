"""Joining, the states of a session, and who may do what in it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product

import pytest
from django.db import DatabaseError, connections, transaction

from opendev.core.attendance import NOBODY, Caller, new_pass
from opendev.core.errors import Malformed, NotFound, NotSignedIn
from opendev.room.services import set_session_state
from sessions.access.models import SignInLink
from sessions.access.services import LinkIsSpent, make_sign_in_link, spend_sign_in_link
from sessions.attendees.models import Attendance, Attendee
from sessions.attendees.services.joining import join_session
from sessions.programme.models import Event, Session
from sessions.programme.models.events import RESERVED_SLUGS
from sessions.programme.refusals import SessionIsOver
from sessions.programme.selectors import all_events, first_session_of, moderates, session_by_code
from sessions.programme.services.rights import NotModerator
from sessions.states.services import IllegalSessionMove
from tests.factories import NOW, make_attendee, make_event, make_moderator, make_organiser, make_session
from tests.factories.sessions import make_user, organiser_of

pytestmark = pytest.mark.django_db

STATES = Session.State.values


# --- joining


def join(session, known=None, *, has_open_line=False, **said):
    return join_session(session_id=session.pk, known=known, has_open_line=has_open_line, now=NOW, **said)


def test_newcomer_gets_a_pass_of_the_event():
    session = make_session()
    attendee, made = join(session, name="Ada")
    assert (made.event_id, made.attendee_id) == (session.event_id, attendee.pk)
    assert Attendance.objects.get().attendee == attendee


def test_two_devices_are_two_attendees():
    session = make_session()
    (_one, first), (_two, second) = join(session), join(session)
    assert first.attendee_id != second.attendee_id
    assert first.device_secret != second.device_secret


def test_device_that_comes_again_keeps_its_pass_and_its_secret():
    session = make_session()
    attendee, first = join(session, name="Ada", country="GB")
    again, second = join(make_session(session.event), first, company="Engines")
    assert (again.pk, second) == (attendee.pk, first)
    assert Attendee.objects.values_list("name", "company", "country").get() == ("Ada", "Engines", "GB")
    join(session, first)
    assert Attendance.objects.count() == 2


def test_pass_of_another_event_or_of_nobody_makes_a_newcomer():
    session = make_session()
    for known in (make_attendee(make_session()), new_pass(session.event_id, 404), None):
        before = Attendee.objects.filter(event=session.event).count()
        _attendee, made = join(session, known)
        assert made != known
        assert Attendee.objects.filter(event=session.event).count() == before + 1


@pytest.mark.parametrize("state", STATES)
def test_session_can_be_joined_until_it_is_over(state):
    session = make_session(state=state)
    if state == "over":
        with pytest.raises(SessionIsOver):
            join(session)
    else:
        assert join(session)
    with pytest.raises(NotFound):
        join_session(session_id=404, known=None, has_open_line=True, now=NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[
            (field, value)
            for field in ("name", "company", "country")
            for value in (1, [], {}, True, "a\0", "\ud800")
        ],
        *[(field, "x" * 121) for field in ("name", "company", "country")],
        *[("country", value) for value in ("XX", "DEU", "Germany", "U", "¹²")],
    ],
)
def test_what_cannot_be_kept_of_somebody_is_refused(field, value):
    session = make_session()
    with pytest.raises(Malformed) as refused:
        join(session, **{field: value})
    assert set(refused.value.fields) == {field}
    assert not Attendee.objects.exists()


# --- states


def set_state(session, state, caller=None):
    caller = caller or organiser_of(session.event)
    return set_session_state(
        session_id=session.pk, caller=caller, state=state, now=NOW + timedelta(minutes=5)
    )


LEGAL = {("upcoming", "live"), ("live", "over"), ("live", "upcoming"), ("over", "live")}


@pytest.mark.parametrize(("before", "after"), list(product(STATES, STATES)))
def test_session_goes_only_the_legal_ways(before, after):
    session = make_session(state=before)
    if before == after:
        assert set_state(session, after).version == session.version
    elif (before, after) in LEGAL:
        assert set_state(session, after).version == session.version + 1
    else:
        with pytest.raises(IllegalSessionMove):
            set_state(session, after)
        after = before
    assert Session.objects.get(pk=session.pk).state == after


def test_session_notes_when_it_went_live_and_when_it_ended():
    session, then = make_session(state="upcoming"), NOW + timedelta(minutes=5)
    assert set_state(session, "live").went_live_at == then
    assert set_state(session, "over").ended_at == then
    assert set_state(session, "live").ended_at is None


@pytest.mark.parametrize("state", ["", "ended", "LIVE", None, [], 1])
def test_state_that_does_not_exist_is_malformed(state):
    session = make_session()
    with pytest.raises(Malformed) as refused:
        set_state(session, state)
    assert set(refused.value.fields) == {"state"}


def test_session_is_moved_by_those_who_moderate_it_alone():
    session = make_session()
    neighbour, elsewhere = make_session(session.event), make_session()
    for caller, error in (
        (NOBODY, NotSignedIn),
        (Caller(attendee=make_attendee(session)), NotSignedIn),
        (Caller(user_id=make_user().pk), NotModerator),
        (Caller(user_id=make_moderator(neighbour).pk), NotModerator),
        (Caller(user_id=make_organiser(elsewhere.event).pk), NotModerator),
    ):
        with pytest.raises(error):
            set_state(session, "over", caller)
    assert set_state(session, "over", Caller(user_id=make_moderator(session).pk)).state == "over"
    assert set_state(session, "live", Caller(user_id=make_organiser(session.event).pk)).state == "live"
    with pytest.raises(NotFound):
        set_session_state(session_id=404, caller=NOBODY, state="live", now=NOW)


def test_presenter_and_host_of_a_session_do_not_moderate_it():
    session = make_session()
    user = make_moderator(session)
    role = session.roles.get()
    assert moderates(Caller(user_id=user.pk), session.pk)
    for part in ("presenter", "host"):
        role.role = part
        role.save()
        assert not moderates(Caller(user_id=user.pk), session.pk)


# --- reading


def test_events_with_a_live_session_come_first_and_those_without_sessions_last():
    empty, upcoming, live = make_event(name="A"), make_event(name="B"), make_event(name="C")
    make_session(upcoming, state="upcoming")
    make_session(live)
    make_session(live, state="over")
    assert all_events() == [live, upcoming, empty]


def test_code_leads_to_its_session_in_every_state():
    for state in STATES:
        session = make_session(state=state)
        assert session_by_code(session.code) == session


def test_first_session_of_a_moderator_is_the_live_one():
    event = make_event()
    user = make_organiser(event)
    assert first_session_of(user.pk) is None
    over = make_session(event, state="over")
    assert first_session_of(user.pk) == over
    upcoming = make_session(event, state="upcoming")
    assert first_session_of(user.pk) == upcoming
    live = make_session(event)
    assert first_session_of(user.pk) == live


# --- what the database itself refuses


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_event_cannot_stand_at_an_address_of_the_product(slug):
    with pytest.raises(DatabaseError, match="event_slug_is_not_an_address_of_ours"), transaction.atomic():
        Event.objects.create(slug=slug, name="Taken")
    assert Event.objects.create(slug=f"{slug}-2020", name="Free")


@pytest.mark.parametrize("code", ["", "12345", "012345", "abcdef", "12345x"])
def test_join_code_is_six_digits_without_a_leading_zero(code):
    session = make_session(code="123456")
    with pytest.raises(DatabaseError, match="session_code_is_six_digits"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(code=code)


def test_join_code_exists_once_and_a_new_session_takes_another():
    first = make_session(code="123456")
    second = make_session(code="123456")
    assert second.code != "123456"
    with pytest.raises(DatabaseError, match="code"), transaction.atomic():
        Session.objects.filter(pk=second.pk).update(code=first.code)


# --- two at once


def test_of_several_who_press_the_same_sign_in_link_at_once_one_gets_in(committing_postgres):
    presses = 5
    user = make_user()
    token = make_sign_in_link(user=user, now=NOW)

    def press(_number):
        try:
            return spend_sign_in_link(token=token, now=NOW)
        except LinkIsSpent:
            return None
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(presses) as pool:
        got_in = list(pool.map(press, range(presses)))
    assert sorted(got_in, key=bool) == [None] * (presses - 1) + [user]
    assert SignInLink.objects.get().spent_at == NOW
