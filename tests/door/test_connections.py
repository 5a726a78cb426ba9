"""Connections of which nothing comes end by themselves, and a network has room for so many."""

import time
from contextlib import suppress

import pytest

from opendev.core.limits import networks_of
from opendev.door import connections
from opendev.door.connections import _doorkeepers
from tests.door.raw import LARGE_FILE, head, many, open_raw, read_until_closed, seconds_of
from tests.factories import make_session
from tests.support.inner_server import inner
from tests.support.people import open_socket

__all__ = ["inner"]

GET = head("GET", "/healthz")


@pytest.fixture
def hasty(monkeypatch):
    """Deadlines of a second, looked at ten times a second."""
    for name in ("HEAD_S", "DRAIN_S", "STALL_S"):
        monkeypatch.setattr(connections, name, 1.0)
    monkeypatch.setattr(connections, "SWEEP_S", 0.1)


@pytest.fixture
def stranger(monkeypatch):
    """Nobody is trusted: every connection is one of a network."""
    monkeypatch.setattr(connections, "is_trusted", lambda address: False)


def lives(raw) -> float:
    """How long the server keeps a connection on which no more is sent."""
    begin = time.monotonic()
    read_until_closed(raw)
    return time.monotonic() - begin


@pytest.mark.parametrize("said", [b"", b"\r\n", b"\r\n\r\n\r\n"])
def test_silent_connection_is_closed_without_a_word(inner, hasty, said):
    raw = open_raw(inner, said)
    begin = time.monotonic()
    assert read_until_closed(raw) == b""
    assert 0.8 < time.monotonic() - begin < 5


@pytest.mark.parametrize("said", [b"G", b"GET /join/", GET[:-2], head("POST", "/join/", "Cookie: a")[:-1]])
def test_half_a_head_is_answered_408_and_closed(inner, hasty, said):
    answer = read_until_closed(open_raw(inner, said))
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code": "too_slow"' in answer


def test_head_that_grows_byte_by_byte_does_not_move_its_deadline(inner, hasty):
    raw = open_raw(inner, b"GET /join/ HTTP/1.1\r\nX: ")
    begin = time.monotonic()
    with suppress(ConnectionError):
        while time.monotonic() - begin < 10:
            raw.sendall(b"x")
            time.sleep(0.05)
    assert time.monotonic() - begin < 5
    raw.close()


def test_half_a_head_after_an_answer_ends_too(inner, hasty):
    raw = open_raw(inner, GET)
    assert raw.recv(65536).startswith(b"HTTP/1.1 200")
    raw.sendall(b"GET /join")
    assert lives(raw) < 5


@pytest.mark.parametrize("stray", [b"", b"\r\n"])
def test_idle_connection_is_kept_for_a_phone_and_longer_for_a_proxy_and_no_stray_byte_keeps_it(
    inner, hasty, monkeypatch, stray
):
    assert connections.IDLE_S >= 75
    assert connections.IDLE_OF_TRUSTED_S > 120  # proxies keep theirs for 60 to 120 s
    monkeypatch.setattr(connections, "IDLE_OF_TRUSTED_S", 2.0)
    raw = open_raw(inner, GET)
    assert raw.recv(65536).startswith(b"HTTP/1.1 200")
    raw.sendall(stray)
    assert 1.5 < lives(raw) < 4.5  # uvicorn's own is 5 s


def test_head_of_a_hundred_thousand_bytes_is_refused(inner):
    raw = open_raw(inner, b"GET / HTTP/1.1\r\n")
    sent = 0
    with suppress(ConnectionError):
        while sent < 2_000:
            raw.sendall(b"X-Name: " + b"y" * 1000 + b"\r\n")
            sent += 1
            time.sleep(0.002)
    assert sent < 2_000
    raw.close()
    with inner.http() as visitor:
        assert seconds_of(visitor, "/join/") < 5


def test_body_that_was_refused_is_read_for_a_while_so_that_the_answer_arrives(inner, hasty):
    length = 300_000
    raw = open_raw(inner, head("POST", "/join/", f"Content-Length: {length}"))
    raw.sendall(b"x" * length)
    assert raw.recv(65536).startswith(b"HTTP/1.1 413")
    raw.sendall(GET)
    assert raw.recv(65536).startswith(b"HTTP/1.1 200")
    raw.close()
    lazy = open_raw(inner, head("POST", "/join/", f"Content-Length: {length}") + b"x")
    assert lives(lazy) < 5


def test_answer_that_nobody_reads_ends_with_its_connection(inner, hasty):
    with many(inner, 4, head("GET", LARGE_FILE), buffer=4096) as slow:

        def unread() -> int:
            kept = [one for keeper in list(_doorkeepers.values()) for one in list(keeper.connections)]
            return sum(bool(one.unread) for one in kept)

        inner.until(lambda: unread() == 4)
        inner.until(lambda: unread() == 0)
        assert len(slow) == 4


def test_connections_of_a_network_are_bounded_and_waiting_ones_make_room(
    inner, stranger, settings, monkeypatch
):
    settings.MAX_CONNECTIONS_OF_NETWORK = 5
    monkeypatch.setattr(connections, "SETTLED_S", 1.0)
    with many(inner, 5) as silent:
        time.sleep(0.2)
        refused = read_until_closed(open_raw(inner))
        assert refused.startswith(b"HTTP/1.1 429 ")
        assert b"too_many_connections" in refused
        time.sleep(1.2)  # they have had their time: whoever has a request goes before them
        with many(inner, 1, GET) as (served,):
            assert served.recv(100).startswith(b"HTTP/1.1 200")
            assert silent[0].recv(10) == b""


def test_sockets_are_not_counted_as_connections_too(inner, stranger, settings):
    settings.MAX_CONNECTIONS_OF_NETWORK = 2
    session = make_session()
    opened = []
    for _ in range(4):
        context = open_socket(inner, session.pk)
        context.__enter__()
        opened.append(context)
    for context in opened:
        context.__exit__(None, None, None)


def test_no_more_idle_ones_are_kept_than_there_is_room_for(inner, hasty, monkeypatch):
    monkeypatch.setattr(connections, "MAX_IDLE", 3)
    with many(inner, 6, GET) as idle:
        for raw in idle:
            assert raw.recv(65536).startswith(b"HTTP/1.1 200")

        def closed() -> int:
            return sum(is_closed(raw) for raw in idle)

        inner.until(lambda: closed() >= 3)
        time.sleep(0.5)
        assert closed() == 3


def is_closed(raw) -> bool:
    raw.settimeout(0.0)
    with suppress(BlockingIOError):
        return raw.recv(10) == b""
    return False


def test_whole_48_of_ipv6_has_eight_times_the_room_of_a_64():
    names = networks_of("2001:db8:1:2:3:4:5:6")
    assert [tuple(name) for name in names] == [("2001:db8:1:2::/64", 1), ("2001:db8:1::/48", 8)]
    assert [tuple(name) for name in networks_of("203.0.113.7")] == [("203.0.113.7", 1)]


H2C = (
    "Connection: Upgrade, HTTP2-Settings",
    "Upgrade: h2c",
    "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
)


@pytest.mark.parametrize("at_once", [True, False])
def test_body_of_a_request_that_would_rather_speak_http2_is_read(inner, at_once):
    session, body = make_session(), b'{"name": "Ada"}'
    path = f"/api/v1/sessions/{session.pk}/attendees/"
    asked = head("POST", path, "Content-Type: application/json", f"Content-Length: {len(body)}", *H2C)
    with many(inner, 1, asked + body * at_once) as (raw,):
        if not at_once:
            for piece in (body[:4], body[4:] + GET):
                time.sleep(0.1)
                raw.sendall(piece)
        answer = raw.recv(65536)
        assert answer.startswith(b"HTTP/1.1 201 ")
        while b"Ada" not in answer:
            answer += raw.recv(65536)
        if at_once:
            raw.sendall(head("GET", "/healthz", *H2C))
        while b'"status": "ok"' not in answer:
            answer += raw.recv(65536)


def test_request_after_one_that_would_rather_speak_http2_is_answered_too(inner):
    with many(inner, 1, head("GET", "/healthz", *H2C) + GET) as (raw,):
        answer = b""
        while answer.count(b'"status": "ok"') < 2:
            answer += raw.recv(65536)


def test_body_in_pieces_of_such_a_request_is_refused_and_is_no_request_of_its_own(inner, hasty):
    raw = open_raw(
        inner, head("POST", "/join/", "Transfer-Encoding: chunked", *H2C) + b"3\r\nabc\r\n" + GET * 2
    )
    answer = read_until_closed(raw)
    assert answer.startswith(b"HTTP/1.1 411 ")
    assert answer.count(b"HTTP/1.1") == 1
