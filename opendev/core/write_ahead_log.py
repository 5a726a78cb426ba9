"""SQLite's write-ahead log: emptied after something was forgotten, so that it no longer stands in any of the files.

`secure_delete` overwrites what is deleted in the database's file, but the log beside it holds every page as each commit
wrote it: who voted for what in an anonymous poll can be read from it commit by commit. An ordinary checkpoint leaves
the log's bytes where they are. docs/adr/0039 says why it is emptied in this way.
"""

import logging
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

from django.db import connection, transaction

log = logging.getLogger("opendev.database")

# A truncating checkpoint waits for readers, and holds every writer while it waits: so it waits hardly at all, answers
# "busy" as a value and not as an error, and is tried again after a pause that grows.
BUSY_TIMEOUT_S = 0.05
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 8.0
EVERY_S = 60.0  # also without being asked: for what is deleted in the admin, by a command or by hand
SAY_AFTER_S = 60.0
AT_THE_END_S = 5.0


def empty_log() -> bool:
    """Write the whole log into the database's file and cut it to nothing.

    Returns:
        True if nothing is left in it, or there is no such log; False if a reader or a writer was in the way.
    """
    if connection.vendor != "sqlite":
        return True
    path = Path(connection.settings_dict["NAME"])
    try:
        own = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None
        )
        with closing(own):
            is_busy, _pages, _written = own.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error:  # locked, or no room to write it
        return False
    return not is_busy


class Emptier:
    """Empties the log of this process's database soon after it was asked to, and once a minute."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.is_watched = False  # somebody calls `round()` again and again
        self.asked, self.done = 1, 0  # begins with what the process before this one left
        self.emptied_at = self.next_try = 0.0
        self.failing_since: float | None = None
        self.pause = FIRST_PAUSE_S
        self.was_said = False

    def ask(self) -> None:
        """Ask for the log to be emptied soon, from any thread. Where nobody watches, as in a command, do it at once."""
        with self.lock:
            self.asked += 1
        if not self.is_watched:
            empty_log()

    def round(self) -> None:
        """Empty the log if it is due; where something is in the way try again later, and say so after a minute."""
        now, asked_by_now = time.monotonic(), self.asked  # what is forgotten from here on has to ask again
        if now < self.next_try or (asked_by_now == self.done and now - self.emptied_at < EVERY_S):
            return
        if empty_log():
            self.done, self.emptied_at = asked_by_now, now
            self.failing_since, self.pause, self.was_said = None, FIRST_PAUSE_S, False
            return
        self.failing_since = self.failing_since or now
        self.next_try, self.pause = now + self.pause, min(2 * self.pause, LONGEST_PAUSE_S)
        if not self.was_said and now - self.failing_since >= SAY_AFTER_S:
            self.was_said = True
            log.warning(
                "The write-ahead log cannot be emptied: something reads the database all the time. "
                "What was deleted can still be read from the log."
            )

    def end(self) -> None:
        """Empty the log for the last time, so that a copy of the database's file alone is whole."""
        until = time.monotonic() + AT_THE_END_S
        while not empty_log():
            if time.monotonic() > until:
                log.warning("The write-ahead log could not be emptied: copy it together with the database.")
                return
            time.sleep(BUSY_TIMEOUT_S)


emptier = Emptier()


def empty_log_after_commit() -> None:
    """Ask for the log to be emptied after the commit; for each service that deletes what people entrusted."""
    transaction.on_commit(emptier.ask, robust=True)
