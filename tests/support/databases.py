"""A private PostgreSQL, a private Redis, and databases that are migrated once and then copied."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from signal import SIGINT, SIGKILL
from typing import Any

import psycopg

from tests.support.programs import (
    children_of,
    dying_with_us,
    end,
    find,
    free_port,
    is_running,
    kill_group,
    lacking,
    start,
    wait_until,
)

# How long a command may take; a machine that does other work beside the tests is no fault of the product.
MANAGES_WITHIN_S = 240.0
ROOT = Path(__file__).resolve().parent.parent.parent


def manage(
    *arguments: str,
    environment: Mapping[str, str],
    seconds: float = MANAGES_WITHIN_S,
    root: Path = ROOT,
    python: str = sys.executable,
) -> str:
    """Run manage.py in an environment of its own; its standard output, or an AssertionError with all it said."""
    answer = subprocess.run(
        dying_with_us([python, "manage.py", *arguments]),
        cwd=root,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert answer.returncode == 0, f"manage.py {' '.join(arguments)}:\n{answer.stdout}{answer.stderr}"
    return answer.stdout


class Postgres:
    """A cluster in a folder of its own: Unix socket only, run by nobody where we are root.

    It syncs nothing to the disk, since no test cuts the power; `durable=True` for who kills it or measures it.
    """

    def __init__(self, environment: Mapping[str, str], *, durable: bool = False) -> None:
        self.environment = environment
        self.unsafe = [] if durable else ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        self.folder = Path(
            tempfile.mkdtemp(prefix="opendev-pg-", dir="/tmp")
        )  # a socket's path has to be short
        self.log = self.folder / "log"
        self.numbers = count(1)
        self.templates: dict[bool, str] = {}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        initdb = find("initdb", also="/usr/lib/postgresql:*/bin/initdb")
        if initdb is None:
            lacking("postgresql")
            return
        as_nobody = os.geteuid() == 0
        if as_nobody:
            shutil.chown(self.folder, "nobody", "nogroup")
        data = self.folder / "data"
        make = [
            str(initdb),
            "--no-sync",
            "--auth=trust",
            "--username=opendev",
            "--encoding=UTF8",
            "--locale=C",
        ]
        subprocess.run(
            dying_with_us([*make, "-D", str(data)], as_nobody=as_nobody),
            cwd=self.folder,
            check=True,
            capture_output=True,
        )
        self.program = initdb.with_name("postgres")
        self.serve()

    def serve(self) -> None:
        """Begin to serve, also after a kill."""
        serve = [str(self.program), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        for setting in (
            "listen_addresses=",
            "max_connections=200",
            "shared_buffers=64MB",
            *self.unsafe,
        ):
            serve += ["-c", setting]
        command = dying_with_us(serve, on_death="INT", as_nobody=os.geteuid() == 0)
        self.process = start(command, self.log, cwd=self.folder)
        wait_until(self.answers, self.process, seconds=20, log=self.log)

    def processes(self) -> list[int]:
        """The server and its helpers, each of which leads a group of its own."""
        assert self.process is not None
        return [self.process.pid, *children_of(self.process.pid)]

    def send_signal(self, number: int) -> None:
        """To all of its processes: SIGKILL is a crash, SIGSTOP hangs it, SIGCONT lets it go on."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """As a crash would; `serve()` brings it back."""
        assert self.process is not None
        gone = self.processes()
        self.send_signal(SIGKILL)
        self.process.wait()
        while any(is_running(pid) for pid in gone):
            time.sleep(0.01)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def ask(self, query: str, *values: object, answers: bool = True) -> tuple[Any, ...]:
        """The first row that the cluster answers with."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchone() or () if answers else ()

    def url(self, database: str) -> str:
        """Good for DATABASE_URL and for psycopg."""
        return f"postgresql://opendev@/{database}?host={self.folder}"

    def fresh_database(self, *, demo: bool = False) -> str:
        """The URL of a new database with all migrations, and the demo event if wanted."""
        return self.create(f"test_{next(self.numbers)}", template=self.template(demo=demo))

    def template(self, *, demo: bool) -> str:
        """The name of a database to copy, made for the first who wants one like it."""
        if demo not in self.templates:
            name = "template_demo" if demo else "template_empty"
            base = self.template(demo=False) if demo else "template1"
            self.drop(name)  # one that a time-out left half made
            url = self.create(name, template=base)
            words = ["load_demo"] if demo else ["migrate", "--noinput", "--verbosity=0"]
            manage(*words, environment={**self.environment, "DATABASE_URL": url})
            self.templates[demo] = name
        return self.templates[demo]

    def create(self, name: str, template: str = "template1") -> str:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        if self.process:
            assert end(self.process, by=SIGINT), f"PostgreSQL did not stop:\n{self.log.read_text()}"
        shutil.rmtree(self.folder, ignore_errors=True)


class Standby(Postgres):
    """A hot standby of a cluster: it answers reads, stores nothing, and is to be promoted."""

    def follow(self, primary: Postgres) -> None:
        """Copy the primary while it serves, and stream what it commits from then on."""
        as_nobody = os.geteuid() == 0
        if as_nobody:
            shutil.chown(self.folder, "nobody", "nogroup")
        self.program = primary.program
        copy = [
            str(self.program.resolve().with_name("pg_basebackup")),
            "-h",
            str(primary.folder),
            "-U",
            "opendev",
        ]
        options = ["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"]
        subprocess.run(
            dying_with_us([*copy, *options, "-D", str(self.folder / "data")], as_nobody=as_nobody),
            cwd=self.folder,
            check=True,
            capture_output=True,
        )
        self.serve()

    def catch_up(self, primary: Postgres) -> None:
        """Wait until it has what the primary has committed by now."""
        (written,) = primary.ask("SELECT pg_current_wal_flush_lsn()")
        deadline = time.monotonic() + 30
        while not self.ask("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", written)[0]:
            assert time.monotonic() < deadline, "the standby does not follow"
            time.sleep(0.05)

    def fall_behind(self) -> None:
        """Hear no more of what the primary commits."""
        self.ask("ALTER SYSTEM SET primary_conninfo = ''", answers=False)
        self.ask("SELECT pg_reload_conf()")
        deadline = time.monotonic() + 30
        while self.ask("SELECT count(*) FROM pg_stat_wal_receiver")[0]:
            assert time.monotonic() < deadline, "the standby goes on following"
            time.sleep(0.05)

    def promote(self) -> None:
        """Become a primary, with what it has."""
        assert self.ask("SELECT pg_promote()")[0]


class SqliteFiles:
    """Database files, made once by manage.py and then copied."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = environment

    def copy_to(self, target: Path, *, demo: bool = False) -> str:
        """The DATABASE_URL of a new file with all migrations, and the demo event if wanted."""
        template = self.folder / ("demo.sqlite3" if demo else "empty.sqlite3")
        with template.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another process of the run may be making it
            if not template.exists():
                self.make(template, demo=demo)
        shutil.copyfile(template, target)
        return f"sqlite:///{target}"

    def make(self, template: Path, *, demo: bool) -> None:
        raw = template.with_suffix(".making")
        environment = {**self.environment, "DATABASE_URL": f"sqlite:///{raw}"}
        if demo:
            self.copy_to(raw)
            manage("load_demo", environment=environment)
        else:
            manage("migrate", "--noinput", "--verbosity=0", environment=environment)
        wal = raw.with_name(raw.name + "-wal")
        assert not wal.exists() or not wal.stat().st_size, "the template's last writes are still in its log"
        raw.rename(template)


class Redis:
    """redis-server on a port of its own, loopback only, keeping nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Also after `stop()` or `kill()`, then on the same port, empty."""
        program = find("redis-server", "valkey-server")
        if program is None:
            lacking("redis-server")
            return
        command = [
            str(program),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        log_path = self.folder / "redis.log"
        self.process = start(dying_with_us([*command, "--dir", str(self.folder)]), log_path)
        wait_until(self.answers, self.process, seconds=10, log=log_path)

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self) -> None:
        if self.process:
            end(self.process)

    def kill(self) -> None:
        """As a power cut would."""
        if self.process:
            kill_group(self.process)
