"""The programme page: times, what is live and next, stars; and the same by REST."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from opendev.core.errors import Malformed
from sessions.programme.models import Event, EventDay, Session
from sessions.programme.selectors.now import now_and_next
from sessions.programme.services.changes import cancel_session
from sessions.programme.services.events import edit_event
from tests.factories import make_event, make_session
from tests.factories.sessions import organiser_of
from tests.room.pages import text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def visitor():
    return Client()


def slot(page, session):
    return page.partition(f'id="session-{session.pk}"')[2].partition("</li>")[0]


def test_times_stand_in_the_events_zone_where_there_is_no_script(visitor):
    event = make_event(time_zone="Asia/Kolkata")
    session = make_session(event, starts_at=datetime(2026, 7, 1, 8, 0, tzinfo=UTC))
    page = text_of(visitor.get(event.get_absolute_url()))
    assert ">13:30</time>" in slot(page, session)
    assert "Times are in Asia/Kolkata, the event’s zone." in page


def test_next_is_what_follows_what_has_begun():
    event = make_event()
    times = [NOW + timedelta(hours=number) for number in range(5)]
    states = ["upcoming", "over", "live", "upcoming", "upcoming"]
    forgotten, _over, live, following, _later = (
        make_session(event, starts_at=at, state=state) for at, state in zip(times, states, strict=True)
    )
    beside = make_session(event, starts_at=times[3], state="upcoming", place="Hall 2")
    standing = now_and_next(list(event.sessions.all()))
    assert standing.live == [live]
    assert standing.next == [following, beside]
    for session in (live, _over):
        Session.objects.filter(pk=session.pk).update(state="upcoming")
    assert now_and_next(list(event.sessions.all())).next == [forgotten]


def test_cancelled_sessions_and_breaks_are_never_next(visitor):
    event = make_event()
    off = make_session(event, state="upcoming", title="Off")
    make_session(event, state="upcoming", title="Lunch", kind="break")
    then = make_session(event, state="upcoming", title="Then")
    cancel_session(session_id=off.pk, caller=organiser_of(event), now=NOW)
    page = text_of(visitor.get(event.get_absolute_url()))
    assert "Cancelled" in slot(page, off)
    assert ">Next<" in slot(page, then)
    body = visitor.get(f"/api/v1/events/{event.slug}/now/").json()
    assert [each["title"] for each in body["next"]] == ["Then"]
    assert (body["live"], body["cancelled"]) == ([], [str(off.pk)])


def test_now_says_what_is_live_with_its_people_and_planned_end(visitor):
    event = make_event()
    session = make_session(event, starts_at=NOW, minutes=45)
    (live,) = visitor.get(f"/api/v1/events/{event.slug}/now/").json()["live"]
    assert (live["id"], live["guid"]) == (str(session.pk), str(session.guid))
    assert (live["starts_at"], live["ends_at"]) == ("2026-07-01T09:00:00.000Z", "2026-07-01T09:45:00.000Z")
    assert visitor.get("/api/v1/events/no-such-event/now/").status_code == 404


def test_star_is_shown_to_whoever_set_it_alone(visitor):
    session = make_session()
    path = session.event.get_absolute_url()
    assert "Starred" not in text_of(visitor.get(path))
    visitor.post(session.get_absolute_url() + "star/", {"starred": "yes"})
    page = text_of(visitor.get(path))
    assert "Starred" in slot(page, session)
    assert f"/{session.event.slug}/calendar/#mine" in page
    assert "Starred" not in text_of(Client().get(path))


def test_programme_asks_no_more_for_more_days_and_stars(visitor, django_assert_max_num_queries):
    event = make_event()
    visitor.post(make_session(event).get_absolute_url() + "star/", {"starred": "yes"})

    def queries():
        with django_assert_max_num_queries(16) as asked:
            assert visitor.get(event.get_absolute_url()).status_code == 200
        return len(asked)

    few = queries()
    EventDay.objects.create(event=event, number=2, date=date(2026, 7, 2))
    for _ in range(3):
        visitor.post(make_session(event).get_absolute_url() + "star/", {"starred": "yes"})
    assert queries() == few


def test_row_of_a_large_programme_is_short_and_asks_nothing_of_its_own(
    visitor, django_assert_max_num_queries
):
    event = make_event(name="Large")
    words = {"topic": "x" * 2000, "description": "y" * 4000, "prompts": "Why?\n" * 9, "state": "upcoming"}

    def seen():
        with django_assert_max_num_queries(16) as asked:
            page = text_of(visitor.get(event.get_absolute_url()))
        return len(page.encode()), len(asked), page

    one = make_session(event, title="A title of the usual length, forty signs", **words)
    few_bytes, few, _page = seen()
    for number in range(40):
        make_session(event, title=f"A title of the usual length, number {number}", **words)
    bytes_of_all, asked, page = seen()
    assert asked == few
    assert (bytes_of_all - few_bytes) / 40 < 1_100
    assert page.count("csrfmiddlewaretoken") == 0  # its forms are judged by their origin
    assert page.count("<form") == 2  # one for all stars, one that filters
    assert "yyyy" not in page
    about = text_of(visitor.get(f"{one.get_absolute_url()}about/"))
    for said in ("xxxx", "yyyy", "Why?", f"/{event.slug}/sessions/{one.slug}.ics"):
        assert said in about


def test_days_are_linked_at_the_top_and_another_year_is_named(visitor):
    event = make_event()
    event.days.update(date=date(2014, 12, 27))
    EventDay.objects.create(event=event, number=2, date=date(2014, 12, 28))
    page = text_of(visitor.get(event.get_absolute_url()))
    assert "Saturday 27 December 2014" in page
    assert page.index('href="#day-2"') < page.index('id="day-1"')


def test_star_works_by_the_buttons_own_address(visitor):
    session = make_session()
    page = text_of(visitor.get(session.event.get_absolute_url()))
    address = re.search(r'form="stars" formaction="([^"]+)" name="starred" value="yes"', page)[1]
    assert visitor.post(address, {"starred": "yes"}).status_code == 302
    assert "Starred" in slot(text_of(visitor.get(session.event.get_absolute_url())), session)


@pytest.mark.parametrize("zone", ["localtime", "Factory", "posix/Europe/Berlin", "Mars/Olympus"])
def test_what_is_no_zone_is_refused_and_where_it_is_kept_the_event_is_in_utc(visitor, zone):
    event = make_event()
    caller = organiser_of(event)
    with pytest.raises(Malformed) as refusal:
        edit_event(event_id=event.pk, caller=caller, given={"time_zone": zone})
    assert set(refusal.value.fields) == {"time_zone"}
    Event.objects.filter(pk=event.pk).update(time_zone=zone)
    page = text_of(visitor.get(event.get_absolute_url()))
    assert 'data-event-zone="UTC"' in page
    assert zone not in page
    assert zone not in visitor.get(f"/{event.slug}.ics").content.decode()
    assert visitor.get(f"/api/v1/events/{event.slug}/").json()["time_zone"] == "UTC"
