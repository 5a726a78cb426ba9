"""Pages that are made once: never older than the news, and never with anything of anybody in them."""

import asyncio
import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from opendev.door import shared
from sessions.access.services import make_api_token
from sessions.models import Session
from tests.factories import make_moderator, make_poll, make_session
from tests.support.inner_server import inner

__all__ = ["inner"]

NAME = "Planted Name"
TOKEN = "csrfmiddlewaretoken"


@pytest.fixture
def session(inner):
    return make_session(state="live")


def paths_of(session: Session) -> dict[str, str]:
    event = f"/{session.event.slug}/"
    room = f"{event}sessions/{session.slug}/"
    return {
        "home": "/",
        "join": "/join/",
        "code": f"/j/{session.code}/",
        "room": room,
        "screen": f"{room}screen/",
        "programme": event,
        "follow-ups": f"{event}follow-ups/",
        "questions": f"{event}questions/",
    }


def join(inner, visitor, session, **fields):
    return visitor.post(f"/j/{session.code}/", data=fields, headers={"Origin": inner.url})


@pytest.mark.parametrize("name", ["home", "join", "code", "room", "programme", "follow-ups", "questions"])
def test_page_is_made_once_and_nobody_leaves_anything_in_it(inner, session, name):
    path = paths_of(session)[name]
    with inner.http() as visitor, inner.http() as attendee:
        join(inner, attendee, session, name=NAME)
        own = attendee.get(f"{path}?who" if name == "code" else path)
        assert own.status_code == 200
        first = visitor.get(path)
        assert attendee.get(path).status_code == (302 if name == "code" else 200)
        visitor.cookies.clear()
        second = visitor.get(path)
    for page in (first, second):
        assert page.status_code == 200
        assert page.headers["content-encoding"] == "br"
        assert page.headers["cache-control"] == "no-cache, private"
        assert "set-cookie" not in page.headers
        assert NAME not in page.text
        assert TOKEN not in page.text
        assert all(value not in page.text for value in attendee.cookies.values())


def test_leak_that_is_planted_in_a_page_would_be_seen(inner, session, monkeypatch):
    """The test above finds a name that is not escaped from its own page."""
    path = paths_of(session)["room"]
    monkeypatch.setattr(shared, "PERSONAL", set())
    for lasts in ("LIFE_S", "NEWS_S"):
        monkeypatch.setattr(shared, lasts, 60.0)
    with inner.http() as visitor, inner.http() as attendee:
        join(inner, attendee, session, name=NAME)
        monkeypatch.setattr(shared, "_makers_scope", lambda scope, ticket: {**scope, shared.SHARED: True})
        assert NAME in attendee.get(path).text
        assert NAME in visitor.get(path).text


def test_unchanged_page_is_answered_without_a_body(inner, session):
    with inner.http() as visitor:
        page = visitor.get(paths_of(session)["code"])
        for known in (page.headers["etag"], f'"other", W/{page.headers["etag"]}'):
            again = visitor.get(paths_of(session)["code"], headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b"")
            assert "set-cookie" not in again.headers
        plain = visitor.get(paths_of(session)["code"], headers={"Accept-Encoding": "identity"})
        assert plain.text == page.text
        assert plain.headers["etag"] != page.headers["etag"]


def test_change_is_shown_with_the_next_load(inner, session):
    moderator = make_moderator(session)
    token = make_api_token(user=moderator, name="", lasts=timedelta(days=1), now=timezone.now())
    path = paths_of(session)["room"]
    with inner.http() as visitor, inner.http() as office:
        office.headers["Authorization"] = f"Bearer {token}"
        for state, word in (("over", "Over"), ("live", "Live")):
            visitor.get(path)
            answer = office.put(f"/api/v1/sessions/{session.pk}/state/", json={"state": state})
            assert answer.status_code == 200
            shown = re.search(r'data-session-now="(\w+)"', visitor.get(path).text)
            assert shown is not None
            assert shown[1].capitalize() == word


def test_newcomer_is_shown_the_ready_room_once_and_then_their_own(inner, session):
    poll = make_poll(session)
    rooms = []
    for _number in range(2):
        with inner.http() as phone:
            answer = join(inner, phone, session, name="", company="")
            assert answer.status_code == 302
            ready = phone.get(answer.headers["location"])
            assert ready.headers["cache-control"] == "no-cache, private"
            assert TOKEN not in ready.text
            assert poll.question in ready.text
            assert all(value not in ready.text for value in phone.cookies.values())
            rooms.append(re.sub(r"\d+ here", "", ready.text))
            own = phone.get(answer.headers["location"])
            assert own.headers["etag"] == ready.headers["etag"]  # nothing of their own yet
            assert TOKEN not in own.text
            known = {"If-None-Match": ready.headers["etag"]}
            assert phone.get(answer.headers["location"], headers=known).status_code == 304
    assert rooms[0] == rooms[1]


@pytest.mark.parametrize("path", ["/sign-in/", "/organise/", "/admin/login/"])
def test_page_that_signs_in_is_never_shared_and_needs_its_token(inner, path):
    with inner.http() as visitor:
        assert visitor.post(path, data={}).status_code == 403
        assert "etag" not in visitor.get(path).headers
        visitor.cookies.clear()
        assert TOKEN in visitor.get("/sign-in/").text


@pytest.mark.parametrize(
    ("fields", "headers"), [({"name": NAME}, {"Origin": ""}), ({}, {}), ({}, {"Cookie": "display=1"})]
)
def test_who_says_a_name_or_no_origin_or_has_a_cookie_gets_a_page_of_their_own(
    inner, session, fields, headers
):
    if "Origin" in headers or "Cookie" in headers:
        headers = {**headers, "Origin": inner.url}
    with inner.http() as phone:
        answer = phone.post(f"/j/{session.code}/", data=fields, headers=headers)
        if "Cookie" in headers:
            assert answer.status_code == 302
        assert phone.get(answer.headers["location"]).headers["etag"].startswith("W/")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Cookie": "attendee-1=x"},
    ],
)
def test_form_of_another_site_is_refused(inner, session, headers):
    with inner.http() as phone:
        answer = phone.post(f"/j/{session.code}/", data={}, headers=headers)
    assert answer.status_code == 403


def test_form_without_token_is_taken_by_its_origin(inner, session):
    poll = make_poll(session)
    option = poll.options.first()
    with inner.http() as phone:
        room = join(inner, phone, session).headers["location"]
        form = {"option": str(option.pk), "options": str(option.pk)}
        address = re.search(rf'action="([^"]*{poll.pk}[^"]*vote[^"]*)"', phone.get(room).text)
        assert address is not None
        refused = phone.post(address[1], data=form)
        assert refused.status_code == 403
        assert phone.post(address[1], data=form, headers={"Origin": inner.url}).status_code in {302, 303}


def slow_pages(seconds):
    """Return shared pages that take so long to make, and the numbers of those that were made."""
    made = []

    async def pages(scope, receive, send):
        await asyncio.sleep(seconds)
        made.append(len(made))
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]}
        )
        await send({"type": "http.response.body", "body": b"page %d" % made[-1]})

    return shared.SharedPages(pages), made


async def test_crowd_that_asks_while_news_come_is_shown_two_pages_and_not_one_each(monkeypatch):
    """A page that takes longer than the news would be stale for everybody who waited for it."""
    monkeypatch.setattr(shared, "last_news_at", time.monotonic)
    monkeypatch.setattr(shared, "NEWS_S", 0.01)
    door, made = slow_pages(0.1)
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}

    async def ask(number):
        await asyncio.sleep(number / 500)
        return await door.page(scope, None)

    pages = await asyncio.gather(*(ask(number) for number in range(40)))
    assert all(isinstance(page, shared.Shared) for page in pages)
    assert len(made) <= 3


async def test_page_that_was_begun_before_a_change_is_not_shown_to_who_asks_after_it():
    door, made = slow_pages(0.05)
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    first = asyncio.ensure_future(door.page(scope, None))
    await asyncio.sleep(0.01)
    door.changed_at = time.monotonic()
    second = await door.page(scope, None)
    assert (await first).body == b"page 0"
    assert second.body == b"page 1"
    assert len(made) == 2
