"""The line at the door: every join is carried once and in order, and its sender alone is let in by it."""

import asyncio
import re
import threading

import pytest

from opendev.door import waiting
from opendev.door.pages import Pages
from opendev.door.threads import PageThreads
from tests.door.test_pages import never, scope_of

CODE = "/j/123456/"


class Phone:
    """Sends its join, then loads what it is shown until it is in."""

    def __init__(self, pages, name):
        self.pages, self.name, self.shown = pages, name, []
        self.path = ""

    async def ask(self, path, method="GET", body=b"", **headers):
        said = []

        async def send(message):
            said.append(message)

        async def receive():
            return {"type": "http.request", "body": body}

        scope = scope_of(path, method, **headers)
        if body:
            scope["headers"].append((b"content-length", str(len(body)).encode()))
        await self.pages(scope, receive if body else never, send)
        start, answer = said
        self.shown.append((start["status"], dict(start["headers"]), answer["body"]))
        return self.shown[-1]

    async def join(self, **headers):
        _status, headers, _body = await self.ask(CODE, "POST", self.name.encode(), **headers)
        if b"refresh" in headers:
            self.path = headers[b"refresh"].decode().partition("url=")[2]
        return self

    async def look(self):
        return await self.ask(self.path)


@pytest.fixture
def door(monkeypatch):
    """Pages whose one thread is held until it is set free, and the names that it was given."""
    monkeypatch.setattr(waiting, "MOST_AT_THE_DOOR", 2)
    free, carried = threading.Event(), []

    def wsgi(environ, start_response):
        free.wait(20)
        carried.append(environ["wsgi.input"].read().decode())
        start_response("302 Found", [("Location", "/room/"), ("Set-Cookie", f"pass={carried[-1]}")])
        return []

    threads = PageThreads(wsgi, workers=1)
    yield Pages(threads), free, carried
    free.set()
    threads.executor.shutdown(wait=True)


async def crowd(pages, number):
    """Return phones that joined one after the other, and the tasks of those that wait with an open connection."""
    phones = [Phone(pages, f"phone-{place}") for place in range(number)]
    tasks = []
    for phone in phones:
        tasks.append(asyncio.ensure_future(phone.join()))
        await asyncio.sleep(0.01)
    return phones, tasks


async def test_crowd_is_let_in_by_itself_in_order_of_arrival_and_each_once(door):
    pages, free, carried = door
    phones, tasks = await crowd(pages, 8)
    at_the_door, in_line = phones[:3], phones[3:]
    assert [bool(phone.shown) for phone in phones] == [False] * 3 + [True] * 5
    for place, phone in enumerate(in_line):
        status, headers, body = phone.shown[0]
        assert (status, headers[b"retry-after"], headers[b"cache-control"]) == (202, b"2", b"no-store")
        assert f"People ahead of you: {place}<".encode() in body
        status, headers, _body = await phone.look()
        assert (status, headers[b"refresh"]) == (202, b"2")
    free.set()
    await asyncio.gather(*tasks)
    while pages.line.waiting:
        await asyncio.sleep(0.01)
    for phone in in_line:
        for _again in range(2):  # an answer that is lost on the way is there once more
            status, headers, _body = await phone.look()
            assert (status, headers[b"set-cookie"]) == (302, f"pass={phone.name}".encode())
    assert carried == [phone.name for phone in phones]
    assert all(phone.shown[0][0] == 302 for phone in at_the_door)
    assert len({phone.path for phone in in_line}) == 5


async def test_who_is_in_and_what_is_no_join_do_not_stand_in_line(door):
    pages, free, _carried = door
    await crowd(pages, 4)
    known = asyncio.ensure_future(Phone(pages, "known").join(cookie="attendee-1=x"))
    other = asyncio.ensure_future(Phone(pages, "other").ask("/join/", "POST", b"code=1"))
    long = asyncio.ensure_future(Phone(pages, "x" * (waiting.MOST_BYTES + 1)).join())
    await asyncio.sleep(0.05)
    assert pages.line.waiting == 1
    free.set()
    assert (await known).shown[0][0] == (await other)[0] == (await long).shown[0][0] == 302


async def test_place_that_nobody_has_leads_to_the_code(door):
    pages, _free, _carried = door
    for name in ("a" * 22, "-" * 22):
        status, headers, _body = await Phone(pages, "").ask(f"{CODE}waiting/{name}/")
        assert (status, headers[b"location"]) == (303, CODE.encode())


async def test_line_is_bounded_and_says_so(door, monkeypatch):
    monkeypatch.setattr(waiting, "MOST_IN_LINE", 1)
    monkeypatch.setattr("opendev.door.pages.MAX_NEWCOMERS", 3)
    pages, free, _carried = door
    await crowd(pages, 4)
    refused = await Phone(pages, "late").join()
    assert refused.shown[0][0] == 429
    seen = await Phone(pages, "").ask("/")
    assert (seen[0], seen[1][b"refresh"]) == (429, b"2")  # tries again by itself
    assert re.search(rb"try_later", seen[2])
    free.set()
