"""Work in database threads of our own."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import get_ident
from typing import ParamSpec, TypeVar

import psycopg
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from opendev.core import outages
from opendev.core.storage import StoresNothing, check_takes_writes

P = ParamSpec("P")
Result = TypeVar("Result")

# Primary result codes: BUSY, LOCKED, READONLY, IOERR, FULL, CANTOPEN.
SQLITE_AWAY = {5, 6, 8, 10, 13, 14}
SQLITE_NO_ROOM = {8, 10, 13}
SQLITE_STORES_NOTHING = {8, 13}
# Classes of SQLSTATE: connection, transaction rolled back, resources, object in use, operator intervention, system.
POSTGRES_AWAY = {"08", "40", "53", "55", "57", "58"}
POSTGRES_READ_ONLY = "25006"  # a standby before its promotion
POSTGRES_NO_ROOM = {"53100"}
LOOK_AGAIN_S = 1.0  # for the end of an outage in which nothing can be stored

_at_work: set[int] = set()
_next_look = 0.0


class DatabaseAway(Exception):
    """The database is gone, locked, full or restarting: no item is at fault, and it can be tried again."""

    def __init__(self, *, has_no_room: bool) -> None:
        self.has_no_room = has_no_room
        super().__init__()


def is_away(error: Exception) -> bool:
    """Return True if an error of Django's database layer is about the database itself, not about the query."""
    cause = error.__cause__
    if (code := getattr(cause, "sqlite_errorcode", None)) is not None:
        return code & 0xFF in SQLITE_AWAY
    if isinstance(cause, psycopg.Error):  # without a state, PostgreSQL did not answer at all
        state = cause.sqlstate
        return state is None or state[:2] in POSTGRES_AWAY or state == POSTGRES_READ_ONLY
    return isinstance(error, InterfaceError)


def has_no_room(error: Exception) -> bool:
    """Return True if the database could not write because it is full: trying again soon is useless."""
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    return (code or 0) & 0xFF in SQLITE_NO_ROOM or getattr(cause, "sqlstate", None) in POSTGRES_NO_ROOM


def note_outage(error: Exception) -> None:
    """Log once the outage behind an error for which `is_away()` holds; successful reads do not end it."""
    cause = error.__cause__
    code = (getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF
    state = getattr(cause, "sqlstate", None)
    if code in SQLITE_STORES_NOTHING or state in {POSTGRES_READ_ONLY, *POSTGRES_NO_ROOM}:
        outages.storage.began(error)
    else:
        outages.database.began(error)


def with_fresh_connections(work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """Return `work(...)`, after dropping connections that have died; a restarted database costs one failure at most.

    Raises:
        DatabaseAway: logged once for the outage.
    """
    _at_work.add(get_ident())
    try:
        close_old_connections()
        result = work(*args, **kwargs)
    except (DatabaseError, InterfaceError) as error:
        if not is_away(error):
            raise
        note_outage(error)
        raise DatabaseAway(has_no_room=has_no_room(error)) from error
    finally:
        _at_work.discard(get_ident())
    outages.database.ended()
    if outages.storage.is_on:
        _look_whether_it_stores_again()
    return result


def _look_whether_it_stores_again() -> None:
    """Check at most once a second."""
    global _next_look  # noqa: PLW0603  # one for all threads
    if (now := time.monotonic()) >= _next_look:
        _next_look = now + LOOK_AGAIN_S
        with suppress(StoresNothing, DatabaseError, InterfaceError):
            check_takes_writes()


def end_thread(thread: ThreadPoolExecutor | None) -> None:
    """End a single-threaded executor, after its work is done and its database connection is closed."""
    if thread is not None:
        thread.submit(connections.close_all)
        thread.shutdown(wait=True)


class DatabaseThread:
    """A database thread, with one connection, for one box or for several that may wait for each other."""

    def __init__(self, name: str) -> None:
        self.name, self.users = name, 0
        self.executor: ThreadPoolExecutor | None = None

    def take(self) -> ThreadPoolExecutor:
        """Return the thread's executor, starting it for its first user."""
        if self.executor is None:
            self.executor = ThreadPoolExecutor(1, thread_name_prefix=self.name)
        self.users += 1
        return self.executor

    def leave(self) -> None:
        """End the thread after its last user, once its work is done."""
        self.users -= 1
        if self.users == 0:
            executor, self.executor = self.executor, None
            end_thread(executor)


# Boxes that are seldom busy at the same time, and whose batches take milliseconds, share one: each thread costs a
# worker a connection. Votes have their own.
shared_writer = DatabaseThread("shared-writer")
shared_reader = DatabaseThread("shared-reader")


def any_at_work() -> bool:
    """Return True if one of our database threads is at work, and so competes with the loop for the interpreter."""
    return bool(_at_work)
