"""Batching: while a thread processes one batch, the next one is collected."""

import asyncio
import concurrent.futures
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from opendev.core import metrics
from opendev.core.errors import DomainError, TryLater
from opendev.core.groups import News
from opendev.core.threads import DatabaseAway, DatabaseThread, with_fresh_connections

log = logging.getLogger("opendev.live")

Item = TypeVar("Item")
Result = TypeVar("Result")
Answer = Callable[[Result | DomainError], None]
Box = TypeVar("Box", bound="Batcher[Any, Any]")

PAUSE_S = 0.005  # before a batch: measured, 0 to 20 ms give the same rate, and longer costs latency
MAX_BATCH = 1_000
AWAY_LIMIT_S = 10.0  # how long a batch is retried while another process locks the database, or it is gone
AWAY_PAUSE_S = 0.25  # between two tries
MOST_KEYS = 20_000
ANSWER_WITHIN_S = 12.0  # longer than a batch is kept


@dataclass(frozen=True, slots=True)
class Batch(Generic[Result]):
    """The result of a batch: one outcome per item, in order, and the news to publish."""

    outcomes: Sequence[Result | DomainError]
    news: Sequence[News] = ()


class NotSure(TryLater):
    """No answer in time: the item may have been recorded or not. Sending it again finds out."""

    code, message = "not_sure", _("This may not have arrived. Send it again.")


class Batcher(Generic[Item, Result]):
    """Calls `work(items)` for the collected items, one batch at a time, in a database thread: its own, or a shared one.

    `put()` may only be called on the loop. Each item's answer is called on the loop, after `work` returned, with its
    result or with a DomainError. At most `limit` items wait; beyond that `put()` raises TryLater. A batch that fails
    is halved and tried again, so that one bad item does not affect the others. If the database is away, no item is at
    fault: the batch is retried for ten seconds and then answered with TryLater.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Batch[Result] | Sequence[Result | DomainError]],
        *,
        name: str,
        limit: int,
        thread: DatabaseThread | None = None,
    ) -> None:
        self.work, self.name, self.limit = work, name, limit
        self.database_thread = thread or DatabaseThread(name)
        self.loop: asyncio.AbstractEventLoop | None = None
        self._reset()

    def _reset(self) -> None:
        self.waiting: list[tuple[Item, Answer[Result]]] = []
        self.gathered = asyncio.Event()
        self.thread: ThreadPoolExecutor | None = None
        self.tried_until = 0.0
        self.task: asyncio.Task[None] | None = None
        self.is_ending = False
        self.keyed: OrderedDict[str, concurrent.futures.Future[Result | DomainError]] = OrderedDict()
        self.keys_lock = Lock()

    @property
    def is_running(self) -> bool:
        """Whether this process is processing batches."""
        return self.task is not None and not self.task.done()

    async def start(self) -> None:
        """Start; called once per process by the lifespan, and by tests."""
        self._reset()
        self.loop = asyncio.get_running_loop()
        self.thread = self.database_thread.take()
        self.task = asyncio.ensure_future(self._run())
        self.task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Process the waiting items, answer them, and stop."""
        self.is_ending = True
        self.gathered.set()
        if self.task:
            await self.task
        self.loop = None
        if self.thread is not None:
            self.thread = None
            self.database_thread.leave()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception():
            log.critical("%s has ended and works off nothing more.", self.name, exc_info=task.exception())

    def put(self, item: Item, answer: Answer[Result]) -> None:
        """Add an item to the next batch.

        Raises:
            TryLater: when too many are waiting; nothing was recorded.
        """
        if len(self.waiting) >= self.limit or self.is_ending:
            raise TryLater
        self.waiting.append((item, answer))
        self.gathered.set()

    def put_and_wait(self, item: Item, *, key: str = "") -> Result:
        """Put an item into the next batch and return its outcome. For views: from any thread except the loop's.

        An item that comes again with the same `key`, after NotSure or a lost answer, is not put in again unless nothing
        was recorded: it waits for the outcome of the first one. Keys are known to one process only.

        In a process without a loop (a command, a test of a view) it is processed at once, as a batch of one.

        Raises:
            DomainError: by which the item was refused; TryLater; NotSure.
        """
        if self.loop is None:
            outcome = self._do([item]).outcomes[0]
        else:
            future, is_first = self._future_of(key)
            if is_first:
                self.loop.call_soon_threadsafe(self._put_for_thread, item, future)
            try:
                outcome = future.result(ANSWER_WITHIN_S)
            except concurrent.futures.TimeoutError:
                raise NotSure from None
        if isinstance(outcome, DomainError):
            self._forget(key)
            raise outcome
        return outcome

    def _future_of(self, key: str) -> tuple[concurrent.futures.Future[Result | DomainError], bool]:
        """Return the future of the outcome, and whether the item still has to be put in."""
        future: concurrent.futures.Future[Result | DomainError] = concurrent.futures.Future()
        if not key:
            return future, True
        with self.keys_lock:
            known = self.keyed.setdefault(key, future)
            while len(self.keyed) > MOST_KEYS:
                self.keyed.popitem(last=False)
        return known, known is future

    def _forget(self, key: str) -> None:
        with self.keys_lock:
            self.keyed.pop(key, None)

    def _put_for_thread(self, item: Item, future: concurrent.futures.Future[Result | DomainError]) -> None:
        try:
            self.put(item, future.set_result)
        except DomainError as error:
            future.set_result(error)

    async def _run(self) -> None:
        while True:
            await self.gathered.wait()
            if not self.is_ending:
                await asyncio.sleep(PAUSE_S)
            batch, self.waiting = self.waiting[:MAX_BATCH], self.waiting[MAX_BATCH:]
            if batch:
                await self._work_off(batch)
            if not self.waiting:
                self.gathered.clear()
                if self.is_ending:
                    return

    async def ask(self, item: Item) -> Result:
        """Return the outcome of an item, once its batch is done. Only on the loop.

        Raises:
            DomainError: by which the item was refused; TryLater.
        """
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

        def answer(outcome: Result | DomainError) -> None:
            if future.done():  # the asker was cancelled
                return
            if isinstance(outcome, DomainError):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        self.put(item, answer)
        return await future

    def finished(self, batch: Batch[Result]) -> None:
        """Handle a finished batch, on the loop, before its answers are sent; for subclasses."""

    def answering(self) -> AbstractContextManager[None]:
        """Return the context in which the answers of a batch are sent; for subclasses. Nothing inside waits."""
        return nullcontext()

    async def _work_off(self, batch: list[tuple[Item, Answer[Result]]]) -> None:
        assert self.loop is not None  # noqa: S101
        items, began = [item for item, _answer in batch], self.loop.time()
        try:
            self.tried_until = (
                time.monotonic() + AWAY_LIMIT_S
            )  # others may be at work in the thread until then
            done = await self.loop.run_in_executor(self.thread, self._work_in_thread, items)
        except Exception:
            if len(batch) == 1:
                log.exception("%s: one item could not be worked on.", self.name)
                done = Batch([TryLater()])
            else:
                log.exception("%s: a batch of %d failed; halving it.", self.name, len(batch))
                middle = len(batch) // 2
                await self._work_off(batch[:middle])
                await self._work_off(batch[middle:])
                return
        metrics.BATCH_SIZE.labels(self.name).observe(len(batch))
        metrics.BATCH_SECONDS.labels(self.name).observe(self.loop.time() - began)
        self.finished(done)
        with self.answering():
            for (_item, answer), outcome in zip(batch, done.outcomes, strict=True):
                self._give(answer, outcome)

    def _give(self, answer: Answer[Result], result: Result | DomainError) -> None:
        try:
            answer(result)
        except OSError:
            pass  # the socket is gone; what was recorded stays recorded
        except Exception:
            log.exception("%s: an answer could not be given.", self.name)

    def _do(self, items: Sequence[Item]) -> Batch[Result]:
        done = self.work(items)
        return done if isinstance(done, Batch) else Batch(done)

    def _work_in_thread(self, items: Sequence[Item]) -> Batch[Result]:
        return work_unless_away(
            lambda: self._do(items), away=lambda: Batch([TryLater() for _ in items]), until=self.tried_until
        )


def work_unless_away(
    work: Callable[[], Result], away: Callable[[], Result], *, until: float | None = None
) -> Result:
    """Return `work()`, tried again for ten seconds while the database is locked or gone; then `away()`.

    `until` ends the tries at a time of the monotonic clock; the first try is made in any case. There is no waiting for
    a full disk: nothing here would empty it. SQLite itself waits five seconds per try for a lock.
    """
    until = time.monotonic() + AWAY_LIMIT_S if until is None else until
    while True:
        try:
            return with_fresh_connections(work)
        except DatabaseAway as error:
            if error.has_no_room or time.monotonic() + AWAY_PAUSE_S >= until:
                return away()
        time.sleep(AWAY_PAUSE_S)


boxes: list[Batcher[Any, Any]] = []  # those of this process, in the order in which they start and stop


def register(box: Box) -> Box:
    """Register a box and return it: it starts and stops with the process, and `/readyz` and `/metrics` watch it."""
    boxes.append(box)
    return box
