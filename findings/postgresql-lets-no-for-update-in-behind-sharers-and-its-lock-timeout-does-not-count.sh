#!/usr/bin/env bash
# PostgreSQL 15: a FOR UPDATE starves behind overlapping FOR KEY SHAREs, and its lock_timeout does not end it.
#
# Expected: locks are queued: who asks for a row waits for those that hold it, and later ones wait behind; and a lock_timeout
# of 300 ms ends any wait for a lock after 300 ms.
# Instead: sharers that come later pass by, so that the waiter, each time that it wakes, finds new ones and waits anew. Each
# of these waits is short, and lock_timeout counts each for itself: only statement_timeout ends it. Foreign keys take
# just these locks, so each INSERT of a child is a sharer. Advisory locks do queue: the same pattern lets the exclusive one in.
# Version: postgresql-15 15.18 (Debian).
# Here: every lock of a row is FOR NO KEY UPDATE, which foreign keys do not disturb: polls/services/states.py,
# polls/ballot_store.py.
set -euo pipefail
programs=$(echo /usr/lib/postgresql/15/bin)
[ -x "$programs/initdb" ] || { echo "needs Debian's postgresql-15" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "psycopg[binary]==3.3.9"
cat > "$folder/seen.py" <<'PYTHON'
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg

programs, folder = (Path(name) for name in sys.argv[1:])


@contextmanager
def postgres():
    """A new database server on a socket in the folder. PostgreSQL does not run as root."""
    root = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
    data = folder / "database"
    data.mkdir()
    if root:
        folder.chmod(0o755)
        shutil.chown(data, **root)
    words = [programs / "initdb", "-D", data / "d", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    subprocess.run(words, cwd=data, stdout=subprocess.DEVNULL, check=True, **root)
    words = [programs / "postgres", "-D", data / "d", "-k", data, "-c", "listen_addresses=", "-c", "fsync=off"]
    server = subprocess.Popen(words, cwd=data, stderr=subprocess.DEVNULL, **root)
    address = f"host={data} user=postgres dbname=postgres"
    try:
        for _ in range(200):
            try:
                psycopg.connect(address).close()
                break
            except psycopg.OperationalError:
                time.sleep(0.1)
        yield lambda **more: psycopg.connect(address, **more)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


HOLD_S = 0.06
SHARERS = 4


@contextmanager
def sharers(connect, statement):
    """Members who hold the lock for a moment, one after the other, so that somebody always does."""
    over = threading.Event()

    def share():
        with connect() as member:
            while not over.is_set():
                member.execute(statement)
                time.sleep(HOLD_S)
                member.commit()

    threads = [threading.Thread(target=share) for _ in range(SHARERS)]
    for thread in threads:
        thread.start()
        time.sleep(HOLD_S / SHARERS)
    yield
    over.set()
    for thread in threads:
        thread.join()


def waited(connect, shared, exclusive):
    """How a statement that must be alone ends, with a lock_timeout of 300 ms and a statement_timeout of 4 s."""
    with sharers(connect, shared), connect() as alone:
        alone.execute("SET lock_timeout = 300")
        alone.execute("SET statement_timeout = 4000")
        began = time.monotonic()
        try:
            alone.execute(exclusive)
            outcome = "has the lock"
        except psycopg.Error as error:
            outcome = type(error).__name__
        alone.rollback()
        return outcome, time.monotonic() - began


with postgres() as connect:
    with connect() as first:
        first.execute("CREATE TABLE poll (id int PRIMARY KEY)")
        first.execute("INSERT INTO poll VALUES (1)")
    row = "SELECT 1 FROM poll WHERE id = 1 FOR"
    seen = {
        "row": waited(connect, f"{row} KEY SHARE", f"{row} UPDATE"),
        "advisory lock": waited(connect, "SELECT pg_advisory_xact_lock_shared(1)", "SELECT pg_advisory_xact_lock(1)"),
    }
for what, (outcome, seconds) in seen.items():
    print(f"{what}: {outcome} after {seconds:.2f} s")
sys.exit(seen["row"][0] != "QueryCanceled" or seen["advisory lock"][0] != "has the lock")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$programs" "$folder"
