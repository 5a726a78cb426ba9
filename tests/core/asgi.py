"""A WebSocket without a server: what a server would tell the application, and what the application sends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

PATIENCE_S = 5.0
PUBLIC_ORIGIN = "http://127.0.0.1:8000"  # settings.PUBLIC_URL as the tests run


class AsgiSocket:
    """One connection. `accepted` is False when the handshake was refused."""

    def __init__(self, application: Any, path: str, headers: dict[str, str], query: str, scheme: str) -> None:
        self.to_application: asyncio.Queue[Any] = asyncio.Queue()
        self.from_application: asyncio.Queue[Any] = asyncio.Queue()
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
            "scheme": scheme,
            "client": ("127.0.0.1", 50_000),
        }
        self.reads = asyncio.Event()
        self.reads.set()
        running = application(scope, self.to_application.get, self.put)
        self.task = asyncio.ensure_future(running)
        self.accepted = False
        self.dropped: list[dict[str, Any]] = []

    async def put(self, message: Any) -> None:
        """What the application calls to send; it waits while the client does not read."""
        while not self.reads.is_set():
            await self.reads.wait()
        self.from_application.put_nowait(message)

    async def connect(self) -> None:
        self.to_application.put_nowait({"type": "websocket.connect"})
        self.accepted = (await self.message())["type"] == "websocket.accept"

    async def message(self) -> dict[str, Any]:
        """The next thing that the application sends; what broke in it is raised here."""
        waiting = asyncio.ensure_future(self.from_application.get())
        await asyncio.wait({waiting, self.task}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done() or not self.from_application.empty():
            return await waiting
        waiting.cancel()
        if self.task.done():
            self.task.result()
        raise AssertionError("nothing came")

    async def next(self, type: str | None = None) -> dict[str, Any]:
        """The next frame (of this type; others are dropped)."""
        while True:
            message = await self.message()
            assert message["type"] == "websocket.send", message
            frame = json.loads(message["text"])
            if type in {None, frame["type"]}:
                return frame
            self.dropped.append(frame)

    def send(self, frame: Any) -> None:
        """Anything as JSON, a text or bytes as they are."""
        if isinstance(frame, bytes):
            self.to_application.put_nowait({"type": "websocket.receive", "bytes": frame})
        else:
            text = frame if isinstance(frame, str) else json.dumps(frame)
            self.to_application.put_nowait({"type": "websocket.receive", "text": text})

    async def ask(self, frame: Any) -> dict[str, Any]:
        """Send, and return the ok or error that answers; news that come between are dropped."""
        self.send(frame)
        while (answer := await self.next())["type"] not in {"ok", "error"}:
            self.dropped.append(answer)
        return answer

    async def leave(self) -> None:
        self.to_application.put_nowait({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait_for(self.task, PATIENCE_S)


@asynccontextmanager
async def socket(
    application: Any,
    path: str = "/",
    *,
    origin: str | None = PUBLIC_ORIGIN,
    query: str = "",
    scheme: str = "ws",
    **headers: str,
) -> AsyncIterator[AsgiSocket]:
    """Connect; headers are named as Python writes them: `authorization="Bearer …"`."""
    given = {"host": "127.0.0.1:8000", **headers}
    if origin is not None:
        given["origin"] = origin
    opened = AsgiSocket(application, path, given, query, scheme)
    await opened.connect()
    try:
        yield opened
    finally:
        if opened.accepted and not opened.task.done():
            await opened.leave()
        else:
            await asyncio.wait_for(opened.task, PATIENCE_S)
