#!/usr/bin/env bash
# psycopg 3.3.9 under Django 5.2.19: an error of a statement in a pipeline comes when the pipeline ends, as another class.
#
# Expected: cursors of Django raise django.db.IntegrityError where a constraint is broken, whatever is underneath; within
# connection.pipeline() the same cursors with the same statements do so too, if later.
# Instead: execute() and rowcount (-1) are content; the error is raised by the end of the `with`, which is psycopg's own, so
# that it is psycopg.errors.UniqueViolation: no django.db.Error at all. `except IntegrityError` around it lets it pass, a
# retry on OperationalError as well. connection.wrap_database_errors around the pipeline makes it Django's again.
# Version: with postgresql-15 15.18 (Debian).
# Here: polls/ballot_store.py, sent_together, puts wrap_database_errors around each pipeline.
set -euo pipefail
programs=$(echo /usr/lib/postgresql/15/bin)
[ -x "$programs/initdb" ] || { echo "needs Debian's postgresql-15" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "psycopg[binary]==3.3.9" Django==5.2.19
cat > "$folder/seen.py" <<'PYTHON'
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path

import django
import psycopg
from django.conf import settings

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


def broken(connection, *, pipeline, wrapped):
    """The rowcount of an INSERT that breaks a constraint, where its error is raised, and as what."""
    place, rows = "execute", None
    guard = connection.wrap_database_errors if wrapped else nullcontext()
    try:
        with guard, connection.connection.pipeline() if pipeline else nullcontext():
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO ballot VALUES (1)")
                rows, place = cursor.rowcount, "the end of the pipeline"
    except Exception as error:
        return rows, place, f"{type(error).__module__}.{type(error).__name__}", isinstance(error, Error)


with postgres() as connect:
    info = connect().info
    database = {"ENGINE": "django.db.backends.postgresql", "HOST": info.host, "NAME": "postgres", "USER": "postgres"}
    settings.configure(DATABASES={"default": database})
    django.setup()
    from django.db import Error, connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE ballot (id int UNIQUE)")
        cursor.execute("INSERT INTO ballot VALUES (1)")
    seen = {
        "plain": broken(connection, pipeline=False, wrapped=False),
        "in a pipeline": broken(connection, pipeline=True, wrapped=False),
        "in a pipeline, wrapped": broken(connection, pipeline=True, wrapped=True),
    }
    connection.close()
for how, (rows, place, kind, is_djangos) in seen.items():
    print(f"{how}: rowcount {rows}; raised by {place}: {kind}; a django.db.Error: {is_djangos}")
late = (-1, "the end of the pipeline")
as_described = {
    "plain": (None, "execute", "django.db.utils.IntegrityError", True),
    "in a pipeline": (*late, "psycopg.errors.UniqueViolation", False),
    "in a pipeline, wrapped": (*late, "django.db.utils.IntegrityError", True),
}
sys.exit(seen != as_described)
PYTHON
"$folder/venv/bin/python" "$folder/seen.py" "$programs" "$folder"
