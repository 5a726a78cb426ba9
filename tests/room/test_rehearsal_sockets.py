"""Whoever is in a rehearsal's room when it is cleared hears that it is gone, and the page says so."""

from contextlib import closing

import pytest
from playwright.sync_api import expect

from opendev.core.attendance import Caller
from opendev.room.rehearsals import start_rehearsal
from tests.factories import NOW, make_moderator, make_session
from tests.support.browser import open_page
from tests.support.inner_server import inner
from tests.support.people import Person, open_socket

__all__ = ["inner"]


@pytest.fixture
def rehearsal(inner):
    """The copy, and how its moderator ends the rehearsal."""
    session = make_session(state="upcoming")
    user = make_moderator(session)
    copy = start_rehearsal(session_id=session.pk, caller=Caller(user_id=user.pk), now=NOW)
    with closing(Person(inner, user=user)) as person:
        yield copy, lambda: person.rest("DELETE", f"sessions/{session.pk}/rehearsal/").status


def test_socket_hears_that_a_cleared_rehearsal_is_gone(inner, rehearsal):
    copy, end = rehearsal
    with open_socket(inner, copy.pk) as socket:
        assert end() == 200
        assert socket.next("session.gone")["version"] == copy.version + 1


def test_open_room_says_that_nothing_is_there_any_more(inner, browser, rehearsal):
    copy, end = rehearsal

    def visit(chromium):
        with open_page(chromium, quiet=False) as page:
            with page.expect_websocket(lambda socket: socket.wait_for_event("framereceived") is not None):
                page.goto(f"{inner.url}{copy.get_absolute_url()}")
            expect(page.locator("[data-rehearsal]")).to_be_visible()
            assert end() == 200
            expect(page.locator("[data-rehearsal]")).to_have_count(0)
            expect(page.locator("h1")).to_be_visible()

    browser(visit)
