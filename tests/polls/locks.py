"""A hand that holds a lock, so that the order of locks shows."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
from django.db import connections

LOCK_SESSION = "SELECT 1 FROM opendev_sessions_session WHERE id = %s FOR NO KEY UPDATE"
LOCK_POLL = "SELECT 1 FROM polls_poll WHERE id = %s FOR NO KEY UPDATE"


@contextmanager
def held(url, sql, *values):
    """Rows locked by somebody else, until the block ends."""
    with psycopg.connect(url) as other:
        other.execute(sql, values)
        yield other


@contextmanager
def in_a_thread(work: Callable[[], object]) -> Iterator[Future]:
    def work_and_close():
        try:
            return work()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work_and_close)


def wait_until_blocked(url: str, running: Future) -> bool:
    """True when the other side waits for a lock; False when it ended without."""
    with psycopg.connect(url, autocommit=True) as watcher:
        deadline = time.monotonic() + 20
        while not running.done():
            waiting = watcher.execute(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if waiting.fetchone():
                return True
            assert time.monotonic() < deadline
            time.sleep(0.01)
    return False
