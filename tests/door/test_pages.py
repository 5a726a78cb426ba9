"""The queue before the page threads, and what the threads are told of a request."""

import asyncio
import threading

import pytest

from opendev.door import pages as module
from opendev.door.pages import Gone, Pages, Queue
from opendev.door.threads import PageThreads, environ_of, run


def scope_of(path="/", method="GET", client="127.0.0.1", **headers):
    named = [(name.replace("__", "_").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "http_version": "1.1",
        "headers": [(name.replace(b"~", b"-"), value) for name, value in named],
        "client": (client, 1),
    }


async def never():
    await asyncio.Event().wait()


async def ask(pages, path="/", **headers):
    said = []

    async def send(message):
        said.append(message)

    await pages(scope_of(path, **headers), never, send)
    return said


@pytest.fixture
def stuck():
    """Pages whose two threads are held until they are set free."""
    free = threading.Event()

    def wsgi(environ, start_response):
        free.wait(20)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]

    threads = PageThreads(wsgi, workers=2)
    yield Pages(threads), free
    free.set()
    threads.executor.shutdown(wait=True)


async def filled(pages, number, **headers):
    waiting = [asyncio.ensure_future(ask(pages, **headers)) for _ in range(number)]
    await asyncio.sleep(0.05)
    return waiting


@pytest.mark.parametrize("path", ["/", "/api/v1/events/"])
async def test_newcomers_beyond_the_queue_are_told_when_to_come_back_and_who_is_in_is_not(
    monkeypatch, stuck, path
):
    monkeypatch.setattr(module, "MAX_NEWCOMERS", 3)
    monkeypatch.setattr(module, "MAX_REQUESTS", 8)
    pages, free = stuck
    waiting = await filled(pages, 2 + 3)
    start, body = await ask(pages, path)
    assert start["status"] == 429
    assert dict(start["headers"])[b"retry-after"] == b"2"
    assert b"try_later" in body["body"]
    waiting += await filled(pages, 3, cookie="csrftoken=x")
    waiting += await filled(pages, 2, authorization="Bearer x")
    assert (await ask(pages, path, cookie="csrftoken=x"))[0]["status"] == 429
    free.set()
    assert {said[0]["status"] for said in await asyncio.gather(*waiting)} == {200}
    assert (await ask(pages))[0]["status"] == 200
    assert (pages.queue.free, len(pages.queue)) == (2, 0)


async def test_who_is_in_goes_first_and_newcomers_are_not_forgotten():
    queue, order = Queue(1), []
    await queue.enter(is_known=False, receive=None)

    async def wait(name):
        await queue.enter(is_known=name.startswith("known"), receive=None)
        order.append(name)
        queue.leave()

    names = [f"new {n}" for n in range(3)] + [f"known {n}" for n in range(6)]
    tasks = [asyncio.ensure_future(wait(name)) for name in names]
    await asyncio.sleep(0)
    queue.leave()
    await asyncio.gather(*tasks)
    assert order[:3] == ["known 0", "known 1", "known 2"]
    assert order.index("new 0") == 3
    assert order.index("new 1") == 7
    assert (queue.free, len(queue)) == (1, 0)


async def test_page_that_nobody_waits_for_any_more_is_not_made(stuck):
    pages, free = stuck
    waiting = await filled(pages, 2)

    async def leaves():
        await asyncio.sleep(0.05)
        return {"type": "http.disconnect"}

    said = []
    await pages(scope_of(), leaves, said.append)
    assert said == []
    free.set()
    await asyncio.gather(*waiting)
    assert (pages.queue.free, len(pages.queue)) == (2, 0)


async def test_turn_that_comes_as_its_client_leaves_goes_to_the_next():
    queue = Queue(1)
    await queue.enter(is_known=False, receive=None)

    async def leaves():
        return {"type": "http.disconnect"}

    leaving = asyncio.ensure_future(queue.enter(is_known=True, receive=leaves))
    await asyncio.sleep(0)
    with pytest.raises(Gone):
        await leaving
    cancelled = asyncio.ensure_future(queue.enter(is_known=True, receive=None))
    await asyncio.sleep(0)
    queue.leave()
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert queue.free == 1


async def test_answer_that_is_not_read_holds_no_thread():
    def wsgi(environ, start_response):
        start_response("200 OK", [])
        yield b"x" * 1_000_000
        yield b"y" * 1_000_000

    threads = PageThreads(wsgi, workers=1)
    pages = Pages(threads)

    async def blocked(message):
        await asyncio.Event().wait()

    slow = [asyncio.ensure_future(pages(scope_of(), never, blocked)) for _ in range(5)]
    await asyncio.sleep(0.2)
    start, body = await asyncio.wait_for(ask(pages), 5)
    assert dict(start["headers"])[b"content-length"] == b"2000000"
    assert body["body"][-1:] == b"y"
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    threads.executor.shutdown()


async def test_stuck_threads_are_seen_and_those_that_work_too(stuck, monkeypatch):
    monkeypatch.setattr(module, "THREADS_ANSWER_WITHIN_S", 0.2)
    pages, free = stuck
    assert await pages.answer_in_time()
    waiting = await filled(pages, 2)
    assert not await pages.answer_in_time()
    assert not await pages.answer_in_time()
    free.set()
    await asyncio.gather(*waiting)
    assert await pages.answer_in_time()


async def test_answer_that_breaks_while_it_is_made_is_a_coded_500(caplog):
    def wsgi(environ, start_response):
        start_response("200 OK", [])
        yield b"half of it"
        raise ZeroDivisionError("planted")

    threads = PageThreads(wsgi, workers=1)
    start, body = await ask(Pages(threads), "/api/v1/events/")
    assert start["status"] == 500
    assert b'"code": "server_error"' in body["body"]
    assert "planted" in caplog.text
    threads.executor.shutdown()


# --- what WSGI is told


def test_name_that_wsgi_would_take_for_a_proxys_is_left_out():
    names = {
        "x_forwarded_for": "1.2.3.4",
        "x~forwarded_proto": "https",
        "content_length": "7",
        "x_request_id": "y" * 9,
    }
    environ = environ_of(scope_of(**{name.replace("_", "__"): value for name, value in names.items()}), b"")
    assert not [name for name in environ if name.startswith("HTTP_")]
    assert environ["CONTENT_LENGTH"] == "0"


def test_what_only_a_proxy_may_say_is_believed_of_a_trusted_one_alone(settings):
    settings.TRUSTED_ADDRESSES = ["10.0.0.0/8"]
    headers = {
        "x~forwarded~proto": "https",
        "x~forwarded~for": "1.2.3.4",
        "host": "a.example",
        "cookie": "a=b",
    }
    theirs = environ_of(scope_of(client="203.0.113.7", **headers), b"")
    assert (theirs["HTTP_HOST"], theirs["HTTP_COOKIE"]) == ("a.example", "a=b")
    assert not [name for name in theirs if "FORWARDED" in name]
    assert environ_of(scope_of(client="10.1.1.1", **headers), b"")["HTTP_X_FORWARDED_PROTO"] == "https"


def test_same_header_twice_is_joined_and_cookies_as_cookies_are():
    scope = scope_of()
    scope["headers"] = [(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"host", b"one"), (b"host", b"two")]
    environ = environ_of(scope, b"body")
    assert (environ["HTTP_COOKIE"], environ["HTTP_HOST"]) == ("a=1; b=2", "one,two")
    assert environ["wsgi.input"].read() == b"body"


def test_iterable_is_closed_also_when_it_breaks():
    closed = []

    class Answer:
        def __iter__(self):
            raise ZeroDivisionError

        def close(self):
            closed.append(True)

    with pytest.raises(ZeroDivisionError):
        run(lambda environ, start_response: Answer(), {})
    assert closed == [True]


def test_headers_leave_without_blanks_around_them():
    def wsgi(environ, start_response):
        start_response("200 OK", [("Set-Cookie", " a=1; Path=/")])  # as Django writes cookies
        return [b""]

    assert (b"set-cookie", b"a=1; Path=/") in run(wsgi, {}).headers
