"""The programme page: times, what is live and next, stars; and the same by REST."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from sessions.models import EventDay, Session
from sessions.selectors.now import now_and_next
from sessions.services import cancel_session
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
    assert f"/{session.event.slug}/my/" in page
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
