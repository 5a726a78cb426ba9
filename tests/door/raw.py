"""Clients that speak as little HTTP as they like."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.people import Address

# The largest of our files: more than the system keeps for a connection whose client does not read.
LARGE_FILE = "/static/drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js.map"


def open_raw(server: Address, said: bytes = b"", *, buffer: int = 0) -> socket.socket:
    """A connection on which these bytes were sent; `buffer`: of what it reads, in bytes."""
    raw = socket.socket()
    if buffer:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    raw.settimeout(20)
    raw.connect(("127.0.0.1", int(server.url.rpartition(":")[2])))
    raw.sendall(said)
    return raw


@contextmanager
def many(
    server: Address, number: int, said: bytes = b"", *, buffer: int = 0
) -> Iterator[list[socket.socket]]:
    """So many of them, closed at the end."""
    opened = [open_raw(server, said, buffer=buffer) for _ in range(number)]
    try:
        yield opened
    finally:
        for raw in opened:
            raw.close()


def read_until_closed(raw: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    pieces = []
    try:
        while piece := raw.recv(65536):
            pieces.append(piece)
    except ConnectionError:
        pass
    finally:
        raw.close()
    return b"".join(pieces)


def head(method: str, path: str, *lines: str) -> bytes:
    """A request's head, whole."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *lines, "", ""]).encode()


def seconds_of(client: Any, path: str) -> float:
    """How long a page takes that is answered with 200."""
    begin = time.monotonic()
    assert client.get(path).status_code == 200
    return time.monotonic() - begin
