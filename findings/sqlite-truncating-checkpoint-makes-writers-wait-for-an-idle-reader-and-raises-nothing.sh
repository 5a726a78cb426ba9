#!/usr/bin/env bash
# SQLite: wal_checkpoint(TRUNCATE) beside a reader that does nothing stops every writer, and says so by no error.
#
# Expected: in WAL mode readers block no writer. A checkpoint that cannot have its way gives up, or fails with "database is
# locked" after the busy timeout, as every other statement does.
# Instead: it holds the write lock while it waits for the reader, though that one has seen the newest commit and everything is
# copied: a writer with a shorter patience fails with "database is locked", a patient one waits as long as the
# checkpoint's own busy timeout. Then the checkpoint answers with a row whose first column is 1, and raises nothing. FULL
# returns at once. One open transaction is enough: a backup that runs, Litestream, a cursor that was not read to its end.
# Version: the SQLite of Python (seen with 3.40.1).
# Here: opendev/core/write_ahead_log.py gives it a connection and a short timeout of its own, reads the answer and tries again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/seen.py" <<'PYTHON'
import sqlite3
import sys
import threading
import time

PATIENCE_S = 2


def opened(timeout):
    return sqlite3.connect(sys.argv[1], timeout=timeout, isolation_level=None)


def insert_beside(mode, patience):
    """How an insert ends that begins during a checkpoint, and what the checkpoint answers."""
    answers = []

    def checkpoint():
        member = opened(PATIENCE_S)
        answers.append(member.execute(f"PRAGMA wal_checkpoint({mode})").fetchone())
        member.close()

    working = threading.Thread(target=checkpoint)
    working.start()
    time.sleep(0.2)
    writer, began = opened(patience), time.monotonic()
    try:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("ROLLBACK")
        outcome = "written"
    except sqlite3.OperationalError as error:
        outcome = str(error)
    seconds = time.monotonic() - began
    writer.close()
    working.join()
    return outcome, round(seconds), answers[0][0]


first = opened(5)
first.execute("PRAGMA journal_mode = WAL")
first.execute("CREATE TABLE ballot (id INTEGER PRIMARY KEY)")
first.execute("INSERT INTO ballot VALUES (1)")
reader = opened(5)
reader.execute("BEGIN")
reader.execute("SELECT * FROM ballot").fetchall()
seen = {
    "PASSIVE": insert_beside("PASSIVE", 5),
    "FULL": insert_beside("FULL", 5),
    "TRUNCATE": insert_beside("TRUNCATE", 5),
    "TRUNCATE, impatient writer": insert_beside("TRUNCATE", 0.5),
}
print("SQLite", sqlite3.sqlite_version)
for mode, (outcome, seconds, busy) in seen.items():
    print(f"{mode}: the writer: {outcome} after {seconds} s; the checkpoint's answer: busy = {busy}, no error")
free = ("written", 0, 0)
held = ("written", PATIENCE_S, 1)
locked = seen["TRUNCATE, impatient writer"]
is_locked = locked[0] == "database is locked" and locked[2] == 1
sys.exit(not (seen["PASSIVE"] == seen["FULL"] == free and seen["TRUNCATE"] == held and is_locked))
PYTHON
python3 "$folder/seen.py" "$folder/db.sqlite3"
