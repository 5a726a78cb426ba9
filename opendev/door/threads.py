"""The page threads: WSGI with complete bodies and complete responses, so that no client can occupy a thread.

A thread is taken when a request has arrived completely, and given back when its response is ready. The loop sends it.
"""

import asyncio
import contextvars
import logging
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from opendev.core.limits import is_trusted
from opendev.door.personal import finish

log = logging.getLogger("opendev.door")

SHARED = "opendev.shared"  # in a request's scope and environment: the page is for everybody (shared.py)
PLACE = (
    "opendev.place"  # likewise: the id of a join's place in line, by which it is recorded once (waiting.py)
)
ONLY_FROM_PROXIES = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-request-id"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete response."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class PageThreads:
    """Runs a WSGI application in threads of its own."""

    def __init__(self, wsgi: Any, *, workers: int) -> None:
        self.wsgi, self.workers = wsgi, workers
        self.executor = ThreadPoolExecutor(workers, thread_name_prefix="page")

    async def answer(self, scope: Any, body: bytes) -> Answer | None:
        """Return the response to a request; None for a defect below the framework, which is logged."""
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self.executor, context.run, self._answer, scope, body)
        except Exception:
            log.exception("A page ended in an error after its view had answered.")
            return None

    def _answer(self, scope: Any, body: bytes) -> Answer:
        answer = run(self.wsgi, environ_of(scope, body))
        if scope.get(SHARED):
            return answer  # the shared pages do that for everybody
        return Answer(*finish(answer.status, answer.headers, answer.body, scope))

    async def turn(self) -> None:
        """Wait until a thread has done an empty task: a sign of life."""
        await asyncio.get_running_loop().run_in_executor(self.executor, int)


def run(wsgi: Any, environ: dict[str, Any]) -> Answer:
    """Call a WSGI application (PEP 3333) and return its complete response."""
    status, headers = "", list[tuple[str, str]]()
    pieces: list[bytes] = []

    def start_response(
        line: str, named: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        nonlocal status, headers
        status, headers = line, named
        return pieces.append

    answered: Iterable[bytes] = wsgi(environ, start_response)
    try:
        pieces.extend(answered)
    finally:
        getattr(answered, "close", int)()
    body = b"".join(pieces)
    raw = [(name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers]
    number = int(status[:3])
    has_length = any(name == b"content-length" for name, _value in raw)
    if not has_length and number >= 200 and number not in {204, 304}:
        raw.append((b"content-length", str(len(body)).encode()))
    return Answer(number, raw, body)


def environ_of(scope: Any, body: bytes) -> dict[str, Any]:
    """Return a request as WSGI knows it.

    WSGI writes `-` and `_` alike. A header with `_` in its name could therefore pass for one that only a proxy may
    send; no standard header has one, so it is dropped, as in nginx. A proxy's headers are dropped unless it is
    trusted.
    """
    host, port = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogatepass").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(body)),
    }
    if scope.get(SHARED):
        environ[SHARED] = "1"
    if PLACE in scope:
        environ[PLACE] = scope[PLACE]
    _add_headers(environ, scope["headers"], believes=not client[0] or is_trusted(client[0]))
    return environ


def _add_headers(environ: dict[str, Any], headers: Any, *, believes: bool) -> None:
    """Add the headers, except those that the peer may not send; the values of repeated names are joined."""
    for name, value in headers:
        if b"_" in name or name == b"content-length" or (name in ONLY_FROM_PROXIES and not believes):
            continue
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        if name == b"content-type":
            key = "CONTENT_TYPE"
        text = value.decode("latin-1")
        if key in environ:
            text = environ[key] + ("; " if name == b"cookie" else ",") + text
        environ[key] = text
