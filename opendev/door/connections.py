"""Closing of useless connections: uvicorn's HTTP protocol with deadlines and bounds.

uvicorn only closes a connection that is idle after a response: one that never sends a byte, or half a head,
or does not read its response, stays for as long as the client likes. A body's deadline is enforced in `bodies`,
since it depends on the address.
"""

import asyncio
import json
import sys
from http import HTTPStatus
from typing import Any
from weakref import WeakKeyDictionary

import httptools
from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from opendev.core import metrics
from opendev.core.limits import is_trusted, networks_of

HEAD_S = 10.0  # from the first byte of a request, or from the connection, to the end of its head
MAX_HEAD = 64 * 1024  # bytes
DRAIN_S = 10.0  # the rest of a refused body is read for this long, so that the client sees the response
IDLE_S = 75.0  # between requests; a phone whose owner reads the code's page first needs no second handshake to join
IDLE_OF_TRUSTED_S = (
    150.0  # proxies close idle connections after 60 to 120 s; ours must not be the first to close
)
MAX_IDLE = 2_000  # beyond it the longest idle ones are closed early
STALL_S, LEAST_READ = 30.0, 16 * 1024  # a response must be read at this pace: bytes in seconds
SETTLED_S = 1.0  # until then a connection is not closed in favour of another one
SWEEP_S = 1.0

NEVER = float("inf")


class Connection(HttpToolsProtocol):
    """One connection. uvicorn calls these methods; `Doorkeeper` looks at the attributes once a second."""

    def connection_made(self, transport: Any) -> None:
        """Reserve a place for the connection, or refuse it."""
        super().connection_made(transport)
        now = self.loop.time()
        address = self.client[0] if self.client else ""
        is_of_trusted = not self.client or is_trusted(address)
        self.timeout_keep_alive = int(IDLE_OF_TRUSTED_S if is_of_trusted else IDLE_S)
        self.networks = () if is_of_trusted else networks_of(address)
        self.waits_since = now  # for a whole head
        self.has_begun = False  # a byte of that head has come
        self.has_served = False
        self.head_bytes = 0
        self.is_body_open = False
        self.body_left = 0  # bytes that are read past the parser
        self.requests = 0  # whose head has arrived and whose response is not complete
        self.unread, self.unread_since = 0, NEVER  # bytes of responses, and since when they do not decrease
        self.doorkeeper = doorkeeper_of(self.server_state, self.loop)
        if not self.doorkeeper.enter(self, now):
            metrics.REFUSED.labels("connections").inc()
            self.refuse(HTTPStatus.TOO_MANY_REQUESTS, "too_many_connections")

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self.doorkeeper.leave(self)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Give the place back: sockets are counted separately (opendev.core.admission)."""
        self.doorkeeper.leave(self)
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        """Parse the received data, unless a head has grown too large."""
        if self.transport.is_closing():
            return
        had_begun = self.has_begun
        self._parse(data)
        if not had_begun or self.requests or self.transport.is_closing():
            return
        self.head_bytes += len(data)
        if self.head_bytes > MAX_HEAD:
            metrics.REFUSED.labels("head").inc()
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "head_too_large")

    def _parse(self, data: bytes) -> None:
        """Parse as uvicorn does, and keep the body of a request that would rather speak another protocol.

        Java's HttpClient asks for HTTP/2 (`Upgrade: h2c`) with its first request. llhttp assumes that the bytes after
        the head are in that protocol, though we go on with HTTP/1.1 (RFC 9110, 7.8), and the body would be lost.
        """
        self._unset_keepalive_if_required()
        if self.body_left:
            data = self._take_body(data)
        while data:
            try:
                self.parser.feed_data(data)
                return
            except httptools.HttpParserError:
                self.logger.warning("Invalid HTTP request received.")
                self.send_400_response("Invalid HTTP request received.")
                return
            except httptools.HttpParserUpgrade as upgrade:
                if self._should_upgrade():
                    self.handle_websocket_upgrade()
                    return
                data = data[upgrade.args[0] :]
                self.body_left = _length_of_body(self.headers)
                if self.body_left:
                    self.is_body_open = self.cycle.more_body = True
                    data = self._take_body(data)

    def _take_body(self, data: bytes) -> bytes:
        """Add the data that belongs to the request's body to it; return the rest."""
        mine, rest = data[: self.body_left], data[self.body_left :]
        self.body_left -= len(mine)
        self.on_body(mine)
        if not self.body_left:
            self.on_message_complete()
            self.is_body_open = False
        return rest

    def on_message_begin(self) -> None:
        """A request's first byte has arrived."""
        super().on_message_begin()
        self.has_begun = True
        self.waits_since = self.loop.time()

    def on_headers_complete(self) -> None:
        """A request's head is complete; it may be answered."""
        before = self.cycle
        super().on_headers_complete()
        self.has_begun = False
        self.head_bytes = 0
        if self.cycle is not before:  # not a socket's handshake
            self.is_body_open = True
            self.requests += 1

    def on_message_complete(self) -> None:
        """A request has arrived completely."""
        super().on_message_complete()
        self.is_body_open = False

    def on_response_complete(self) -> None:
        """A response was handed to the transport, which may still buffer some of it."""
        self.requests -= 1
        self.has_served = True
        self.waits_since = self.loop.time()
        self.unread, self.unread_since = self.transport.get_write_buffer_size(), self.waits_since
        super().on_response_complete()

    def refuse(self, status: HTTPStatus, code: str) -> None:
        """Answer a connection that carries no request, and close it."""
        if self.transport.is_closing():
            return
        body = json.dumps({"code": code, "detail": f"{status.phrase}."}).encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nretry-after: 10\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.unread, self.unread_since = self.transport.get_write_buffer_size(), self.loop.time()
        self.transport.close()

    @property
    def is_idle(self) -> bool:
        """Whether it was served and waits for its next request."""
        return self.has_served and not (self.requests or self.has_begun or self.is_body_open)

    def end_if_due(self, now: float) -> None:
        """Close the connection if it has missed one of its deadlines."""
        if self.unread and self._reads_too_slowly(now):
            metrics.REFUSED.labels("slow_reader").inc()
            self.transport.abort()
        if self.requests:
            return
        waited = now - self.waits_since
        if self.is_idle:
            if waited > self.timeout_keep_alive + SWEEP_S:  # a stray byte has stopped uvicorn's own timer
                self.transport.close()
        elif self.is_body_open:
            if waited > DRAIN_S:
                self.transport.close()
        elif waited > HEAD_S:
            metrics.REFUSED.labels("slow_head").inc()
            if self.has_begun:
                self.refuse(HTTPStatus.REQUEST_TIMEOUT, "too_slow")
            else:  # browsers open connections in advance, and would take a response for the one to their next request
                self.transport.close()

    def _reads_too_slowly(self, now: float) -> bool:
        """Record how much is unread; return True if it has decreased too slowly for too long."""
        unread = self.transport.get_write_buffer_size()
        if unread > self.unread or unread <= max(0, self.unread - LEAST_READ):
            self.unread, self.unread_since = unread, now
        return unread > 0 and now - self.unread_since > STALL_S


def _length_of_body(headers: list[tuple[bytes, bytes]]) -> int:
    """Return the length of a body that the parser skips. Chunked ones are refused, so it is all that follows."""
    if any(name == b"transfer-encoding" for name, _value in headers):
        return sys.maxsize
    lengths = [value for name, value in headers if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0


class Doorkeeper:
    """All connections of one server. They are checked once a second while there are any."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.connections: dict[Connection, None] = {}  # in the order of their arrival
        self.by_network: dict[str, int] = {}
        self.is_looking = False

    def enter(self, connection: Connection, now: float) -> bool:
        """Give a connection a place; return False if there is none, of its network or at all.

        If necessary, a connection that waits for a request is closed to make room.
        """
        for name, share in connection.networks:
            most = settings.MAX_CONNECTIONS_OF_NETWORK * share
            if self.by_network.get(name, 0) >= most and not self._make_room(now, of=name):
                return False
        if len(self.connections) >= settings.MAX_CONNECTIONS and not self._make_room(now):
            return False
        self.connections[connection] = None
        for name, _share in connection.networks:
            self.by_network[name] = self.by_network.get(name, 0) + 1
        if not self.is_looking:
            self.is_looking = True
            self.loop.call_later(SWEEP_S, self.look)
        return True

    def leave(self, connection: Connection) -> None:
        """Take a connection's place back, once."""
        if connection not in self.connections:
            return
        del self.connections[connection]
        for name, _share in connection.networks:
            left = self.by_network[name] - 1
            if left:
                self.by_network[name] = left
            else:
                del self.by_network[name]

    def look(self) -> None:
        """Close connections that are due, and the longest idle ones if too many are idle."""
        now = self.loop.time()
        idle = []
        for connection in list(self.connections):
            connection.end_if_due(now)
            if connection.is_idle:
                idle.append(connection)
        if len(idle) > MAX_IDLE:
            idle.sort(key=lambda connection: connection.waits_since)
            for connection in idle[: len(idle) - MAX_IDLE]:
                connection.transport.close()
        self.is_looking = bool(self.connections)
        if self.is_looking:
            self.loop.call_later(SWEEP_S, self.look)

    def _make_room(self, now: float, of: str | None = None) -> bool:
        """Close the connection, of a network, that has waited longest for a request; return False if none waits."""
        waiting = [
            connection
            for connection in self.connections
            if not connection.requests
            and now - connection.waits_since > SETTLED_S
            and (of is None or any(name == of for name, _share in connection.networks))
        ]
        if not waiting:
            return False
        longest = min(waiting, key=lambda connection: connection.waits_since)
        self.leave(longest)
        longest.transport.abort()  # close() would wait for a client that does not read
        return True


_doorkeepers: WeakKeyDictionary[ServerState, Doorkeeper] = WeakKeyDictionary()


def doorkeeper_of(server: ServerState, loop: asyncio.AbstractEventLoop) -> Doorkeeper:
    """Return the doorkeeper of a running server."""
    if server not in _doorkeepers:
        _doorkeepers[server] = Doorkeeper(loop)
    return _doorkeepers[server]
