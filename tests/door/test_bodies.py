"""A slow client holds up itself alone: bodies come in before a thread is taken, and answers leave after it."""

import json
import time

import pytest

from opendev.door import bodies
from tests.door.raw import LARGE_FILE, head, many, open_raw, read_until_closed, seconds_of
from tests.factories import make_session
from tests.support.inner_server import THREADS, inner

__all__ = ["inner"]

PATHS = ["/api/v1/sessions/1/attendees/", "/join/", "/sign-in/", "/admin/login/", "/nowhere/"]


@pytest.mark.parametrize("path", PATHS)
def test_one_byte_of_many_bodies_stops_nobody(inner, path):
    one_byte = head("POST", path, "Content-Type: application/json", "Content-Length: 1000") + b"{"
    with many(inner, THREADS * 5, one_byte), inner.http() as visitor:
        assert max(seconds_of(visitor, page) for page in ("/join/", "/api/v1/events/", "/readyz")) < 3


def test_large_files_read_slowly_stop_nobody(inner):
    asked = head("GET", LARGE_FILE)
    with many(inner, THREADS * 3, asked, buffer=4096), inner.http() as visitor:
        assert max(seconds_of(visitor, page) for page in ("/join/", "/api/v1/events/")) < 3


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(bodies, "BODY_S", 0.5)


@pytest.mark.parametrize("path", PATHS)
def test_body_that_does_not_come_in_time_is_answered_408_with_its_code(inner, hasty, path):
    raw = open_raw(inner, head("POST", path, "Content-Length: 1000") + b"{")
    answer = read_until_closed(raw)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"too_slow" in answer
    if path.startswith("/api/"):
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "too_slow"


def test_body_that_comes_in_pieces_and_in_time_is_read_whole(inner):
    session = make_session()
    body = json.dumps({"name": "Ada"}).encode()
    path = f"/api/v1/sessions/{session.pk}/attendees/"
    length = f"Content-Length: {len(body)}"
    raw = open_raw(inner, head("POST", path, "Content-Type: application/json", length, "Connection: close"))
    for byte in body:
        raw.sendall(bytes([byte]))
        time.sleep(0.01)
    answer = read_until_closed(raw)
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert b'"name":"Ada"' in answer.replace(b": ", b":")


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ("Content-Length: 300000", 413, b"too_large"),
        ("Content-Length: 99999999999", 413, b"too_large"),
        ("Transfer-Encoding: chunked", 411, b"length_required"),
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_too_large_or_of_unknown_length_is_refused_before_it_comes(inner, path, line, status, code):
    raw = open_raw(inner, head("POST", path, line))
    answer = raw.recv(65536)
    while code not in answer:
        answer += raw.recv(65536)
    raw.close()
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


def test_upload_may_be_larger_where_uploads_are_taken(inner):
    event = make_session().event
    for path, status in ((f"/{event.slug}/registrations/import/", 401), ("/join/", 413)):
        with inner.http() as visitor:
            assert visitor.post(path, content=b"x" * 300_000).status_code == status, path


def test_client_that_leaves_in_the_middle_leaves_nothing_behind(inner):
    for _ in range(THREADS * 3):
        open_raw(inner, head("POST", "/join/", "Content-Length: 1000") + b"x").close()
    inner.until(lambda: bodies.held.total == 0)
    assert bodies.held.by_network == {}


def test_room_for_bodies_is_bounded_by_network_and_in_all(monkeypatch):
    monkeypatch.setattr(bodies, "MAX_HELD", 250)
    monkeypatch.setattr(bodies, "MAX_HELD_OF_NETWORK", 100)
    monkeypatch.setattr(bodies, "held", bodies.Held())

    def scope(address):
        return {"client": (address, 1), "headers": []}

    with bodies.held.room_for(100, scope("203.0.113.7")):
        with pytest.raises(bodies.TryLater), bodies.held.room_for(1, scope("203.0.113.7")):
            pass
        other, too_much = scope("203.0.113.8"), bodies.held.room_for(51, scope("127.0.0.1"))
        with bodies.held.room_for(100, other), pytest.raises(bodies.TryLater), too_much:
            pass
        with bodies.held.room_for(120, scope("127.0.0.1")):  # trusted: a proxy sends for many
            pass
    assert (bodies.held.total, bodies.held.by_network) == (0, {})


@pytest.mark.parametrize(
    "path", ["/" + "x" * 60_000, "/join/?" + "y" * 60_000, "/api/v1/" + "%C3%A9" * 9_000]
)
def test_address_of_60000_characters_is_refused_in_words(inner, path, caplog):
    with inner.http() as visitor:
        answer = visitor.get(path)
    assert answer.status_code == 414
    assert "address_too_long" in answer.text
    assert "Traceback" not in caplog.text
