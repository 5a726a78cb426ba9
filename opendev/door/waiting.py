"""The line at the door: people who join while too many do get a waiting page, and are let in in order of arrival.

The join itself waits here, not its sender: its form is submitted when its turn comes, and the phone picks up the
response at an address that nobody else can guess. So nobody is refused, sends anything twice, or loses their place by
a reload, and no JavaScript is needed: the page reloads itself.

"Too busy" is not a final response: the form stays first in line and is submitted again a moment later. If it may have
been recorded after all, the id of its place makes sure that it is only recorded once (`put_and_wait` in
core/batching.py).
"""

import asyncio
import re
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from http import HTTPStatus
from itertools import count
from time import monotonic
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from opendev.core import metrics
from opendev.core.errors import DomainError, TryLater
from opendev.core.logs import new_id
from opendev.door.coding import Headers
from opendev.door.refusals import Broken, language_of_scope, refuse
from opendev.door.threads import PLACE, Answer

SLUG = r"[a-z0-9-]+"
JOIN = rf"/j/\d{{6}}/|/{SLUG}/sessions/{SLUG}/join/"
JOINS = re.compile(JOIN)
PLACES = re.compile(rf"({JOIN})waiting/([\w-]{{22}})/")
TOO_BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
COMES_AGAIN = re.compile(rb'data-code="(?:try_later|not_sure|unavailable)"')  # not: too often, by one address
MOST_AT_THE_DOOR = 60  # newcomers who wait for a thread with an open connection: half a second of joins
MOST_AT_ONCE = 8  # forms in line that wait for a thread, as many as there are threads
MOST_IN_LINE = 10_000
MOST_PLACES = 50_000  # including those whose response waits to be picked up
MOST_BYTES = 4 * 1024  # of a form
KEPT_S = 120.0  # a response, for a phone that was in a pocket
RESTS_S = 1.0  # after the server was too busy
GIVES_UP_AFTER_S = 120.0  # then the phone gets the error
LOADS_AGAIN_S = 2
AHEAD = "THE-NUMBER-OF-PEOPLE-AHEAD"

Carry = Callable[[Any, bytes], Awaitable[Answer | None]]


@dataclass(slots=True, eq=False)
class Place:
    """One form in the line, and the response once it was submitted. `number` is 0 for one that goes before the line."""

    number: int
    order: int
    name: str
    scope: Any
    body: bytes
    since: float = field(default_factory=monotonic)
    is_done: bool = False
    answer: Answer | None = None
    refusal: type[DomainError] = Broken


class Line:
    """The waiting forms of one process, in order of arrival."""

    def __init__(self, carry: Carry) -> None:
        self.carry = carry
        self.places: OrderedDict[str, Place] = OrderedDict()
        self.forms: list[tuple[int, int, Place]] = []  # a heap
        self.tasks: set[asyncio.Task[None]] = set()
        self.is_resting = self.is_trying = (
            False  # after the server was too busy: no form is submitted, or one
        )
        self.orders = count()
        self.last = self.carried = 0

    @property
    def waiting(self) -> int:
        """How many forms wait."""
        return len(self.forms) + len(self.tasks)

    def may_take(self, scope: Any, body: bytes) -> bool:
        """Return True if a request is a join by form, and there is room for it here."""
        is_join = scope["method"] == "POST" and JOINS.fullmatch(scope["path"]) is not None
        return is_join and len(body) <= MOST_BYTES and self.waiting < MOST_IN_LINE

    def is_busy(self, *, at_the_door: int) -> bool:
        """Return True if a newcomer has to wait here, because others already do."""
        return at_the_door >= MOST_AT_THE_DOOR or self.waiting > 0

    def put(self, scope: Any, body: bytes, name: str, *, comes_first: bool = False) -> Place:
        """Put a form at the end of the line, or before it: one that was tried directly arrived before all who wait."""
        if not comes_first:
            self.last += 1
        place = Place(0 if comes_first else self.last, next(self.orders), name, scope, body)
        self.places[name] = place
        while len(self.places) > MOST_PLACES and next(iter(self.places.values())).is_done:
            self.places.popitem(last=False)
        heappush(self.forms, (place.number, place.order, place))
        if comes_first:
            self._rest()
        self._go_on()
        return place

    def ahead_of(self, place: Place) -> int:
        """Return the number of people who are let in before this one."""
        return max(0, place.number - self.carried - 1)

    def _go_on(self) -> None:
        while (
            self.forms and len(self.tasks) < (1 if self.is_trying else MOST_AT_ONCE) and not self.is_resting
        ):
            task = asyncio.ensure_future(self._carry(heappop(self.forms)[-1]))
            self.tasks.add(task)
            task.add_done_callback(self._carried)
        metrics.QUEUE.labels("line").set(self.waiting)

    def _carried(self, task: "asyncio.Task[None]") -> None:
        self.tasks.discard(task)
        if not task.cancelled():
            self._go_on()

    async def _carry(self, place: Place) -> None:
        refusal: type[DomainError] = Broken
        answer = None
        try:
            answer = await self.carry({**place.scope, PLACE: place.name}, place.body)
        except DomainError as error:
            refusal = type(error)
        was_too_busy = issubclass(refusal, TryLater) or is_too_busy(answer)
        if was_too_busy and monotonic() - place.since < GIVES_UP_AFTER_S:
            heappush(self.forms, (place.number, place.order, place))
            self._rest()
            return
        self.is_trying = was_too_busy
        place.answer, place.refusal, place.is_done = answer, refusal, True
        place.scope, place.body = None, b""
        self.carried = max(self.carried, place.number)
        asyncio.get_running_loop().call_later(KEPT_S, self.places.pop, place.name, None)

    def _rest(self) -> None:
        """Pause for a moment, then submit one form at a time until one is accepted; the refused form goes first."""
        self.is_trying = True
        if not self.is_resting:
            self.is_resting = True
            asyncio.get_running_loop().call_later(RESTS_S, self._wake)

    def _wake(self) -> None:
        self.is_resting = False
        self._go_on()

    async def answer(self, scope: Any, send: Any) -> bool:
        """Answer a phone that checks whether its turn has come; return False if this is not an address of the line."""
        match = PLACES.fullmatch(scope["path"])
        if match is None or scope["method"] not in {"GET", "HEAD"}:
            return False
        place = self.places.get(match[2])
        if place is None:  # of another process, or expired: its sender may tap again
            await _redirect(match[1], send)
        elif not place.is_done:
            await self.show(scope, send, ahead=self.ahead_of(place))
        else:
            await _send_outcome(place, scope, send)
        return True

    async def show_place(self, place: Place, scope: Any, send: Any) -> None:
        """Answer the form's sender with the waiting page, which goes on to the address of their place."""
        address = f"{scope['path']}waiting/{place.name}/"
        await self.show(scope, send, ahead=self.ahead_of(place), address=address)

    async def show(self, scope: Any, send: Any, *, ahead: int, address: str = "") -> None:
        """Answer with the waiting page. It goes on to `address`; without one it is reloaded."""
        language = language_of_scope(scope)
        body = page(language).replace(AHEAD, str(ahead)).encode()
        refresh = f"{LOADS_AGAIN_S}; url={address}" if address else str(LOADS_AGAIN_S)
        headers: Headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"content-language", language.encode()),
            (b"cache-control", b"no-store"),
            (b"refresh", refresh.encode()),
            (b"retry-after", str(LOADS_AGAIN_S).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"x-request-id", new_id("r").encode()),
        ]
        await send({"type": "http.response.start", "status": HTTPStatus.ACCEPTED, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def is_too_busy(answer: Answer | None) -> bool:
    """Return True if a response says that the server was too busy, so that the same request may succeed later."""
    return answer is not None and answer.status in TOO_BUSY and COMES_AGAIN.search(answer.body) is not None


def new_name() -> str:
    """Return an id for a place, which nobody can guess."""
    return secrets.token_urlsafe(16)


async def _send_outcome(place: Place, scope: Any, send: Any) -> None:
    answer = place.answer
    if answer is None:
        await refuse(scope, send, place.refusal)
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _redirect(path: str, send: Any) -> None:
    headers = [(b"location", path.encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": HTTPStatus.SEE_OTHER, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


_pages: dict[str, str] = {}


def page(language: str) -> str:
    """Return the waiting page, rendered once per language: there is no time for it when it is needed."""
    if language not in _pages:
        with translation.override(language):
            _pages[language] = str(render_to_string("waiting.html", {"ahead": AHEAD}))
    return _pages[language]
