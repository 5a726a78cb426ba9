"""Home, programme, health, errors, and what every page's headers say."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from opendev.core import logs
from sessions.programme.models import EventDay
from tests.factories import make_attendee, make_event, make_moderator, make_poll, make_session
from tests.room.pages import at, code_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client()


# --- home and programme


def test_home_links_every_event_by_its_slug(visitor):
    events = [make_event(slug="one-event"), make_event(slug="other-event")]
    page = text_of(visitor.get("/"))
    assert all(f'href="/{event.slug}/"' in page for event in events)


def test_home_puts_live_events_first_and_those_without_sessions_last(visitor):
    empty, upcoming, live = make_event(name="A"), make_event(name="B"), make_event(name="C")
    make_session(upcoming, state="upcoming")
    make_session(live)
    page = text_of(visitor.get("/"))
    places = [page.index(f'href="/{event.slug}/"') for event in (live, upcoming, empty)]
    assert places == sorted(places)


def test_home_without_any_event_is_a_page(visitor):
    assert visitor.get("/").status_code == 200


def test_programme_shows_days_and_sessions_in_their_order(visitor):
    event = make_event()
    later, earlier = make_session(event, minutes=30, title="Later"), make_session(event, title="Earlier")
    later.starts_at, earlier.starts_at = earlier.starts_at, later.starts_at
    later.save()
    earlier.save()
    page = text_of(visitor.get(event.get_absolute_url()))
    assert 0 < page.index("Earlier") < page.index("Later")
    for session in (earlier, later):
        assert session.get_absolute_url() in page


@pytest.mark.parametrize("name", ["home", "programme", "join"])
def test_list_asks_no_more_for_three_than_for_one(visitor, django_assert_max_num_queries, name):
    def fill(number):
        for _ in range(number):
            event = make_event()
            for day in (2, 3):
                EventDay.objects.create(event=event, number=day, date=f"2020-05-0{day}")
            for session in (make_session(event), make_session(event)):
                make_moderator(session)
                make_moderator(session)
        return event

    def queries(event):
        address = reverse(name, args=[event.slug] if name == "programme" else [])
        with django_assert_max_num_queries(20) as asked:
            assert visitor.get(address).status_code == 200
        return len(asked)

    event = fill(1)
    few = queries(event)
    for session in (
        make_session(event),
        make_session(event, state="over"),
        make_session(event, state="upcoming"),
    ):
        make_moderator(session)
    fill(2)
    assert queries(event) == few


def test_event_that_does_not_exist_is_not_found(visitor):
    event = make_event()
    assert visitor.get(event.get_absolute_url()).status_code == 200
    missing = visitor.get("/no-such-event/")
    assert (missing.status_code, code_of(missing)) == (404, "not_found")


# --- headers


@pytest.fixture
def pages(browser_of):
    """An address of every kind of page, and a browser that may read it."""
    session = make_session()
    poll = make_poll(session, state="draft")
    make_poll(session)
    stranger, attendee = browser_of(), browser_of(make_attendee(session))
    moderator = browser_of(user=make_moderator(session))
    return {
        "/": stranger,
        "/join/": stranger,
        f"/j/{session.code}/": stranger,
        "/sign-in/": stranger,
        "/sign-in/nonsense/": stranger,
        session.event.get_absolute_url(): attendee,
        at(session): attendee,
        at(session, "screen"): attendee,
        at(session, "control"): moderator,
        at(session, "control-poll-edit", poll): moderator,
        "/no-such-event/": moderator,
        "/no/such/page/at/all/": stranger,
    }


def test_every_page_allows_nothing_from_elsewhere_and_nothing_inline(pages):
    for address, reader in pages.items():
        answer = reader.get(address)
        assert answer.status_code in {200, 404}, address
        policy = dict(
            part.strip().split(" ", 1)
            for part in answer["Content-Security-Policy"].split(";")
            if part.strip()
        )
        assert policy["default-src"] == "'none'", address
        assert policy["script-src"] == policy["style-src"] == "'self'", address
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", address
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_no_page_has_anything_inline_or_from_another_host(pages):
    for address, reader in pages.items():
        page = text_of(reader.get(address))
        assert "</html>" in page
        is_data = r"\btype=\"application/json\""  # what no browser runs
        assert not re.search(rf"<script(?![^>]*(?:\bsrc=|{is_data}))", page), address
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page), address
        sources = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', page)
        assert all(source.startswith(("/", "#")) and not source.startswith("//") for source in sources), (
            address,
            sources,
        )


def test_personal_pages_are_kept_by_no_cache_and_stored_by_no_browser_of_somebody_who_signed_in(pages):
    personal = {
        a: who for a, who in pages.items() if "/sessions/" in a or a.startswith(("/j/", "/sign-in/n"))
    }
    assert len(personal) == 6
    for address, reader in personal.items():
        said = reader.get(address)["Cache-Control"]
        is_attendees = "sessionid" not in reader.cookies and not address.startswith("/sign-in/")
        assert ("no-store" in said) != (is_attendees and not address.endswith("/screen/")), address
        assert ("no-cache" in said, "private" in said) == (True, True), address


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(pages):
    for address, reader in pages.items():
        reader.get(address)
        if address.startswith("/j/"):
            reader.post(address)
    cookies = {name: cookie for reader in pages.values() for name, cookie in reader.cookies.items()}
    cookies = {
        name: cookie for name, cookie in cookies.items() if name != "sessionid"
    }  # the test put it there
    assert any(name.startswith("attendee-") for name in cookies)
    assert "csrftoken" in cookies
    for name, cookie in cookies.items():
        if name.startswith("attendee-") and not cookie["path"]:
            continue  # the test put it there
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_allowed(pages, method):
    del pages["/sign-in/"]  # there Django takes PUT for POST
    for address, reader in list(pages.items())[:9]:
        assert getattr(reader, method)(address).status_code == 405, address


def test_body_over_the_limit_is_refused_with_its_code(visitor):
    session = make_session()
    refused = visitor.post(f"/j/{session.code}/", {"name": "x" * 300_000})
    assert (refused.status_code, code_of(refused)) == (413, "too_large")
    assert visitor.post(f"/j/{session.code}/", {"name": "x"}).status_code == 302


def test_shared_address_shows_the_picture_that_is_there(client, db, settings):
    page = client.get("/", headers={"host": "localhost"}).text
    path = re.search(r'<meta property="og:image" content="http://127.0.0.1:8000/static/([^"]+)">', page)[1]
    assert (settings.STATIC_ROOT / path).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


# --- requests that Django cannot read


@pytest.mark.parametrize("host", ["evil.example", "a,b", "127.0.0.1:8000,evil.example", "a b", "\u00e9"])
@pytest.mark.parametrize(
    "path", ["/join/", "/", "/nowhere/", "/api/v1/events/", "/api/nowhere/", "/admin/login/"]
)
def test_wrong_host_is_a_400_without_a_traceback(host, path, caplog):
    answer = Client(raise_request_exception=False).get(path, headers={"host": host})
    assert answer.status_code == 400
    if path.startswith("/api/"):
        assert answer.json()["code"] == "malformed"
    else:
        assert "evil" not in answer.text
        assert "We couldn’t read that request" in answer.text
    formatter = logs.LineFormatter()
    short = logs.WithoutTraceback()
    assert caplog.records
    for record in caplog.records:
        short.filter(record)
        assert "Traceback" not in formatter.format(record)


def test_defect_of_rest_is_coded_json(visitor, monkeypatch):
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sessions.programme.api.events.selectors.events_listed_to", broken)
    answer = Client(raise_request_exception=False).get("/api/v1/events/")
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert answer.json()["request_id"] == answer["X-Request-ID"]
