"""The line at the door: who joins while too many do is shown a page that waits, and let in in order of arrival.

The join itself waits here, not its sender: its form is carried when its turn comes, and the phone picks the answer up
by an address that nobody else can guess. So nobody is refused, sends anything twice, or loses their place by a reload,
and no script is needed: the page loads itself again.
"""

import asyncio
import re
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.template.loader import render_to_string

from opendev.core import metrics
from opendev.core.errors import DomainError
from opendev.core.logs import new_id
from opendev.door.coding import Headers
from opendev.door.refusals import Broken, refuse
from opendev.door.threads import Answer

JOINS = re.compile(r"/j/\d{6}/")
PLACES = re.compile(r"(/j/\d{6}/)waiting/([\w-]{22})/")
MOST_AT_THE_DOOR = 60  # newcomers who wait for a thread with their connection open: half a second of joins
MOST_IN_LINE = 10_000
MOST_BYTES = 4 * 1024  # of a form
KEPT_S = 120.0  # an answer, for a phone that was in a pocket
LOADS_AGAIN_S = 2
AHEAD = "THE-NUMBER-OF-PEOPLE-AHEAD"

Carry = Callable[[Any, bytes], Awaitable[Answer | None]]


@dataclass(slots=True, eq=False)
class Place:
    """One form in the line, and its answer once it was carried."""

    number: int
    task: "asyncio.Task[Answer | None] | None" = None


class Line:
    """The forms of one process that wait, in order of arrival."""

    def __init__(self, carry: Carry) -> None:
        self.carry = carry
        self.places: OrderedDict[str, Place] = OrderedDict()
        self.last = self.carried = 0

    @property
    def waiting(self) -> int:
        """How many forms wait."""
        return self.last - self.carried

    def takes(self, scope: Any, body: bytes, *, at_the_door: int) -> bool:
        """Return True if a request is a newcomer's join, and is to wait here since others wait before it."""
        if scope["method"] != "POST" or not JOINS.fullmatch(scope["path"]) or len(body) > MOST_BYTES:
            return False
        is_busy = at_the_door >= MOST_AT_THE_DOOR or self.waiting > 0
        return is_busy and len(self.places) < MOST_IN_LINE

    def put(self, scope: Any, body: bytes) -> str:
        """Put a form at the end of the line; return the address where its sender waits."""
        name = secrets.token_urlsafe(16)
        self.last += 1
        place = self.places[name] = Place(self.last)
        place.task = asyncio.ensure_future(self._carry(scope, body))
        place.task.add_done_callback(lambda _task: self._forget_later(name))
        metrics.QUEUE.labels("line").set(self.waiting)
        return f"{scope['path']}waiting/{name}/"

    async def _carry(self, scope: Any, body: bytes) -> Answer | None:
        try:
            return await self.carry(scope, body)
        finally:
            self.carried += 1
            metrics.QUEUE.labels("line").set(self.waiting)

    def _forget_later(self, name: str) -> None:
        asyncio.get_running_loop().call_later(KEPT_S, self.places.pop, name, None)

    async def answer(self, scope: Any, send: Any) -> bool:
        """Answer a phone that looks whether its turn has come; return False if this is no address of the line."""
        match = PLACES.fullmatch(scope["path"])
        if match is None or scope["method"] not in {"GET", "HEAD"}:
            return False
        place = self.places.get(match[2])
        if place is None or place.task is None:  # of another process, or long ago: its sender may tap again
            await _redirect(match[1], send)
        elif not place.task.done():
            await self.show(scope, send, ahead=max(0, place.number - self.carried - 1))
        else:
            await _send_outcome(place.task, scope, send)
        return True

    async def show(self, scope: Any, send: Any, *, ahead: int, address: str = "") -> None:
        """Answer with the page that waits. `address` is where it goes on; without one it is loaded again."""
        body = page().replace(AHEAD, str(ahead)).encode()
        refresh = f"{LOADS_AGAIN_S}; url={address}" if address else str(LOADS_AGAIN_S)
        headers: Headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"refresh", refresh.encode()),
            (b"retry-after", str(LOADS_AGAIN_S).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"x-request-id", new_id("r").encode()),
        ]
        await send({"type": "http.response.start", "status": HTTPStatus.ACCEPTED, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def _send_outcome(task: "asyncio.Task[Answer | None]", scope: Any, send: Any) -> None:
    error = task.exception()
    answer = None if error else task.result()
    if answer is None:
        await refuse(scope, send, type(error) if isinstance(error, DomainError) else Broken)
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _redirect(path: str, send: Any) -> None:
    headers = [(b"location", path.encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": HTTPStatus.SEE_OTHER, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


_pages: list[str] = []


def page() -> str:
    """Return the page that waits, rendered once: there is no time for it when it is needed."""
    if not _pages:
        _pages.append(str(render_to_string("waiting.html", {"ahead": AHEAD})))
    return _pages[0]
