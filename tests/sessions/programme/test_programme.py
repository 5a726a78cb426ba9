"""The programme edited by organisers: events, days, sessions, resources, and the next edition."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from opendev.core.attendance import NOBODY, Caller
from opendev.core.errors import Malformed, NotFound, NotSignedIn
from opendev.home.organise.events import clone_with_polls
from opendev.room.services import set_session_state, start_and_end_by_clock
from polls.models import Poll
from sessions.attendees.models import Attendee
from sessions.programme.models import Event, EventDay, Person, Session, SessionRole
from sessions.programme.refusals import SessionIsCancelled
from sessions.programme.services.changes import SessionHasBegun, cancel_session, restore_session
from sessions.programme.services.events import (
    AddressTaken,
    DayHasSessions,
    DayIsThere,
    add_day,
    create_event,
    edit_event,
    move_day,
    remove_day,
    set_committee,
)
from sessions.programme.services.resources import add_resource
from sessions.programme.services.rights import NotOrganiser
from sessions.programme.services.sessions import (
    add_to_stage,
    create_session,
    edit_session,
    order_sessions,
    split_session,
    step_session,
    take_off_stage,
)
from tests.factories import make_attendee, make_event, make_moderator, make_poll, make_session
from tests.factories.sessions import make_user, organiser_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def event():
    """An event in Berlin with one day."""
    made = make_event(time_zone="Europe/Berlin")
    made.days.update(date=date(2026, 10, 24))
    return made


@pytest.fixture
def caller(event):
    return organiser_of(event)


def fields_of(refused):
    return set(refused.value.fields)


def slots(event, *times, state="upcoming"):
    """Sessions A, B, C … at these times of the event's first day, as (hour, minute, minutes)."""
    day = event.days.get(number=1).date
    return [
        make_session(
            event,
            title=name,
            starts_at=datetime(day.year, day.month, day.day, hour, minute, tzinfo=event.zone),
            minutes=minutes,
            state=state,
        )
        for name, (hour, minute, minutes) in zip("ABCDE", times, strict=False)
    ]


def clocks(event):
    """Title and time of each session, in order."""
    sessions = event.sessions.order_by("starts_at", "pk")
    return [f"{session.title} {session.starts_at.astimezone(event.zone):%H:%M}" for session in sessions]


# --- events


def test_event_is_made_with_an_address_of_its_name_and_its_maker_as_organiser(caller):
    made = create_event(caller=caller, given={"name": "Cloud Days", "time_zone": "Asia/Kolkata"})
    assert (made.slug, made.time_zone) == ("cloud-days", "Asia/Kolkata")
    assert [user.pk for user in made.organisers.all()] == [caller.user_id]
    assert create_event(caller=caller, given={"name": "Cloud Days"}).slug == "cloud-days-2"
    assert create_event(caller=caller, given={"name": "Organise"}).slug == "organise-2"


def test_event_is_made_by_organisers_and_operators_alone(caller):
    for nobody, refusal in ((NOBODY, NotSignedIn), (Caller(user_id=make_user().pk), NotOrganiser)):
        with pytest.raises(refusal):
            create_event(caller=nobody, given={"name": "Mine"})
    operator = make_user()
    operator.is_superuser = True
    operator.save()
    assert create_event(caller=Caller(user_id=operator.pk), given={"name": "Mine"}).slug == "mine"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"slug": "Not an address"}, "slug"),
        ({"slug": "join"}, "slug"),
        ({"slug": "organise"}, "slug"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"summary": 5}, "summary"),
    ],
)
def test_event_that_cannot_be_is_refused_by_its_field(caller, given, field):
    before = Event.objects.count()
    with pytest.raises(Malformed) as refused:
        create_event(caller=caller, given={"name": "Fine", **given})
    assert fields_of(refused) == {field}
    assert Event.objects.count() == before


def test_address_of_another_event_is_refused(event, caller):
    with pytest.raises(AddressTaken) as refused:
        create_event(caller=caller, given={"name": "Other", "slug": event.slug})
    assert fields_of(refused) == {"slug"}


def test_event_keeps_its_address_and_its_moments_when_it_is_edited(event, caller):
    (session,) = slots(event, (10, 0, 30))
    edited = edit_event(
        event_id=event.pk, caller=caller, given={"name": "New", "slug": "new", "time_zone": "Asia/Tokyo"}
    )
    assert (edited.name, edited.slug) == ("New", event.slug)
    then = session.starts_at
    session.refresh_from_db()
    assert (session.starts_at, session.calendar_sequence) == (then, 0)


def test_committee_is_who_stands_in_the_list(event, caller):
    set_committee(event_id=event.pk, caller=caller, names="Ada Lovelace, Analytical\n\nGrace Hopper")
    set_committee(event_id=event.pk, caller=caller, names="Ada Lovelace\nLin Wang, Cloud, Inc.")
    assert [(person.name, person.company) for person in event.committee] == [
        ("Ada Lovelace", "Analytical"),
        ("Lin Wang", "Cloud, Inc."),
    ]
    assert Person.objects.filter(event=event, name="Grace Hopper").exists()


# --- days


def test_days_are_numbered_by_their_dates(event, caller):
    for text in ("2026-10-26", "2026-10-23"):
        add_day(event_id=event.pk, caller=caller, given={"date": text})
    assert [str(day.date) for day in event.days.order_by("number")] == [
        "2026-10-23", "2026-10-24", "2026-10-26",
    ]  # fmt: skip
    with pytest.raises(DayIsThere):
        add_day(event_id=event.pk, caller=caller, given={"date": "2026-10-23"})
    with pytest.raises(Malformed):
        add_day(event_id=event.pk, caller=caller, given={"date": "2026-02-30"})


def test_day_moves_with_its_sessions_at_their_times_of_day(event, caller):
    slots(event, (10, 0, 30), (11, 0, 30))
    day = event.days.get(number=1)
    move_day(event_id=event.pk, day_id=day.pk, caller=caller, given={"date": "2026-10-25"}, now=NOW)
    assert clocks(event) == ["A 10:00", "B 11:00"]  # the clocks went back in between
    assert {session.calendar_sequence for session in event.sessions.all()} == {1}
    assert {f"{session.starts_at.astimezone(BERLIN):%d}" for session in event.sessions.all()} == {"25"}


def test_day_with_sessions_stays(event, caller):
    make_session(event)
    day, empty = event.days.get(number=1), EventDay.objects.create(event=event, number=2, date="2026-10-25")
    with pytest.raises(DayHasSessions):
        remove_day(event_id=event.pk, day_id=day.pk, caller=caller)
    remove_day(event_id=event.pk, day_id=empty.pk, caller=caller)
    assert list(event.days.all()) == [day]
    with pytest.raises(NotFound):
        remove_day(event_id=event.pk, day_id=make_event().days.get().pk, caller=caller)


# --- sessions


def given(event, **more):
    day = event.days.get(number=1)
    return {"title": "A session", "day": str(day.pk), "time": "14:30", "minutes": "45", **more}


def test_session_is_made_at_the_time_of_the_events_zone(event, caller):
    made = create_session(event_id=event.pk, caller=caller, given=given(event, prompts="Why?\nHow?"), now=NOW)
    assert made.starts_at == datetime(2026, 10, 24, 12, 30, tzinfo=UTC)
    assert (made.slug, made.minutes, made.state, made.short_title) == (
        "a-session", 45, "upcoming", "A session",
    )  # fmt: skip
    assert made.prompt_lines == ["Why?", "How?"]
    assert create_session(event_id=event.pk, caller=caller, given=given(event), now=NOW).slug == "a-session-2"


def test_all_wrong_fields_of_a_session_are_told_at_once(event, caller):
    wrong = {"title": "", "day": "1x", "time": "25:00", "minutes": "0", "call_url": "javascript:alert(1)"}
    with pytest.raises(Malformed) as refused:
        create_session(event_id=event.pk, caller=caller, given={**given(event), **wrong}, now=NOW)
    assert fields_of(refused) == set(wrong)
    other = str(make_event().days.get().pk)
    with pytest.raises(Malformed) as refused:
        create_session(event_id=event.pk, caller=caller, given=given(event, day=other), now=NOW)
    assert fields_of(refused) == {"day"}
    assert not event.sessions.exists()


def test_session_moves_to_another_day_and_calendars_hear_of_it_once(event, caller):
    session = create_session(event_id=event.pk, caller=caller, given=given(event), now=NOW)
    day = EventDay.objects.create(event=event, number=2, date="2026-10-25")
    change = {"day": str(day.pk), "title": "Renamed", "topic": "About"}
    edited = edit_session(session_id=session.pk, caller=caller, given=change, now=NOW)
    assert edited.starts_at == datetime(2026, 10, 25, 13, 30, tzinfo=UTC)  # half past two, winter time
    assert (edited.day_id, edited.slug, edited.short_title) == (day.pk, "a-session", "Renamed")
    assert (edited.calendar_sequence, edited.version) == (1, 2)
    edit_session(session_id=session.pk, caller=caller, given={"topic": "More"}, now=NOW)
    assert Session.objects.get(pk=session.pk).calendar_sequence == 1


def test_session_after_midnight_stays_there_when_its_form_is_saved_as_it_was(event, caller):
    (session,) = slots(event, (10, 0, 30))
    night = datetime(2026, 10, 25, 0, 30, tzinfo=BERLIN)
    Session.objects.filter(pk=session.pk).update(starts_at=night)
    same = {"day": str(session.day_id), "time": "00:30"}
    assert edit_session(session_id=session.pk, caller=caller, given=same, now=NOW).starts_at == night
    earlier = {"day": str(session.day_id), "time": "14:00"}
    moved = edit_session(session_id=session.pk, caller=caller, given=earlier, now=NOW)
    assert moved.starts_at == datetime(2026, 10, 24, 14, 0, tzinfo=BERLIN)


def test_sessions_take_one_anothers_turns_and_pauses_stay(event, caller):
    a, b, c = slots(event, (10, 0, 60), (11, 0, 30), (12, 0, 45))  # half an hour of coffee before C
    day = event.days.get(number=1)
    order_sessions(event_id=event.pk, day_id=day.pk, caller=caller, order=[c.pk, a.pk, b.pk], now=NOW)
    assert clocks(event) == ["C 10:00", "A 10:45", "B 12:15"]
    step_session(session_id=b.pk, caller=caller, direction="up", now=NOW)
    assert clocks(event) == ["C 10:00", "B 10:45", "A 11:45"]
    step_session(session_id=c.pk, caller=caller, direction="up", now=NOW)  # the first one stays
    assert clocks(event)[0] == "C 10:00"


def test_order_counts_calendars_up_only_for_what_moved(event, caller):
    a, b, c = slots(event, (10, 0, 30), (10, 30, 30), (11, 0, 30))
    day = event.days.get(number=1)
    order_sessions(event_id=event.pk, day_id=day.pk, caller=caller, order=[a.pk, c.pk, b.pk], now=NOW)
    assert [Session.objects.get(pk=each.pk).calendar_sequence for each in (a, b, c)] == [0, 1, 1]


def test_order_leaves_other_rooms_and_what_has_begun_alone(event, caller):
    a, b = slots(event, (10, 0, 30), (10, 30, 30))
    beside = make_session(event, starts_at=a.starts_at, minutes=90, place="Hall 2", state="upcoming")
    step_session(session_id=b.pk, caller=caller, direction="up", now=NOW)
    assert Session.objects.get(pk=beside.pk).starts_at == beside.starts_at
    Session.objects.filter(pk=a.pk).update(state="live", went_live_at=NOW)
    with pytest.raises(SessionHasBegun):
        step_session(session_id=b.pk, caller=caller, direction="down", now=NOW)
    assert clocks(event)[0] == "B 10:00"


@pytest.mark.parametrize("order", ["twice", "of another day", "unknown"])
def test_order_names_each_session_of_the_day_once(event, caller, order):
    a, b = slots(event, (10, 0, 30), (10, 30, 30))
    elsewhere = make_session(make_event())
    orders = {"twice": [a.pk, a.pk, b.pk], "of another day": [a.pk, elsewhere.pk], "unknown": [a.pk, 10**9]}
    day = event.days.get(number=1)
    with pytest.raises(Malformed):
        order_sessions(event_id=event.pk, day_id=day.pk, caller=caller, order=orders[order], now=NOW)


def test_session_is_split_in_two_parts_with_the_same_people(event, caller):
    (session,) = slots(event, (10, 0, 90))
    make_moderator(session)
    make_poll(session)
    first, second = split_session(session_id=session.pk, caller=caller, given={"minutes": "50"}, now=NOW)
    assert [(each.part, each.minutes) for each in (first, second)] == [("Part One", 50), ("Part Two", 40)]
    assert second.title_with_part == f"Part Two: {session.title}"
    assert [each.short_title for each in (first, second)] == [
        f"{part}: {session.title}" for part in ("Part One", "Part Two")
    ]
    assert second.starts_at == first.ends_at
    assert second.code != first.code
    assert [role.role for role in SessionRole.objects.filter(session=second)] == ["moderator"]
    assert (Poll.objects.filter(session=first).count(), Poll.objects.filter(session=second).count()) == (1, 0)
    with pytest.raises(Malformed):
        split_session(session_id=first.pk, caller=caller, given={"minutes": "50"}, now=NOW)


@pytest.mark.parametrize("act", [cancel_session, split_session])
def test_session_that_has_begun_is_neither_cancelled_nor_split(event, caller, act):
    (session,) = slots(event, (10, 0, 90), state="live")
    more = {"given": {"minutes": "30"}} if act is split_session else {}
    with pytest.raises(SessionHasBegun):
        act(session_id=session.pk, caller=caller, now=NOW, **more)


def test_host_comes_on_stage_and_leaves_it_without_rights(event, caller):
    (session,) = slots(event, (10, 0, 90))
    said = {"name": "Allison Price", "company": "OSF", "job": "Manager", "role": "host"}
    role = add_to_stage(session_id=session.pk, caller=caller, given=said)
    assert (role.person.company, role.person.user) == ("OSF", None)
    with pytest.raises(Malformed) as refused:
        add_to_stage(session_id=session.pk, caller=caller, given={**said, "role": "moderator"})
    assert fields_of(refused) == {"role"}
    take_off_stage(session_id=session.pk, caller=caller, role_id=role.pk)
    assert not session.roles.exists()
    make_moderator(session)
    with pytest.raises(NotFound):
        take_off_stage(session_id=session.pk, caller=caller, role_id=session.roles.get().pk)


def test_session_that_is_cancelled_is_not_started_before_that_is_taken_back(event, caller):
    (session,) = slots(event, (10, 0, 30))
    given = {"session_id": session.pk, "caller": caller, "now": NOW}
    cancel_session(**given)
    with pytest.raises(SessionIsCancelled):
        set_session_state(**given, state="live")
    restore_session(**given)
    assert set_session_state(**given, state="live").state == "live"


def test_clock_starts_no_session_that_is_cancelled(event, caller):
    at = datetime(2026, 10, 24, 10, 0, tzinfo=BERLIN)
    off, on = slots(event, (10, 0, 30), (10, 0, 30))
    event.sessions.update(runs_by_clock=True)
    cancel_session(session_id=off.pk, caller=caller, now=NOW)
    start_and_end_by_clock(at)
    assert [Session.objects.get(pk=each.pk).state for each in (off, on)] == ["upcoming", "live"]


# --- the next edition


def test_next_edition_has_the_programme_and_polls_as_drafts_and_nobody(event, caller):
    first, _second = slots(event, (10, 0, 60), (11, 30, 30))
    make_moderator(first)
    make_attendee(first)
    cancelled = make_session(event, state="upcoming")
    cancel_session(session_id=cancelled.pk, caller=caller, now=NOW)
    poll = make_poll(first, state="published", question="Which?", anonymous=False)
    Poll.objects.create(
        session=first, question="Which one?", rerun_of=poll, round=2, created_at=NOW
    ).options.create(position=1, text="a")
    make_poll(first, state="archived", question="Never mind?")
    add_resource(
        session_id=first.pk, caller=caller, given={"kind": "link", "title": "L", "url": "https://e.org/"}
    )
    wanted = {"name": "Cloud Days II", "slug": "", "first_date": "2026-10-31"}
    made = clone_with_polls(event_id=event.pk, caller=caller, given=wanted)
    assert clocks(made) == ["A 10:00", "B 11:30"]  # a week on, across the change of clocks
    copy = made.sessions.get(title="A")
    assert (copy.state, copy.guid != first.guid, copy.code != first.code) == ("upcoming", True, True)
    assert [(each.question, each.state, each.round) for each in copy.polls.all()] == [
        ("Which one?", "draft", 1)
    ]
    assert [one.title for one in copy.resources.all()] == ["L"]
    assert not Person.objects.filter(event=made).exists()
    assert not Attendee.objects.filter(event=made).exists()
    assert made.sessions.count() == 2


def test_next_edition_that_cannot_be_leaves_nothing_behind(event, caller):
    slots(event, (10, 0, 60))
    before = Event.objects.count()
    for wrong in ({"first_date": "soon"}, {"name": ""}, {"slug": "join"}):
        with pytest.raises(Malformed):
            clone_with_polls(
                event_id=event.pk,
                caller=caller,
                given={"name": "Next", "slug": "", "first_date": "2027-01-01", **wrong},
            )
    assert Event.objects.count() == before
