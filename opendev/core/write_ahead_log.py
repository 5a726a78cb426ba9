"""SQLite's write-ahead log: emptied after something was erased, so that no file contains it any more.

`secure_delete` overwrites deleted data in the database's file, but the separate log has every page as each commit
wrote it: commit by commit, it reveals who voted for what in an anonymous poll. An ordinary checkpoint leaves
the log's bytes where they are. docs/adr/0039 explains how it is emptied.
"""

import logging
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

from django.db import connection, transaction

log = logging.getLogger("opendev.database")

# A truncating checkpoint waits for readers, and blocks every writer while it waits. So it hardly waits at all, reports
# "busy" as a value and not as an error, and is repeated after growing pauses.
BUSY_TIMEOUT_S = 0.05
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 8.0
EVERY_S = 60.0  # even without a request: for data deleted in the admin, by a command or by hand
SAY_AFTER_S = 60.0
AT_THE_END_S = 5.0


def empty_log() -> bool:
    """Write the whole log into the database's file and truncate it.

    Returns:
        True if the log is empty, or there is none; False if a reader or a writer was in the way.
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
    except sqlite3.Error:  # locked, or the disk is full
        return False
    return not is_busy


class Emptier:
    """Empties the log of this process's database soon after a request, and once a minute."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.is_watched = False  # somebody calls `round()` again and again
        self.asked, self.done = 1, 0  # starts with what the previous process left
        self.emptied_at = self.next_try = 0.0
        self.failing_since: float | None = None
        self.pause = FIRST_PAUSE_S
        self.was_said = False

    def ask(self) -> None:
        """Request that the log be emptied soon, from any thread. Without a watcher, as in a command, do it at once."""
        with self.lock:
            self.asked += 1
        if not self.is_watched:
            empty_log()

    def round(self) -> None:
        """Empty the log if that is due; if something is in the way, try again later, and log it after a minute."""
        now, asked_by_now = time.monotonic(), self.asked  # erasures from here on must request it again
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
        """Empty the log for the last time, so that the database's file alone is complete."""
        until = time.monotonic() + AT_THE_END_S
        while not empty_log():
            if time.monotonic() > until:
                log.warning("The write-ahead log could not be emptied: copy it together with the database.")
                return
            time.sleep(BUSY_TIMEOUT_S)


emptier = Emptier()


def empty_log_after_commit() -> None:
    """Request that the log be emptied after the commit; for every service that deletes personal data."""
    transaction.on_commit(emptier.ask, robust=True)
