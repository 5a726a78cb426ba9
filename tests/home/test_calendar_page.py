"""How a calendar gets into the programs that people have: addresses that phones, Google and Outlook take."""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from sessions.programme.services.stars import star_session
from tests.factories import make_event, make_session
from tests.room.pages import text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
TITLE = "50 % off & “more”: what + next?"


@pytest.fixture
def visitor():
    return Client()


@pytest.fixture
def event():
    return make_event(name="Clouds & Containers")


def links_of(page: str) -> list[str]:
    return [one.replace("&amp;", "&") for one in re.findall(r'href="([^"]+)"', page)]


def asked(page: str, host: str) -> list[tuple[str, dict[str, str]]]:
    """The path and the fields of each link of a page to this host."""
    parts = [urlsplit(one) for one in links_of(page)]
    return [
        (one.path, {name: values[0] for name, values in parse_qs(one.query).items()})
        for one in parts
        if one.netloc == host
    ]


def test_page_offers_the_events_calendar_to_every_program(visitor, event, settings):
    settings.PUBLIC_URL = "https://live.example.org"
    page = text_of(visitor.get(f"/{event.slug}/calendar/"))
    webcal = f"webcal://live.example.org/{event.slug}.ics"
    https = f"https://live.example.org/{event.slug}.ics"
    assert webcal in links_of(page)
    assert https in links_of(page)
    assert asked(page, "calendar.google.com") == [("/calendar/render", {"cid": webcal})]
    assert asked(page, "outlook.live.com") == [
        ("/calendar/0/addfromweb", {"url": https, "name": "Clouds & Containers"})
    ]
    assert f'data-copy="{https}"' in page
    assert page.count('class="qr"') == 1
    assert "My sessions" not in page
    assert visitor.get(urlsplit(https).path)["Content-Type"].startswith("text/calendar")


def test_programme_leads_to_it(visitor, event):
    make_session(event)
    assert f"/{event.slug}/calendar/" in links_of(text_of(visitor.get(event.get_absolute_url())))


def test_starred_sessions_have_one_of_their_own_which_only_their_owner_is_shown(visitor, event):
    session = make_session(event)
    token = star_session(session_id=session.pk, token="", starred=True, now=NOW)
    visitor.cookies[f"stars-{event.pk}"] = token
    answer = visitor.get(f"/{event.slug}/calendar/")
    page = text_of(answer)
    mine = [one for one in links_of(page) if one.startswith("webcal:") and "/my/" in one]
    assert mine == [f"webcal://{urlsplit(mine[0]).netloc}/{event.slug}/my/{token}.ics"]
    assert str(session.guid) in visitor.get(urlsplit(mine[0]).path).content.decode()
    assert "no-store" in answer["Cache-Control"]
    for link in re.findall(r"<a[^>]*(?:google|outlook)[^>]*>", page):
        assert 'rel="noreferrer"' in link
    assert token not in text_of(Client().get(f"/{event.slug}/calendar/"))


def test_one_session_goes_into_google_and_outlook_with_its_time_in_utc(visitor, settings):
    settings.PUBLIC_URL = "https://live.example.org"
    event = make_event(time_zone="Asia/Kolkata")
    session = make_session(
        event,
        title=TITLE,
        state="upcoming",
        starts_at=datetime(2026, 7, 1, 8, 0, tzinfo=UTC),
        minutes=45,
        place="Hall 2",
    )
    page = text_of(visitor.get(f"{session.get_absolute_url()}about/"))
    [(path, fields)] = asked(page, "calendar.google.com")
    assert path == "/calendar/render"
    assert fields["action"] == "TEMPLATE"
    assert fields["text"] == TITLE
    assert fields["dates"] == "20260701T080000Z/20260701T084500Z"
    assert fields["location"] == "Hall 2"
    assert fields["details"].startswith(f"https://live.example.org{session.get_absolute_url()}")
    [(path, fields)] = asked(page, "outlook.live.com")
    assert path == "/calendar/0/deeplink/compose"
    assert (fields["path"], fields["rru"]) == ("/calendar/action/compose", "addevent")
    assert (fields["startdt"], fields["enddt"]) == ("2026-07-01T08:00:00Z", "2026-07-01T08:45:00Z")
    assert fields["subject"] == TITLE
    assert not [one for one in links_of(page) if "outlook" in one and "+" in one]  # Outlook would show them


def test_session_that_is_cancelled_is_offered_to_no_calendar(visitor, event):
    session = make_session(event, state="upcoming", cancelled_at=NOW)
    page = text_of(visitor.get(f"{session.get_absolute_url()}about/"))
    assert asked(page, "calendar.google.com") == []
