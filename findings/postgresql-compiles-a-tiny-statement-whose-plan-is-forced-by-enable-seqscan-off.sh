#!/usr/bin/env bash
# PostgreSQL 15: `enable_seqscan = off` makes a query of a hundred rows a thousand times slower, without an index to be seen.
#
# Expected: the setting forbids sequential scans where an index will do, and changes nothing where there is none; tests that
# force plans so measure the plan.
# Instead: "off" means a cost of 10,000,000,000. Where no index fits the scan is taken all the same, and the total is so dear
# that it passes jit_above_cost and the limits for inlining and optimisation: the statement is compiled by LLVM each time it
# is run, for 50 ms and more. With `jit = off` it is as quick as before.
# Version: postgresql-15 15.18 (Debian).
# Here: no test forces a plan; polls/ballot_store.py looks ballots up by unnest, for which the index is taken unasked.
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


def fastest(connection):
    """The best of five, in milliseconds."""
    times = []
    for _ in range(5):
        began = time.monotonic()
        connection.execute("SELECT room, count(*) FROM ballot WHERE id > 3 GROUP BY room").fetchall()
        times.append((time.monotonic() - began) * 1000)
    return min(times)


with postgres() as connect, connect(autocommit=True) as connection:
    connection.execute("CREATE TABLE ballot AS SELECT id, id % 7 AS room FROM generate_series(1, 100) AS id")
    connection.execute("ANALYZE ballot")
    seen = {"as it is": fastest(connection)}
    connection.execute("SET enable_seqscan = off")
    seen["enable_seqscan = off"] = fastest(connection)
    plan = connection.execute("EXPLAIN SELECT room, count(*) FROM ballot WHERE id > 3 GROUP BY room").fetchall()
    connection.execute("SET jit = off")
    seen["and jit = off"] = fastest(connection)
text = "\n".join(line for (line,) in plan)
print(text)
for setting, ms in seen.items():
    print(f"{setting}: {ms:.2f} ms")
is_compiled = "JIT:" in text and "Seq Scan" in text
sys.exit(not (is_compiled and seen["enable_seqscan = off"] > 10 * max(seen["as it is"], seen["and jit = off"])))
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$programs" "$folder"
