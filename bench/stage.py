"""The environment of the scenes: private databases, the product and the bare application, each on its core."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.machine import cores, on_cores
from tests.support.databases import ROOT, Postgres, Redis, SqliteFiles, manage
from tests.support.programs import dying_with_us, find
from tests.support.server import Server, clean_environment

Found = dict[str, Any]  # names to figures, nested; see report.py
PATIENCE_S = 300.0
# The bare application is served by plain uvicorn: our deadlines and bounds are a cost of the product.
BARE = {
    "opendev.asgi:application": "bench.bare:application",
    "opendev.door.connections:Connection": "httptools",
}


class BareServer(Server):
    """The bare application on the server that the product runs on, with the same flags otherwise."""

    def command(self) -> list[str]:
        """Return the product's own command with another application in it."""
        return [BARE.get(word, word) for word in self.uvicorn_command()]

    def uvicorn_command(self) -> list[str]:
        """Return how the product is served, according to its own command."""
        ask = (
            "from opendev.home.management.commands.serve import server_command as say; import json;"
            f"print(json.dumps(say(host='127.0.0.1', port={self.port}, workers=1)))"
        )
        words: list[str] = json.loads(
            manage("shell", "--no-imports", "-c", ask, environment=self.environment)
        )
        return words


class Stage:
    """Starts everything that a part needs and stops it again; use it in a `with`."""

    def __init__(self, *, static: Path | None = None, sqlite: SqliteFiles | None = None) -> None:
        """`static` and `sqlite`: collected files and migrated databases that exist already."""
        self.static, self.made = static, sqlite
        known = cores()
        self.is_pinned = len(known) > 1
        self.server_cores = known[:1] if self.is_pinned else []
        self.driver_cores = known[1:2] if self.is_pinned else []
        self.both_cores = known[:2] if self.is_pinned else []

    def __enter__(self) -> "Stage":
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="opendev-bench-")))
        self.folder.chmod(0o755)
        os.environ["DJANGO_SETTINGS_MODULE"] = "opendev.settings"
        self.environment = clean_environment(VAR_DIR=str(self.folder), LOG_LEVEL="ERROR")
        if self.static is None:
            manage("collectstatic", "--noinput", "--verbosity=0", environment=self.environment)
        else:
            (self.folder / "static").symlink_to(self.static)
        self.sqlite = self.made or SqliteFiles(self.folder, self.environment)
        self.postgres: Postgres | None = None
        self.redis: Redis | None = None
        self.number = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stack.close()

    # -- programs -----------------------------------------------------------------------------------------------

    def lacking(self) -> list[str]:
        """Return which programs this machine lacks; the parts that need them are skipped, with a message."""
        wanted = {
            "postgresql": ("initdb", "/usr/lib/postgresql:*/bin/initdb"),
            "redis-server": ("redis-server", ""),
        }
        return [package for package, (name, also) in wanted.items() if find(name, also=also) is None]

    def database(self, vendor: str, *, demo: bool = False) -> str:
        """Return the address of a new, migrated database. PostgreSQL runs on the driver's core, and really syncs."""
        if vendor == "sqlite":
            self.number += 1
            return self.sqlite.copy_to(self.folder / f"{self.number}.sqlite3", demo=demo)
        if self.postgres is None:
            self.postgres = Postgres(self.environment, durable=True)
            self.stack.callback(self.postgres.stop)
            with on_cores(self.driver_cores):
                self.postgres.start()
        return self.postgres.fresh_database(demo=demo)

    def redis_url(self) -> str:
        """Return the address of the private Redis, on the driver's core too."""
        if self.redis is None:
            self.redis = Redis(self.folder)
            self.stack.callback(self.redis.stop)
            with on_cores(self.driver_cores):
                self.redis.start()
        return self.redis.url

    # -- servers ------------------------------------------------------------------------------------------------

    def product(self, database: str, **environment: str) -> Server:
        """Start the product on its core; with several workers on both."""
        several = int(environment.get("WORKERS", "1")) > 1
        settings = {**self.environment, "DATABASE_URL": database, **environment}
        return self._started(
            Server(self._folder(), settings), self.both_cores if several else self.server_cores
        )

    def bare(self) -> Server:
        """Start the bare application on the product's core."""
        return self._started(BareServer(self._folder(), self.environment), self.server_cores)

    def _folder(self) -> Path:
        self.number += 1
        folder = self.folder / f"server-{self.number}"
        folder.mkdir()
        (folder / "static").symlink_to(self.folder / "static")
        return folder

    def _started(self, server: Server, where: list[int]) -> Server:
        self.stack.callback(server.stop)  # does nothing if it was stopped before
        with on_cores(where):
            server.start()
        return server

    # -- the two processes beside them --------------------------------------------------------------------------

    def seed(
        self,
        database: str,
        *,
        attendees: int,
        polls: int = 1,
        visibility: str,
        questions: int = 0,
        kinds: Sequence[str] = (),
    ) -> dict[str, Any]:
        """Fill a database; return what was created."""
        order = {
            "attendees": attendees,
            "polls": polls,
            "visibility": visibility,
            "questions": questions,
            "kinds": list(kinds),
        }
        return self._run("bench.seed", order, {**self.environment, "DATABASE_URL": database})

    def play(self, scene: str, *, sockets: int, **spec: Any) -> dict[str, Any]:
        """Have the driver play a scene on its own core; return its figures."""
        with on_cores(self.driver_cores):
            return self._run("bench.driver", {"scene": scene, "sockets": sockets, **spec}, self.environment)

    def _run(self, module: str, order: dict[str, Any], environment: dict[str, str]) -> dict[str, Any]:
        answer = subprocess.run(
            dying_with_us([sys.executable, "-m", module]),
            cwd=ROOT,
            env=environment,
            input=json.dumps(order),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        if answer.returncode:
            raise RuntimeError(f"{module} failed:\n{answer.stderr}")
        print(answer.stderr, end="", file=sys.stderr)
        found: dict[str, Any] = json.loads(answer.stdout)
        return found


def place(server: Server, made: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what the driver has to know about a server, and about the content of its database."""
    path = f"/ws/sessions/{made['session']}/" if made else "/"
    return {"url": server.socket_url + path, "pids": pids_of(server), **(made or {})}


def pids_of(server: Server) -> list[int]:
    """Return the processes of a server: the one that was started, and its workers."""
    assert server.process is not None
    root = server.process.pid
    found = [root]
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == root:
                found.append(int(folder.name))
    return found
