"""Times on the pages around the sessions, where there is no script: in the event's zone, as they say."""

import re
from datetime import UTC, datetime

import pytest

from tests.factories import make_event, make_session
from tests.room.pages import text_of

pytestmark = pytest.mark.django_db


def test_times_are_in_the_zone_of_their_event(client):
    at = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    session = make_session(make_event(time_zone="Asia/Kolkata"), starts_at=at)
    ahead = make_session(session.event, starts_at=at, state="upcoming")
    for path in ("/", "/join/", f"/j/{ahead.code}/", session.event.get_absolute_url()):
        page = text_of(client.get(path))
        assert re.search(r">[^<]*13:30[^<]*<", page), path
        assert ">08:00</time>" not in page, path
