"""Fixtures for all tests: see CONTRIBUTING.md, "Tests".

The environment is set here, before pytest-django would load what pyproject.toml names, so `make run` is left alone.
"""

import atexit
import fcntl
import hashlib
import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from hypothesis import settings

from tests.parts import TRIED_ONCE_MORE, InParts, folder_of
from tests.support import programs
from tests.support.databases import Postgres, Redis, SqliteFiles, manage
from tests.support.etherpad import Etherpad
from tests.support.server import PRODUCT_VARIABLES, TEST_SECRET, Server, clean_environment

ROOT = Path(__file__).resolve().parent.parent
STATIC_CACHE = ROOT / ".pytest_cache" / "collected-static"
RUN_FOLDER = Path(tempfile.mkdtemp(prefix="opendev-tests-"))
RUN_FOLDER.chmod(0o755)
atexit.register(shutil.rmtree, RUN_FOLDER, ignore_errors=True)
os.environ[programs.MARK] = uuid.uuid4().hex
for variable in PRODUCT_VARIABLES:
    os.environ.pop(variable, None)
os.environ["VAR_DIR"] = str(RUN_FOLDER / "var")
os.environ["SECRET_KEY"] = TEST_SECRET
os.environ["DJANGO_SETTINGS_MODULE"] = "opendev.settings"
django.setup()

settings.register_profile("same", derandomize=True)  # as `make test` says it: the same examples each time

from django.db import connection  # noqa: E402  # needs the settings

from opendev.core import kept, limits, outages  # noqa: E402
from tests.support.strict_templates import be_strict  # noqa: E402

be_strict()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-servers",
        action="store_true",
        help="fail, instead of skipping, where Chromium, Redis or PostgreSQL is missing",
    )
    parser.addoption("--etherpad", metavar="FOLDER", help="a checkout of Etherpad 2 or 3 to run on")
    parser.addoption(
        "--soak",
        action="store_true",
        help="every fault ten times, 100,000 odd frames, and more of what is random",
    )
    parser.addoption(
        "--deploy", action="store_true", help="start each way to run the product, as `make deploy-check` does"
    )
    parser.addoption(
        "--runs", type=int, default=1, help="how often storms and brawls are repeated, to be read with -s"
    )


@pytest.fixture(scope="session")
def runs(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("runs"))


@pytest.fixture(scope="session")
def soaks(request: pytest.FixtureRequest) -> bool:
    """Whether `make soak` runs, which has the time for many more cases."""
    return bool(request.config.getoption("soak"))


def pytest_configure(config: pytest.Config) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to stop: clean up as after Ctrl-C
    programs.adopt_orphans()
    programs.required = config.getoption("--require-servers")
    Etherpad.checkout = config.getoption("--etherpad")
    if config.getoption("numprocesses", None):  # a worker process names it again, for a folder of its own
        del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `--dist loadscope`, as `make test` says it, whole folders share a process: see tests/parts.py."""
    return InParts(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if folder_of(item.nodeid) in TRIED_ONCE_MORE:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """All fixtures are torn down here: whatever still runs was left behind, which is a failure of the run."""
    if not session.config.getoption("numprocesses", None):
        left = programs.left_behind()
        left_behind.extend(left.values())
        if left:
            programs.kill_all(left)
        if is_worker(session.config):
            session.config.workeroutput["left_behind"] = left_behind  # type: ignore[attr-defined]
    if left_behind and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


left_behind: list[str] = []  # commands; those of worker processes are told to the one that started them


def is_worker(config: pytest.Config) -> bool:
    """Whether this process runs a part of the tests for another one (pytest-xdist)."""
    return hasattr(config, "workeroutput")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    left_behind.extend(getattr(node, "workeroutput", {}).get("left_behind", []))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for command in left_behind:
        terminalreporter.write_line(f"ERROR left running by the tests, now killed: {command}", red=True)


def folder_of_the_run(request: pytest.FixtureRequest, factory: pytest.TempPathFactory, name: str) -> Path:
    """A folder that all processes of the run share."""
    base = factory.getbasetemp()
    folder = (base.parent if is_worker(request.config) else base) / name
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def collected_static() -> Path:
    """The static files with their hashed names, collected once for as long as their sources stay as they are.

    Compressing them takes ten seconds of processor time, which each run would pay for again.
    """
    STATIC_CACHE.mkdir(parents=True, exist_ok=True)
    collected = STATIC_CACHE / digest_of_static_sources()
    with (STATIC_CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be collecting them
        if not collected.exists():
            making = Path(tempfile.mkdtemp(prefix="making-", dir=STATIC_CACHE))
            environment = clean_environment(VAR_DIR=str(making))
            manage("collectstatic", "--noinput", "--verbosity=0", environment=environment, seconds=240)
            making.chmod(0o755)  # proxies of the tests read these files too, as other users
            making.rename(collected)
        os.utime(collected)
        for older in sorted(STATIC_CACHE.glob("[0-9a-f]*"), key=lambda path: path.stat().st_mtime)[:-4]:
            shutil.rmtree(older, ignore_errors=True)
    return collected / "static"


def digest_of_static_sources() -> str:
    """Return a digest of all that decides what `collectstatic` makes: files, storage, settings, locked packages."""
    sources = [path for path in (ROOT / "opendev" / "static").rglob("*") if path.is_file()]
    deciding = [
        "opendev/home/static.py",
        "opendev/home/bundles.py",
        "opendev/settings.py",
        "requirements.txt",
    ]
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted([*sources, *(ROOT / name for name in deciding)]):
        content = hashlib.blake2b(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(ROOT)} {content}\n".encode())
    return digest.hexdigest()


@pytest.fixture(scope="session", autouse=True)
def static_files_of_this_process(collected_static: Path) -> None:
    """Pages rendered inside the tests find their hashed names too."""
    link_static(collected_static, RUN_FOLDER / "var")


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Ids come again from test to test; what one test did too often is not held against the next."""
    limits.forget_all()


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests write behind the product's back and look at once; those of what is kept (test_kept*.py) keep it."""
    monkeypatch.setattr(kept, "LIFE_S", -1.0)


@pytest.fixture(autouse=True)
def nothing_is_away() -> None:
    """An outage that one test left begun does not end in the log of the next."""
    outages.database.is_on = outages.storage.is_on = False


def link_static(collected: Path, var: Path) -> None:
    var.mkdir(parents=True, exist_ok=True)
    (var / "static").symlink_to(collected)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The private PostgreSQL cluster. `postgres.url(name)` names a database in it."""
    cluster = Postgres(clean_environment(VAR_DIR=str(RUN_FOLDER / "var")))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """The cluster's maintenance database, for psycopg. Take `fresh_database` for one of the product's."""
    return postgres.url("postgres")


@pytest.fixture(scope="session")
def fresh_database(postgres: Postgres) -> Callable[..., str]:
    """`fresh_database()` or `fresh_database(demo=True)`: the DATABASE_URL of a new, migrated PostgreSQL database."""
    return postgres.fresh_database


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """The private Redis. Fault tests `kill()` and `start()` one of their own: `own_redis`."""
    yield from running_redis(tmp_path_factory.mktemp("redis"))


@pytest.fixture(scope="session")
def redis_url(redis: Redis) -> str:
    return redis.url


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Redis]:
    """A Redis that no other test uses, to be killed and started again."""
    yield from running_redis(tmp_path)


def running_redis(folder: Path) -> Iterator[Redis]:
    own = Redis(folder)
    try:
        own.start()
        yield own
    finally:
        own.stop()


@pytest.fixture(scope="session")
def etherpad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Etherpad]:
    """A real Etherpad without limits, for pads of any name. Fault tests take `own_etherpad`."""
    yield from running_etherpad(tmp_path_factory.mktemp("etherpad"))


@pytest.fixture
def own_etherpad(tmp_path: Path) -> Iterator[Etherpad]:
    """An Etherpad that no other test uses, with the limits of real ones, to be killed and started again."""
    yield from running_etherpad(tmp_path / "etherpad", is_limited=True)


def running_etherpad(folder: Path, *, is_limited: bool = False) -> Iterator[Etherpad]:
    own = Etherpad(folder, is_limited=is_limited)
    try:
        own.start()
        yield own
    finally:
        own.stop()


@pytest.fixture(scope="session")
def browser_thread() -> Iterator[Any]:
    """Chromium, started once. Tests take `browser`; fixtures that outlive one test take this."""
    from tests.support.browser import BrowserThread  # noqa: PLC0415  # Playwright is loaded only where it is used

    thread = BrowserThread()
    yield thread
    thread.close()


@pytest.fixture
def browser(browser_thread: Any) -> Iterator[Any]:
    """`browser(work)` runs `work(chromium)` in the browser's thread and returns its answer."""
    yield browser_thread
    browser_thread.close_contexts()


class ServerFactory:
    """Starts servers, and stops what it started."""

    def __init__(
        self, folder: Path, collected_static: Path, sqlite: SqliteFiles, postgres: Callable[[], Postgres]
    ) -> None:
        self.folder = folder
        self.collected_static = collected_static
        self.sqlite = sqlite
        self.postgres = postgres
        self.servers: list[Server] = []

    def __call__(
        self, *, demo: bool = False, database: str = "sqlite", start: bool = True, **environment: str
    ) -> Server:
        """`database` is "sqlite", "postgres", or the DATABASE_URL of one that is there; the rest is environment."""
        folder = self.folder / f"server-{len(self.servers) + 1}"
        link_static(self.collected_static, folder)
        url = database
        if database == "sqlite":
            url = self.sqlite.copy_to(folder / "db.sqlite3", demo=demo)
        elif database == "postgres":
            url = self.postgres().fresh_database(demo=demo)
        server = Server(folder, clean_environment(DATABASE_URL=url, **environment))
        self.servers.append(server)
        if start:
            server.start()
        return server

    def stop_all(self) -> None:
        """Every one is stopped, even if the first has trouble to tell."""
        troubles = []
        for server in self.servers:
            try:
                server.stop()
            except AssertionError as trouble:
                troubles.append(trouble)
        if troubles:
            raise troubles[0]


@pytest.fixture(scope="session")
def sqlite_files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    """Files to copy, made once for all processes of the run."""
    made = folder_of_the_run(request, tmp_path_factory, "migrated")
    return SqliteFiles(made, clean_environment(VAR_DIR=str(RUN_FOLDER / "var")))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(sqlite_files: SqliteFiles) -> None:
    """Django's own test database begins as one of these copies: all migrations take seven seconds."""
    sqlite_files.copy_to(Path(connection.settings_dict["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """It is there already; the run's folder goes away in the end."""
    return True


@pytest.fixture(scope="session")
def make_server_factory(
    request: pytest.FixtureRequest, collected_static: Path, sqlite_files: SqliteFiles
) -> Callable[[Path], ServerFactory]:
    """PostgreSQL starts only for the first server that wants it."""

    def make(folder: Path) -> ServerFactory:
        return ServerFactory(
            folder, collected_static, sqlite_files, lambda: request.getfixturevalue("postgres")
        )

    return make


@pytest.fixture
def start_server(
    tmp_path: Path, make_server_factory: Callable[[Path], ServerFactory]
) -> Iterator[ServerFactory]:
    """`start_server(demo=True, REDIS_URL=redis_url)`: a server of this test's own."""
    factory = make_server_factory(tmp_path)
    try:
        yield factory
    finally:
        factory.stop_all()


@pytest.fixture(scope="module")
def demo_server(
    tmp_path_factory: pytest.TempPathFactory, make_server_factory: Callable[[Path], ServerFactory]
) -> Iterator[Server]:
    """A server on SQLite with the demo event, shared by the tests of one file."""
    factory = make_server_factory(tmp_path_factory.mktemp("demo"))
    try:
        yield factory(demo=True)
    finally:
        factory.stop_all()
