"""What we make of answers that a good server would not give. The good ones: tests/etherpad."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from etherpad_links.padserver import http
from etherpad_links.padserver.addresses import PadAddress, Reach, ServerAddress
from etherpad_links.padserver.errors import (
    AddressForbidden,
    PadMissing,
    PadRefused,
    PadUnreachable,
    RateLimited,
    ServerSilent,
)

ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/p/here/export/txt": (302, {"Location": "/p/there/export/txt"}, b""),
    "/p/there/export/txt": (200, {}, "caf\u00e9".encode()),
    "/p/away/export/txt": (302, {"Location": "http://127.0.0.1:1/p/away/export/txt"}, b""),
    "/p/file/export/txt": (302, {"Location": "file:///etc/passwd"}, b""),
    "/p/circle/export/txt": (302, {"Location": "/p/circle/export/txt"}, b""),
    "/p/gone/export/txt": (404, {}, b""),
    "/p/private/export/txt": (403, {}, b""),
    "/p/busy/export/txt": (429, {"Retry-After": "90"}, b""),
    "/p/broken/export/txt": (500, {}, b"stack trace"),
    "/p/huge/export/txt": (200, {}, b"x" * (http.MOST_BYTES + 1)),
    "/odd/api": (200, {}, b"<html>"),
    "/moved/api": (200, {}, b'{"currentVersion": "1.3.1"}'),
    "/moved/api/1.3.0/createPad": (307, {"Location": "/moved/elsewhere"}, b""),
}
SHORT_READ_S = 0.1


class Pretender(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Host"]))  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.endswith("/p/silent/export/txt"):
            time.sleep(4 * SHORT_READ_S)
            self.close_connection = True
            return
        status, headers, body = ANSWERS.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815  # the name that the server looks for

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def pretender() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pretender)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def place(pretender: ThreadingHTTPServer) -> ServerAddress:
    return ServerAddress("http", "localhost", pretender.server_port)


@pytest.fixture
def reach(place: ServerAddress) -> Reach:
    return Reach(own=frozenset({(place.host, place.port)}))


def test_redirect_within_the_server_is_followed_under_its_name(pretender, place: ServerAddress, reach: Reach):
    assert http.export_text(place.pad("here"), reach) == "café"
    assert pretender.asked == [
        ("/p/here/export/txt", place.host_and_port),
        ("/p/there/export/txt", place.host_and_port),
    ]


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("away", AddressForbidden),
        ("file", AddressForbidden),
        ("circle", PadUnreachable),
        ("gone", PadMissing),
        ("private", PadRefused),
        ("broken", PadUnreachable),
        ("huge", PadRefused),
    ],
)
def test_odd_answer_is_a_named_trouble(place: ServerAddress, reach: Reach, name: str, trouble: type):
    with pytest.raises(trouble):
        http.export_text(place.pad(name), reach)


def test_limit_tells_when_to_come_back(place: ServerAddress, reach: Reach):
    with pytest.raises(RateLimited) as caught:
        http.export_text(place.pad("busy"), reach)
    assert caught.value.retry_after == 90


@pytest.mark.parametrize(("prefix", "trouble"), [("/moved", RateLimited), ("", ServerSilent)])
def test_silence_is_a_limit_where_the_server_answers_something_else(
    place: ServerAddress, reach: Reach, monkeypatch: pytest.MonkeyPatch, prefix: str, trouble: type
):
    monkeypatch.setattr(http, "READ_S", SHORT_READ_S)
    server = ServerAddress("http", place.host, place.port, prefix)
    with pytest.raises(trouble):
        http.exists(server.pad("silent"), reach)


def test_server_outside_our_reach_is_never_asked(pretender, place: ServerAddress):
    with pytest.raises(AddressForbidden):
        http.export_text(place.pad("there"), Reach())
    assert pretender.asked == []


def test_what_is_no_etherpad_is_said_to_be_none(place: ServerAddress, reach: Reach):
    odd = ServerAddress("http", "localhost", place.port, "/odd")
    with pytest.raises(PadUnreachable, match="no Etherpad"):
        http.HttpApi(odd, "key", reach).create_pad("x", "")


def test_key_is_not_handed_on_by_a_redirect_and_not_put_into_an_address(
    pretender, place: ServerAddress, reach: Reach
):
    moved = ServerAddress("http", "localhost", place.port, "/moved")
    with pytest.raises(AddressForbidden) as caught:
        http.HttpApi(moved, "a-secret-key", reach).create_pad("x", "")
    assert [path for path, _ in pretender.asked] == ["/moved/api", "/moved/api/1.3.0/createPad"]
    assert "a-secret-key" not in f"{caught.value!r}{pretender.asked}"


def test_server_that_is_not_there_is_unreachable():
    nowhere = PadAddress(ServerAddress("http", "127.0.0.1", 1), "x")
    with pytest.raises(PadUnreachable):
        http.exists(nowhere, Reach(allows_private=True))


def test_server_that_sends_a_byte_now_and_then_is_given_up(monkeypatch: pytest.MonkeyPatch):
    """In the headers as in the body; each byte comes sooner than the time-out of a single read."""
    monkeypatch.setattr(http, "DEADLINE_S", 0.6)
    for begin in (b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"):
        with dripping(begin) as port:
            address = ServerAddress("http", "127.0.0.1", port).pad("slow")
            began_at = time.monotonic()
            with pytest.raises(PadUnreachable, match="takes more than"):
                http.exists(address, Reach(allows_private=True))
            assert time.monotonic() - began_at < 3


@contextmanager
def dripping(begin: bytes) -> Iterator[int]:
    """A server that sends a beginning, then a byte every tenth of a second."""
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(begin)
            while not over.wait(0.1):
                connection.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    yield listener.getsockname()[1]
    over.set()
    thread.join()
    listener.close()
