"""The queue in front of the page threads: bounded, with people who have joined before those who arrive.

Joins that do not fit wait in line (waiting.py).

A page that was served is followed by more requests: the join, the room, a vote by form. They have a cookie or a token,
and are only refused far beyond the point at which new visitors are asked to wait.
"""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Any

from opendev.core import metrics, outages
from opendev.core.errors import DomainError, TryLater
from opendev.door import bodies
from opendev.door.refusals import AddressTooLong, Broken, TooSlow, refuse
from opendev.door.threads import PLACE, SHARED, Answer, PageThreads
from opendev.door.waiting import Line, Place, is_too_busy, new_name

MAX_NEWCOMERS = 400  # waiting requests without cookie or token: a few seconds of pages
MAX_REQUESTS = 2_000  # all waiting requests: while a database hangs, this many may hang with it
NEWCOMER_EVERY = 4  # turns: so that newcomers are also served while the room is busy
MAX_ADDRESS = 8 * 1024  # bytes of path and query
THREADS_ANSWER_WITHIN_S = 2.0
CLOSES = (TooSlow,)  # the rest of a body is not awaited

Turn = asyncio.Future[None]


class Gone(Exception):
    """The client left while it waited."""


class Queue:
    """Lets at most as many requests through at once as there are threads."""

    def __init__(self, threads: int) -> None:
        self.free = threads
        self.known: deque[Turn] = deque()
        self.newcomers: deque[Turn] = deque()
        self.turns = 0

    def __len__(self) -> int:
        return len(self.known) + len(self.newcomers)

    async def enter(self, *, is_known: bool, receive: Any, is_in_line: bool = False) -> None:
        """Wait for a free thread.

        `receive`: to notice that a client leaves, if its request may be dropped; else None.
        `is_in_line`: the sender was shown the waiting page, and is no longer refused.

        Raises:
            TryLater: too many wait.
            Gone: the client left.
        """
        if self.free and not len(self):
            self.free -= 1
            return
        has_room = len(self) < MAX_REQUESTS and (is_known or len(self.newcomers) < MAX_NEWCOMERS)
        if not (is_in_line or has_room):
            metrics.REFUSED.labels("page_queue").inc()
            raise TryLater
        turn: Turn = asyncio.get_running_loop().create_future()
        (self.known if is_known else self.newcomers).append(turn)
        self._measure()
        try:
            await _first(turn, receive)
        except BaseException:
            if turn.done() and not turn.cancelled():
                self.leave()  # its turn came at the same moment
            turn.cancel()
            raise

    def leave(self) -> None:
        """Give a thread back, and let the next one in."""
        self.free += 1
        while self.free and len(self):
            self.turns += 1
            newcomers_first = self.turns % NEWCOMER_EVERY == 0
            first, second = (self.newcomers, self.known) if newcomers_first else (self.known, self.newcomers)
            turn = (first or second).popleft()
            if not turn.done():
                self.free -= 1
                turn.set_result(None)
        self._measure()

    def _measure(self) -> None:
        metrics.QUEUE.labels("pages").set(len(self))


async def _first(turn: Turn, receive: Any) -> None:
    """Wait for a turn, or for the client to leave."""
    if receive is None:
        await turn
        return
    leaving = asyncio.ensure_future(receive())
    try:
        while True:
            await asyncio.wait({turn, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if turn.done():
                return
            if leaving.result()["type"] == "http.disconnect":
                raise Gone
            leaving = asyncio.ensure_future(receive())  # it was the empty body
    finally:
        leaving.cancel()


class Pages:
    """Passes requests to the page threads and sends their responses."""

    def __init__(self, threads: PageThreads) -> None:
        self.threads = threads
        self.queue = Queue(threads.workers)
        self.asking: asyncio.Future[None] | None = None
        self.line = Line(self._carry_from_line)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Carry one request."""
        try:
            if not await self.line.answer(scope, send):
                await self._carry(scope, receive, send)
        except DomainError as refusal:
            await refuse(scope, send, type(refusal), closes=isinstance(refusal, CLOSES))
        except (Gone, bodies.Gone):
            pass

    async def _carry(self, scope: Any, receive: Any, send: Any) -> None:
        if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > MAX_ADDRESS:
            raise AddressTooLong
        length = bodies.announced_length(scope)
        with bodies.held.room_for(length, scope):
            body = await bodies.take_in(length, receive)
            if self.line.may_take(scope, body):
                answer = await self._carry_join(scope, body)
            else:
                may_be_dropped = scope["method"] in {"GET", "HEAD"} and not length
                answer = await self._answer(scope, body, receive=receive if may_be_dropped else None)
        if isinstance(answer, Place):
            await self.line.show_place(answer, scope, send)
            return
        if answer is None:
            raise Broken
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Any, body: bytes, *, receive: Any = None) -> Answer | None:
        """Return the response of a page thread, once there is one.

        Raises:
            TryLater, Gone: as `Queue.enter`.
        """
        await self.queue.enter(is_known=_is_known(scope), receive=receive)
        try:
            return await self.threads.answer(scope, body)
        finally:
            self.queue.leave()

    async def _carry_join(self, scope: Any, body: bytes) -> Answer | Place | None:
        """Return the response to a join, or its place in line if the server is too busy for it."""
        name = new_name()
        is_busy = self.line.is_busy(at_the_door=len(self.queue.newcomers))
        if is_busy and not _is_known(scope):
            return self.line.put(scope, body, name)
        try:
            answer = await self._answer({**scope, PLACE: name}, body)
        except TryLater:
            return self.line.put(scope, body, name)
        # While the database is known to be down nobody has to wait: the error is sent at once.
        is_away = outages.storage.is_on or outages.database.is_on
        if is_too_busy(answer) and (is_busy or not is_away):
            return self.line.put(scope, body, name, comes_first=True)
        return answer

    async def _carry_from_line(self, scope: Any, body: bytes) -> Answer | None:
        """Return the response to a form whose sender waits in line."""
        await self.queue.enter(is_known=False, receive=None, is_in_line=True)
        try:
            return await self.threads.answer(scope, body)
        finally:
            self.queue.leave()

    async def answer_in_time(self) -> bool:
        """Return True if a page thread responds within two seconds; until one does there is no second check."""
        if self.asking is None or self.asking.done():
            self.asking = asyncio.ensure_future(self.threads.turn())
        with suppress(TimeoutError):
            async with asyncio.timeout(THREADS_ANSWER_WITHIN_S):
                await asyncio.shield(self.asking)
            return True
        return False


def _is_known(scope: Any) -> bool:
    """Return True if a request has a cookie or a token: it comes from somebody who was served before.

    A request for a page that is shared (shared.py) counts too: somebody who was served before may be waiting for it.
    """
    return SHARED in scope or any(name in {b"cookie", b"authorization"} for name, _value in scope["headers"])
