"""`/healthz`, `/readyz`, `/metrics`: for machines. Answered on the loop itself, so that they work even while every
page thread waits for a database that hangs.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.db import connection

from etherpad_links.worker_state import worker_watch
from opendev.core import metrics
from opendev.core.batching import boxes
from opendev.core.limits import is_trusted
from opendev.core.presence import bus_is_up, live_core_runs
from opendev.core.storage import StoresNothing, check_takes_writes
from opendev.core.threads import DatabaseAway, end_thread, with_fresh_connections

DATABASE_ANSWERS_WITHIN_S = 2.0
FORWARDED = {b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via"}
JSON = b"application/json"

Answer = tuple[int, bytes, bytes, list[tuple[bytes, bytes]]]  # status, content type, body, further headers


class DatabaseProbe:
    """Checks in a separate thread whether the database responds; while it hangs there is no second check."""

    def __init__(self) -> None:
        self.thread: ThreadPoolExecutor | None = None
        self.asking: asyncio.Future[None] | None = None

    async def answers(self) -> bool:
        """Return True if it answers within two seconds, and can be written to."""
        if (
            self.asking is None
            or self.asking.done()
            or self.asking.get_loop() is not asyncio.get_running_loop()
        ):
            self.thread = self.thread or ThreadPoolExecutor(1, thread_name_prefix="health")
            loop = asyncio.get_running_loop()
            self.asking = loop.run_in_executor(self.thread, with_fresh_connections, _ask)
        with suppress(DatabaseAway, StoresNothing, TimeoutError):
            async with asyncio.timeout(DATABASE_ANSWERS_WITHIN_S):
                await asyncio.shield(self.asking)
            return True
        return False

    def end(self) -> None:
        """Close its connection."""
        thread, self.thread, self.asking = self.thread, None, None
        end_thread(thread)


def _ask() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    check_takes_writes()


probe = DatabaseProbe()


class Health:
    """Answers the three addresses; everything else goes on to the pages."""

    def __init__(self, pages: Any, pages_answer: Callable[[], Awaitable[bool]]) -> None:
        self.pages, self.pages_answer = pages, pages_answer
        self.answers = {"/healthz": healthz, "/readyz": self.readyz, "/metrics": figures}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Carry one request."""
        ask = self.answers.get(scope["path"])
        if ask is None:
            await self.pages(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"}:
            await _answer(scope, send, (405, JSON, b"{}", [(b"allow", b"GET, HEAD")]))
        else:
            await _answer(scope, send, await ask(scope))

    async def readyz(self, scope: Any) -> Answer:
        """Database and page threads answer, no background task has died, and the other processes can be reached."""
        database, pages = await asyncio.gather(probe.answers(), self.pages_answer())
        ended = [box.name for box in boxes if not box.is_running]
        checks = {
            "live": live_core_runs() and not ended,
            "bus": bus_is_up(),
            "database": database,
            "pages": pages,
            "pads": not worker_watch.is_away,
        }
        ready = all(checks.values())
        answer: dict[str, Any] = {"status": "ok" if ready else "not_ready", "checks": checks}
        if ended:
            answer["ended"] = ended
        body = json.dumps(answer).encode()
        return (200 if ready else 503), JSON, body, []


async def healthz(scope: Any) -> Answer:
    """The process answers."""
    return 200, JSON, b'{"status": "ok"}', []


async def figures(scope: Any) -> Answer:
    """The metrics, for clients that may see them."""
    if settings.METRICS_TOKEN:
        if not compare_digest(_header(scope, b"authorization"), f"Bearer {settings.METRICS_TOKEN}".encode()):
            return 401, JSON, b'{"code": "not_signed_in"}', [(b"www-authenticate", b"Bearer")]
    elif not _comes_directly_from_trusted(scope):
        return 403, JSON, b'{"code": "not_allowed"}', []
    text = await asyncio.to_thread(metrics.exposition)
    return 200, metrics.CONTENT_TYPE.encode(), text, []


def _comes_directly_from_trusted(scope: Any) -> bool:
    """A request that was forwarded by a proxy comes from the public, even if the proxy is trusted."""
    client = scope.get("client")
    named = {name for name, _value in scope["headers"]}
    return bool(client) and is_trusted(client[0]) and not named & FORWARDED


def _header(scope: Any, name: bytes) -> bytes:
    return next((bytes(value) for key, value in scope["headers"] if key == name), b"")


async def _answer(scope: Any, send: Any, answer: Answer) -> None:
    status, kind, body, more = answer
    length = str(len(body)).encode()
    headers = [(b"content-type", kind), (b"content-length", length), (b"cache-control", b"no-store"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
