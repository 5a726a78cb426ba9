"""What the shared pages may never do: show one person's data to another, or keep what was taken back."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from opendev.core import kept
from opendev.core.tickets import Ticket
from opendev.door import shared
from sessions.access.services import make_api_token
from tests.factories import make_line, make_organiser, make_poll, make_session
from tests.factories.questions import make_question
from tests.support.inner_server import inner

__all__ = ["inner"]

ROOM = "/event/sessions/session/"
PATHS = (
    *("/", "/join/", "/j/123456/", "/event/", ROOM, f"{ROOM}screen/"),
    *("/event/recap/", "/event/follow-ups/", "/event/questions/"),
)
SECRET = b"attendee-1=planted"


def leaky():
    """Shared pages in front of pages that show whatever cookie they are asked with."""

    async def pages(scope, receive, send):
        cookies = [value for name, value in scope["headers"] if name == b"cookie"]
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"<p>" + b"; ".join(cookies) + b"</p>"})

    return shared.SharedPages(pages)


async def load(door, path, *headers):
    said = []

    async def send(message):
        said.append(message)

    await door(
        {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}, None, send
    )
    return said[0]["status"], dict(said[0]["headers"]), said[1]["body"]


@pytest.fixture(autouse=True)
def lasting(monkeypatch):
    for name in ("LIFE_S", "NEWS_S"):
        monkeypatch.setattr(shared, name, 600.0)
    monkeypatch.setattr(kept, "LIFE_S", 600.0)


@pytest.mark.parametrize("path", PATHS)
async def test_page_shows_nobody_what_it_was_asked_with_by_another(path):
    door = leaky()
    assert SECRET in (await load(door, path, (b"cookie", SECRET)))[2]
    _status, headers, body = await load(door, path)
    assert SECRET not in body
    tag = (b"if-none-match", headers[b"etag"])
    assert SECRET in (await load(door, path, (b"cookie", SECRET), tag))[2]  # no 304 for a page of their own
    assert (await load(door, path, tag))[0] == 304
    assert SECRET in (await load(door, path, (b"authorization", b"x"), (b"cookie", SECRET)))[2]
    assert SECRET not in (await load(door, path))[2]


@pytest.mark.parametrize("path", PATHS)
async def test_leak_that_is_planted_into_each_shared_page_is_found(path, monkeypatch):
    monkeypatch.setattr(shared, "PERSONAL", set())
    monkeypatch.setattr(shared, "_makers_scope", lambda scope, ticket: scope)
    door = leaky()
    await load(door, path, (b"cookie", SECRET))
    assert SECRET in (await load(door, path))[2]


async def test_page_for_newcomers_is_no_page_for_visitors():
    door = leaky()
    ticket = Ticket(SECRET.decode(), ROOM, 1, 1, 0.0)
    scope = {"type": "http", "method": "GET", "path": ROOM, "query_string": b"", "headers": []}
    assert SECRET in (await door.page(scope, ticket)).body  # which a template must not show: test_shared.py
    assert SECRET not in (await door.page(scope, None)).body


def test_what_is_taken_back_is_gone_with_the_next_load_and_no_304_keeps_it(inner):
    session = make_session(state="live")
    poll = make_poll(session, state="published", visibility="always", question="Planted poll?")
    question = make_question(session, text="Planted question?", name="Planted Name")
    planned = make_session(session.event, state="upcoming")
    organiser = make_organiser(session.event)
    token = make_api_token(user=organiser, name="", lasts=timedelta(days=1), now=timezone.now())
    room, code = session.get_absolute_url(), f"/j/{planned.code}/"
    pages = (room, session.address("screen"), code, session.event.get_absolute_url(), "/")
    acts = (
        (
            f"polls/{poll.pk}/state/",
            {"state": "archived"},
            (room, session.address("screen")),
            "Planted poll?",
        ),
        (f"questions/{question.pk}/state/", {"state": "dismissed"}, (room,), "Planted Name"),
        (f"sessions/{planned.pk}/cancellation/", {"cancelled": True}, (code,), 'class="btn wide"'),
    )
    with inner.http() as visitor, inner.http() as office:
        office.headers["Authorization"] = f"Bearer {token}"
        for address, body, places, words in acts:
            tags = {page: visitor.get(page).headers["etag"] for page in pages}
            assert all(words in visitor.get(page).text for page in places), words
            answer = office.put(f"/api/v1/{address}", json=body)
            assert answer.status_code == 200, answer.text
            for page in places:
                after = visitor.get(page, headers={"If-None-Match": tags[page]})
                assert after.status_code == 200, page
                assert words not in after.text, page


def counted(page):
    """The counts that a room shows; the last one is that of the blank row which its script clones."""
    *counts, _blank = re.findall(r"<span\s[^>]*data-count\s*>(\d+)<", page.text)
    return counts


def test_attendee_sees_what_they_did_and_others_what_changed_with_the_next_load(inner):
    session = make_session(state="live")
    poll, line = make_poll(session), make_line(session)
    option = str(poll.options.get(text="b").pk)
    room, lisa = session.get_absolute_url(), "Listed Lisa"
    with inner.http() as ada, inner.http() as bob:
        for who in (ada, bob):
            who.headers["Origin"] = inner.url
            assert who.post(f"/j/{session.code}/", data={"name": "Somebody"}).status_code == 302
            assert counted(who.get(room)) == []
        tag = bob.get(room).headers["etag"]
        assert bob.get(room, headers={"If-None-Match": tag}).status_code == 304
        assert ada.post(session.address("vote", poll=poll.pk), data={"option": option}).status_code == 302
        assert counted(ada.get(room)) == ["0", "1", "0"]
        assert counted(bob.get(room)) == []
        assert ada.post(f"/f/{line.code}/sign-up/", data={"name": lisa, "shown": "yes"}).status_code == 302
        after = bob.get(room, headers={"If-None-Match": tag})
        assert (after.status_code, lisa in after.text, lisa in ada.get(room).text) == (200, True, True)
        assert ada.post(f"/f/{line.code}/withdraw/").status_code == 302
        gone = bob.get(room, headers={"If-None-Match": after.headers["etag"]})
        assert (gone.status_code, lisa in gone.text) == (200, False)
        assert ada.post(session.address("withdraw", poll=poll.pk)).status_code == 302
        assert counted(ada.get(room)) == []


def test_event_that_becomes_a_draft_is_gone_with_the_next_load_of_who_was_in(inner):
    session = make_session(state="live")
    organiser = make_organiser(session.event)
    token = make_api_token(user=organiser, name="", lasts=timedelta(days=1), now=timezone.now())
    room = session.get_absolute_url()
    with inner.http() as attendee, inner.http() as office:
        office.headers["Authorization"] = f"Bearer {token}"
        attendee.post(f"/j/{session.code}/", data={"name": "Ada"}, headers={"Origin": inner.url})
        for visibility, status in (("draft", 404), ("public", 200)):
            tag = attendee.get(room).headers.get("etag", "")
            event = f"/api/v1/events/{session.event.slug}/"
            answer = office.patch(event, json={"visibility": visibility})
            assert answer.status_code == 200, answer.text
            seen = attendee.get(room, headers={"If-None-Match": tag})
            assert seen.status_code in {status, 304 if status == 200 else status}
            assert (session.title in seen.text) == (seen.status_code == 200)
