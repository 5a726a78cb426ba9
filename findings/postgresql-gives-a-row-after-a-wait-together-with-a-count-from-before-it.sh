#!/usr/bin/env bash
# PostgreSQL 15: one SELECT … FOR UPDATE answers with a row of now and a count of before: a pair that never was.
#
# Expected: READ COMMITTED gives each statement one snapshot, so that all that one statement says belongs together: the open
# poll with one ballot, or the closed poll with two.
# Instead: where the statement had to wait for the row's lock, the row is read anew as the other transaction left it, while
# its subqueries and all other tables keep the snapshot from before the wait: closed, with one ballot. The same query a
# moment later says two.
# Version: postgresql-15 15.18 (Debian).
# Here: the poll is locked by a statement of its own, and what depends on it is read by the next: polls/services/states.py,
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


QUERY = "SELECT state, (SELECT count(*) FROM ballot WHERE poll_id = 1) FROM poll WHERE id = 1 FOR UPDATE"
answers = []


def ask(connect):
    with connect() as second:
        answers.extend([second.execute(QUERY).fetchone(), second.execute(QUERY).fetchone()])


with postgres() as connect, connect() as first:
    first.execute("CREATE TABLE poll (id int PRIMARY KEY, state text)")
    first.execute("CREATE TABLE ballot (poll_id int)")
    first.execute("INSERT INTO poll VALUES (1, 'open')")
    first.execute("INSERT INTO ballot VALUES (1)")
    first.commit()
    first.execute("SELECT 1 FROM poll WHERE id = 1 FOR UPDATE")
    first.execute("INSERT INTO ballot VALUES (1)")
    first.execute("UPDATE poll SET state = 'closed' WHERE id = 1")
    asking = threading.Thread(target=ask, args=[connect])
    asking.start()
    time.sleep(1)
    first.commit()
    asking.join()
print("before: ('open', 1); committed together: ('closed', 2)")
print("who waited hears", answers[0], "and, asking once more,", answers[1])
sys.exit(answers != [("closed", 1), ("closed", 2)])
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$programs" "$folder"
