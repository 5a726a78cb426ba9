"""What gathers while a batch is worked on goes into the next one; all are answered, and what breaks breaks alone."""

import asyncio
import sqlite3
import threading
import time

import pytest
from django.db import OperationalError

from opendev.core import batching, outages, threads
from opendev.core.batching import Batch, Batcher
from opendev.core.errors import Conflict, TryLater
from tests.core.jumping import at_jumping_time

LIMIT = 50


class Work:
    """Answers each item by its double; notes the batches; waits while it is `held`."""

    def __init__(self):
        self.batches = []
        self.free = threading.Event()
        self.free.set()

    def __call__(self, items):
        self.batches.append(list(items))
        assert self.free.wait(20)
        if "poison" in items:
            raise ValueError("poison")
        return [Conflict() if item == "refused" else item * 2 for item in items]

    @property
    def done(self):
        return [item for batch in self.batches for item in batch]


@pytest.fixture
def work():
    return Work()


class Answers(dict):
    """What each item was answered."""

    def of(self, item):
        def answer(result):
            assert item not in self, "answered twice"
            self[item] = result.code if isinstance(result, Exception) else result

        return answer


async def started(work, **more):
    batcher = Batcher(work, name="doubler", limit=LIMIT, **more)
    await batcher.start()
    return batcher


@at_jumping_time
async def test_items_that_come_during_a_batch_make_the_next_one(work):
    batcher, answers = await started(work), Answers()
    work.free.clear()
    batcher.put(1, answers.of(1))
    while not work.batches:
        await asyncio.sleep(0.01)
    for item in (2, 3, 4):
        batcher.put(item, answers.of(item))
    work.free.set()
    await batcher.stop()
    assert work.batches == [[1], [2, 3, 4]]
    assert answers == {1: 2, 2: 4, 3: 6, 4: 8}


@at_jumping_time
async def test_answers_come_after_the_work_and_on_the_loop(work):
    batcher, seen = await started(work), []
    work.free.clear()
    batcher.put(1, lambda result: seen.append((result, threading.current_thread())))
    while not work.batches:
        await asyncio.sleep(0.01)
    assert seen == []
    work.free.set()
    await batcher.stop()
    assert seen == [(2, threading.current_thread())]


@at_jumping_time
async def test_refusals_and_results_each_go_to_their_own(work):
    batcher, answers = await started(work), Answers()
    for item in (1, "refused", 3):
        batcher.put(item, answers.of(item))
    await batcher.stop()
    assert answers == {1: 2, "refused": "conflict", 3: 6}


@pytest.mark.parametrize("place", [0, 1, 7, 12])
@at_jumping_time
async def test_item_that_breaks_its_batch_is_found_by_halving_and_fails_alone(work, caplog, place):
    batcher, answers = await started(work), Answers()
    items = [*range(12)]
    items.insert(place, "poison")
    for item in items:
        batcher.put(item, answers.of(item))
    await batcher.stop()
    assert answers == {"poison": "try_later", **{item: item * 2 for item in range(12)}}
    assert "halving" in caplog.text


@at_jumping_time
async def test_batcher_goes_on_after_a_batch_that_broke(work, caplog):
    batcher, answers = await started(work), Answers()
    batcher.put("poison", answers.of("poison"))
    await asyncio.sleep(1)
    batcher.put(1, answers.of(1))
    await asyncio.sleep(1)
    assert answers == {"poison": "try_later", 1: 2}
    await batcher.stop()
    assert "could not be worked on" in caplog.text


@at_jumping_time
async def test_batcher_goes_on_after_an_answer_that_broke(work, caplog):
    batcher, answers = await started(work), Answers()

    def broken(result):
        raise ValueError("the answer's own mistake")

    batcher.put(1, broken)
    batcher.put(2, answers.of(2))
    await asyncio.sleep(1)
    batcher.put(3, answers.of(3))
    await batcher.stop()
    assert answers == {2: 4, 3: 6}
    assert "the answer's own mistake" in caplog.text


@at_jumping_time
async def test_answer_to_a_socket_that_is_gone_is_no_trouble(work, caplog):
    batcher, answers = await started(work), Answers()

    def gone(result):
        raise ConnectionResetError

    batcher.put(1, gone)
    batcher.put(2, answers.of(2))
    await batcher.stop()
    assert answers == {2: 4}
    assert caplog.text == ""


@at_jumping_time
async def test_more_than_the_limit_is_refused_and_never_worked_on(work):
    batcher, answers = await started(work), Answers()
    work.free.clear()
    batcher.put("first", answers.of("first"))
    while not work.batches:
        await asyncio.sleep(0.01)
    for item in range(LIMIT):
        batcher.put(item, answers.of(item))
    with pytest.raises(TryLater):
        batcher.put("too many", answers.of("too many"))
    work.free.set()
    await asyncio.sleep(1)
    batcher.put("later", answers.of("later"))
    await batcher.stop()
    assert work.done == ["first", *range(LIMIT), "later"]
    assert len(answers) == LIMIT + 2


@at_jumping_time
async def test_batches_are_bounded(work, monkeypatch):
    monkeypatch.setattr(batching, "MAX_BATCH", 20)
    batcher, answers = await started(work), Answers()
    for item in range(LIMIT):
        batcher.put(item, answers.of(item))
    await batcher.stop()
    assert [len(batch) for batch in work.batches] == [20, 20, 10]
    assert len(answers) == LIMIT


@at_jumping_time
async def test_stop_works_off_what_waits_and_takes_nothing_more(work):
    batcher, answers = await started(work), Answers()
    work.free.clear()
    for item in range(5):
        batcher.put(item, answers.of(item))
    stopping = asyncio.ensure_future(batcher.stop())
    await asyncio.sleep(0)
    with pytest.raises(TryLater):
        batcher.put("late", answers.of("late"))
    work.free.set()
    await stopping
    assert answers == {item: item * 2 for item in range(5)}
    assert not batcher.is_running


@at_jumping_time
async def test_batcher_can_be_started_again(work):
    batcher, answers = await started(work), Answers()
    await batcher.stop()
    await batcher.start()
    batcher.put(1, answers.of(1))
    await batcher.stop()
    assert answers == {1: 2}


def sqlite_says(code, words):
    """As Django passes on what SQLite said."""
    cause = sqlite3.OperationalError(words)
    cause.sqlite_errorcode = code
    error = OperationalError(words)
    error.__cause__ = cause
    return error


LOCKED = sqlite_says(sqlite3.SQLITE_BUSY, "database is locked")
FULL = sqlite_says(sqlite3.SQLITE_FULL, "database or disk is full")


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(batching, "AWAY_LIMIT_S", 0.2)
    monkeypatch.setattr(batching, "AWAY_PAUSE_S", 0.01)


@pytest.mark.django_db
def test_work_is_tried_again_while_the_database_is_locked():
    tries = iter([LOCKED, LOCKED, "done"])

    def work():
        outcome = next(tries)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    assert batching.work_unless_away(work, away=lambda: "away") == "done"


@pytest.mark.django_db
def test_work_on_a_database_that_stays_locked_ends_as_away(impatient):
    tries = []

    def work():
        tries.append(1)
        raise LOCKED

    assert batching.work_unless_away(work, away=lambda: "away") == "away"
    assert len(tries) > 2


@pytest.mark.django_db
def test_full_disk_is_not_waited_for():
    tries = []

    def work():
        tries.append(1)
        raise FULL

    assert batching.work_unless_away(work, away=lambda: "away") == "away"
    assert len(tries) == 1


@pytest.mark.django_db
def test_other_database_errors_are_not_taken_for_an_outage():
    def work():
        raise sqlite_says(sqlite3.SQLITE_ERROR, "no such table")

    with pytest.raises(OperationalError, match="no such table"):
        batching.work_unless_away(work, away=lambda: "away")


@at_jumping_time
async def test_batch_for_which_the_database_was_away_is_answered_whole_and_without_tracebacks(
    caplog, impatient, monkeypatch
):
    monkeypatch.setattr(threads, "close_old_connections", lambda: None)
    monkeypatch.setattr(outages.storage, "is_on", False)
    tries, answers = [], Answers()

    def work(items):
        tries.append(len(items))
        raise FULL

    batcher = await started(work)
    for item in range(12):
        batcher.put(item, answers.of(item))
    await batcher.stop()
    assert tries == [12]
    assert answers == dict.fromkeys(range(12), "try_later")
    assert "Traceback" not in caplog.text
    assert caplog.text.count("The database stores nothing") == 1


async def test_boxes_that_share_a_thread_work_in_turn_and_stop_one_by_one():
    shared, seen = threads.DatabaseThread("shared"), []

    def note(items):
        seen.append(threading.current_thread().name)
        return [item * 2 for item in items]

    first, second = await started(note, thread=shared), await started(note, thread=shared)
    answers = Answers()
    first.put(1, answers.of(1))
    second.put(2, answers.of(2))
    await first.stop()
    second.put(3, answers.of(3))
    await second.stop()
    assert answers == {1: 2, 2: 4, 3: 6}
    assert len(set(seen)) == 1
    assert shared.executor is None
    again = await started(note, thread=shared)
    again.put(4, answers.of(4))
    await again.stop()
    assert answers[4] == 8


async def test_boxes_that_share_a_thread_wait_for_one_outage_together(impatient, monkeypatch):
    """The second box's batch came with the first one's: it is answered when that one is, not as long again after it."""
    monkeypatch.setattr(threads, "close_old_connections", lambda: None)
    monkeypatch.setattr(batching, "AWAY_LIMIT_S", 0.5)
    shared, tries = threads.DatabaseThread("shared"), []

    def fail(items):
        tries.append(items)
        raise LOCKED

    boxes = [await started(fail, thread=shared) for _ in range(3)]
    answers = Answers()
    for number, box in enumerate(boxes):
        box.put(number, answers.of(number))
    begin = time.monotonic()
    for box in boxes:
        await box.stop()
    assert answers == dict.fromkeys(range(3), "try_later")
    assert time.monotonic() - begin < 2 * batching.AWAY_LIMIT_S
    assert {tuple(items) for items in tries} == {(0,), (1,), (2,)}


@at_jumping_time
async def test_asker_gets_the_result_or_the_refusal_of_its_own_item(work):
    batcher = await started(work)
    assert await asyncio.gather(batcher.ask(1), batcher.ask("ab")) == [2, "abab"]
    with pytest.raises(Conflict):
        await batcher.ask("refused")
    await batcher.stop()
    with pytest.raises(TryLater):
        await batcher.ask(3)


@at_jumping_time
async def test_news_of_a_batch_come_before_its_answers_and_from_the_work_alone():
    heard = []

    class Box(Batcher):
        def finished(self, batch):
            heard.extend(batch.news)

    batcher = Box(lambda items: Batch([0] * len(items), [f"news of {items}"]), name="teller", limit=LIMIT)
    await batcher.start()
    batcher.put("a", heard.append)
    await batcher.stop()
    assert heard == ["news of ['a']", 0]
