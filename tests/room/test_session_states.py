"""How a session stands, wherever it is told: cancelled and reinstated, moved, over; by page and REST."""

import pytest

from sessions.attendees.models import Attendee
from sessions.programme.services.changes import cancel_session
from tests.factories import NOW, make_attendee, make_line, make_moderator, make_poll, make_session, put_name
from tests.factories.sessions import organiser_of
from tests.room.pages import at, code_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def upcoming():
    return make_session(state="upcoming")


def test_cancelled_session_says_so_on_every_page_and_offers_nothing(upcoming, browser_of):
    ada, moderator = make_attendee(upcoming), make_moderator(upcoming)
    cancel_session(session_id=upcoming.pk, caller=organiser_of(upcoming.event), now=NOW)
    for reader in (browser_of(), browser_of(ada)):
        page = text_of(reader.get(at(upcoming))).partition("<template")[0]
        assert "This session is cancelled" in page
        for offer in ("Upcoming", "Not started yet", "Join this session", "Join the session"):
            assert offer not in page
    screen = text_of(browser_of().get(at(upcoming, "screen"))).partition("<template")[0]
    assert "This session is cancelled." in screen
    assert "Scan the code now" not in screen
    control = text_of(browser_of(user=moderator).get(at(upcoming, "control")))
    assert 'name="state" value="live"' not in control
    assert "This session is cancelled" in control


def test_cancelled_session_cannot_be_joined_but_for_its_open_follow_ups(upcoming, browser_of):
    cancel_session(session_id=upcoming.pk, caller=organiser_of(upcoming.event), now=NOW)
    refused = browser_of().post(at(upcoming, "room-join"))
    assert (refused.status_code, code_of(refused)) == (409, "session_is_cancelled")
    rest = browser_of().post(f"/api/v1/sessions/{upcoming.pk}/attendees/", {}, "application/json")
    assert (rest.status_code, rest.json()["code"]) == (409, "session_is_cancelled")
    assert not Attendee.objects.exists()
    make_line(upcoming)
    assert browser_of().post(at(upcoming, "room-join")).status_code == 302


def test_screen_ends_with_thanks_and_where_everything_is(browser_of, settings):
    settings.PUBLIC_URL = "https://example.org"
    session = make_session(state="over")
    poll = make_poll(make_session(session.event), state="published")
    type(poll).objects.filter(pk=poll.pk).update(session=session)
    line, closed = make_line(session, "Networking"), make_line(session, "Storage", state="closed")
    put_name(line, make_attendee(poll.session, name="Ada"))
    page = text_of(browser_of().get(at(session, "screen"))).partition("<template")[0]
    assert 'data-view="end"' in page
    assert "Thank you for taking part" in page
    assert f"example.org/j/{session.code}/" in page
    assert f"Coming soon at example.org/{session.event.slug}/" in page
    assert line.title in page
    assert closed.title not in page
    assert poll.question not in page
    assert browser_of().get(f"/j/{session.code}/")["Location"] == session.get_absolute_url()
