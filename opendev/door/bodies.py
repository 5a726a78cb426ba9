"""Request bodies are read on the event loop, under a deadline and a limit, before a page thread is taken."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from opendev.core import metrics
from opendev.core.errors import TryLater
from opendev.core.limits import is_trusted, networks_of, socket_address
from opendev.core.uploads import largest_body_at
from opendev.door.refusals import LengthRequired, TooLarge, TooSlow

BODY_S = 10.0  # for any body, and on top of it:
LEAST_PACE = 32 * 1024  # bytes per second
MAX_HELD = 128 * 1024 * 1024  # bytes of bodies in a process at once, by their announced length
MAX_HELD_OF_NETWORK = 32 * 1024 * 1024


class Gone(Exception):
    """The client closed the connection before its body had arrived."""


class Held:
    """The number of bytes of bodies, in total and by network. One per process, on its loop."""

    def __init__(self) -> None:
        self.total = 0
        self.by_network: dict[str, int] = {}

    @contextmanager
    def room_for(self, length: int, scope: Any) -> Iterator[None]:
        """Reserve memory for a body until its request is answered.

        Raises:
            TryLater: there is none.
        """
        if not length:
            yield
            return
        address = socket_address(scope)
        networks = () if is_trusted(address) else networks_of(address)
        if self.total + length > MAX_HELD or any(
            self.by_network.get(name, 0) + length > MAX_HELD_OF_NETWORK * share for name, share in networks
        ):
            metrics.REFUSED.labels("bodies").inc()
            raise TryLater
        self._add(length, networks)
        try:
            yield
        finally:
            self._add(-length, networks)

    def _add(self, length: int, networks: Any) -> None:
        self.total += length
        for name, _share in networks:
            held = self.by_network.get(name, 0) + length
            if held:
                self.by_network[name] = held
            else:
                self.by_network.pop(name, None)


held = Held()


def announced_length(scope: Any) -> int:
    """Return how long a request's body is, in bytes.

    Raises:
        LengthRequired: it is chunked, which WSGI cannot express.
        TooLarge: it is longer than its address allows.
    """
    length = b"0"
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            raise LengthRequired
        if name == b"content-length":
            length = value
    if not length.isdigit():
        raise TooLarge
    if len(length) > 18 or (
        int(length) > settings.BODY_LIMIT and int(length) > largest_body_at(scope["path"])
    ):
        raise TooLarge
    return int(length)


async def take_in(length: int, receive: Any) -> bytes:
    """Return a request's whole body, of this length.

    Raises:
        TooSlow: it did not arrive in time.
        Gone: the client left.
    """
    if not length:
        return b""
    try:
        async with asyncio.timeout(BODY_S + length / LEAST_PACE):
            return await _read(receive)
    except TimeoutError:
        metrics.REFUSED.labels("slow_body").inc()
        raise TooSlow from None


async def _read(receive: Any) -> bytes:
    pieces: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)
