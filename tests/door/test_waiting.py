"""The line at the door: every join is carried once and in order, and its sender alone is let in by it."""

import asyncio
import re
import threading

import pytest

from opendev.door import waiting
from opendev.door.pages import Pages
from opendev.door.threads import PLACE, SHARED, PageThreads
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


def busy(code, status="429 Too Many Requests"):
    """The answer of a page that was refused."""
    return status, [("Content-Type", "text/html")], [f'<p data-code="{code}">'.encode()]


@pytest.fixture
def moody(monkeypatch):
    """Pages that answer what a list says, then let everybody in; and the (place, name) of each form they were given."""
    monkeypatch.setattr(waiting, "RESTS_S", 0.01)
    answers, carried = [], []

    def wsgi(environ, start_response):
        carried.append((environ[PLACE], environ["wsgi.input"].read().decode()))
        status, headers, body = answers.pop(0) if answers else ("302 Found", [("Location", "/room/")], [])
        start_response(status, headers)
        return body

    threads = PageThreads(wsgi, workers=1)
    yield Pages(threads), answers, carried
    threads.executor.shutdown(wait=True)


async def let_in(phone):
    while (answer := await phone.look())[0] == 202:
        await asyncio.sleep(0.005)
    return answer


@pytest.mark.parametrize("code", ["try_later", "not_sure", "unavailable"])
async def test_too_busy_is_no_answer_and_the_form_comes_again_before_those_behind_it(moody, code):
    pages, answers, carried = moody
    answers += [busy(code)] * 3
    first = await Phone(pages, "first").join()
    assert first.shown[0][0] == 202
    assert b"People ahead of you: 0<" in first.shown[0][2]
    second = await Phone(pages, "second").join()
    assert b"People ahead of you: 0<" in second.shown[0][2]
    for phone in (first, second):
        assert (await let_in(phone))[0] == 302
    assert [name for _place, name in carried] == ["first"] * 4 + ["second"]
    assert len({place for place, _name in carried}) == 2
    assert {status for status, _headers, _body in first.shown} == {202, 302}


@pytest.mark.parametrize("answer", [busy("too_often"), busy("server_error", "500 Broken"), busy("malformed")])
async def test_other_refusals_are_answers(moody, answer):
    pages, answers, carried = moody
    answers.append(answer)
    phone = await Phone(pages, "phone").join()
    assert phone.shown[0][0] == int(answer[0][:3])
    assert len(carried) == 1


async def test_phone_is_told_in_the_end_that_the_server_stays_too_busy(moody, monkeypatch):
    pages, answers, _carried = moody
    answers += [busy("try_later")] * 1_000
    phone = await Phone(pages, "phone").join()
    assert (await phone.look())[0] == 202
    monkeypatch.setattr(waiting, "GIVES_UP_AFTER_S", 0.0)
    status, _headers, body = await let_in(phone)
    assert (status, body) == (429, b'<p data-code="try_later">')


async def test_join_of_somebody_known_waits_in_line_rather_than_being_refused(door, monkeypatch):
    pages, free, carried = door
    await crowd(pages, 3)
    monkeypatch.setattr("opendev.door.pages.MAX_REQUESTS", 0)
    known = await Phone(pages, "known").join(cookie="attendee-1=x")
    assert known.shown[0][0] == 202
    free.set()
    assert (await let_in(known))[0] == 302
    assert carried.count("known") == 1


async def test_page_for_everybody_is_made_however_many_newcomers_wait(door, monkeypatch):
    pages, free, _carried = door
    await crowd(pages, 3)
    monkeypatch.setattr("opendev.door.pages.MAX_NEWCOMERS", 2)
    assert (await Phone(pages, "").ask("/"))[0] == 429
    said = []

    async def send(message):
        said.append(message)

    made = asyncio.ensure_future(pages({**scope_of("/"), SHARED: True}, never, send))
    await asyncio.sleep(0.05)
    free.set()
    await made
    assert said[0]["status"] == 302


async def test_line_holds_few_threads_and_answers_that_were_not_picked_up_take_no_place(door, monkeypatch):
    pages, free, carried = door
    monkeypatch.setattr(waiting, "MOST_PLACES", 3)
    phones, tasks = await crowd(pages, 20)
    assert len(pages.queue) == 2 + waiting.MOST_AT_ONCE
    free.set()
    await asyncio.gather(*tasks)
    while pages.line.waiting:
        await asyncio.sleep(0.01)
    assert len(carried) == 20
    late = await Phone(pages, "late").join()
    assert late.shown[0][0] == 302
    assert (await phones[-1].look())[0] == 302
