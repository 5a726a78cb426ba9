"""The product served from this process: real addresses and sockets, while the test can look inside and plant a fault.

def test_something(inner):
    session = make_session()                    # the factories write into the same database
    with inner.http() as visitor:
        assert visitor.get(f"/api/v1/sessions/{session.pk}/").status_code == 200

The server and its SQLite file live as long as the module. What must hold of a process of its own (its start, its end,
its log) is tested with `start_server`.
"""

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from django.conf import settings
from django.db import connections

from opendev.door.threads import PageThreads
from opendev.home.management.commands.serve import CONNECTION, MAX_FRAME_BYTES
from tests.support.databases import SqliteFiles
from tests.support.programs import free_port

GC_THRESHOLD = gc.get_threshold()
THREADS = 4


@contextmanager
def own_file(path: Path) -> Iterator[None]:
    """Have this process's default connection lead to a database file; no power is cut here, so nothing waits for it."""
    usual_settings, usual = connections.settings["default"], connections["default"]
    options = {**settings.DATABASES["default"]["OPTIONS"]}
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    wanted = {**settings.DATABASES["default"], "NAME": str(path), "OPTIONS": options}
    connections.settings["default"] = connections.configure_settings({"default": wanted})["default"]
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = usual_settings
        connections["default"] = usual


class InnerServer:
    """uvicorn with the flags of `manage.py serve`, in a thread."""

    def __init__(self) -> None:
        from opendev import asgi  # noqa: PLC0415  # looks for the static files, which a fixture collects

        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.socket_url = f"ws://127.0.0.1:{self.port}"
        # Threads of its own: theirs keep their connections to the module's file.
        self.pages = PageThreads(asgi.pages, workers=THREADS)
        application: Any = asgi.serving(self.pages)
        self.uvicorn = uvicorn.Server(
            uvicorn.Config(
                application,
                host="127.0.0.1",
                port=self.port,
                lifespan="on",
                loop="uvloop",
                http=CONNECTION,
                ws="websockets-sansio",
                ws_per_message_deflate=False,
                ws_max_size=MAX_FRAME_BYTES,
                proxy_headers=False,
                access_log=False,
                log_config=None,
                timeout_graceful_shutdown=5,
            )
        )
        self.thread = threading.Thread(target=self.uvicorn.run, name="inner-server", daemon=True)

    def start(self) -> None:
        self.thread.start()
        deadline = time.monotonic() + 20
        while not self.uvicorn.started:
            assert self.thread.is_alive(), "the inner server ended while it started"
            assert time.monotonic() < deadline, "the inner server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        self.uvicorn.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive(), "the inner server did not stop"
        end_page_threads(self.pages)
        gc.unfreeze()
        gc.set_threshold(*GC_THRESHOLD)

    def http(self, **options: Any) -> httpx.Client:
        """A client with cookies of its own, as one visitor."""
        return httpx.Client(base_url=self.url, trust_env=False, verify=False, timeout=20, **options)

    def until(self, condition: Callable[[], bool], *, seconds: float = 10) -> None:
        """Wait for what the server does by itself."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not come to pass"
            time.sleep(0.02)


def end_page_threads(pages: PageThreads) -> None:
    """Close each thread's database connection, and end the threads.

    Since Python 3.13 a connection of SQLite that is collected unclosed is a warning, in whatever test runs then.
    """
    all_are_here = threading.Barrier(pages.workers)

    def close() -> None:
        all_are_here.wait(20)  # so that no thread does it twice
        connections.close_all()

    closing = [pages.executor.submit(close) for _ in range(pages.workers)]
    pages.executor.shutdown(wait=True)
    for each in closing:
        each.result()


@pytest.fixture(scope="module")
def inner(
    tmp_path_factory: pytest.TempPathFactory, sqlite_files: SqliteFiles, django_db_blocker: Any
) -> Iterator[InnerServer]:
    """The product in this process, on an empty database of the module's own."""
    path = tmp_path_factory.mktemp("inner") / "db.sqlite3"
    sqlite_files.copy_to(path)
    with django_db_blocker.unblock(), own_file(path):
        server = InnerServer()
        server.start()
        try:
            yield server
        finally:
            server.stop()
