"""A proxy between the worker and Etherpad that breaks connections at chosen moments."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.asyncio.server import Request, Response, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed

PASS, BEFORE, AFTER = "pass", "cut before the server hears it", "cut after the server has taken it"


class Proxy(threading.Thread):
    """Relays to `port`; `fates` says what happens to each change that passes, in order; then all pass.

    `struck` is called at a cut, before either side notices.
    """

    def __init__(self, port: int, fates: list[str], struck: Callable[[], Any] = lambda: None) -> None:
        super().__init__(name="proxy", daemon=True)
        self.target, self.fates, self.struck = port, list(fates), struck
        self.port = 0
        self.cuts: list[str] = []
        self.connections = 0
        self.is_up = threading.Event()
        self.loop = asyncio.new_event_loop()

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._serve())
        self.loop.close()

    async def _serve(self) -> None:
        self.over = asyncio.Event()
        async with serve(
            self._relay, "127.0.0.1", 0, process_request=self._answer, compression=None, ping_interval=None
        ) as server:
            self.port = server.sockets[0].getsockname()[1]
            self.is_up.set()
            await self.over.wait()

    def __enter__(self) -> "Proxy":
        self.start()
        assert self.is_up.wait(5)
        return self

    def __exit__(self, *_why: object) -> None:
        self.loop.call_soon_threadsafe(self.over.set)
        self.join(10)

    async def _answer(self, _connection: ServerConnection, request: Request) -> Response | None:
        """Plain HTTP goes on to the server."""
        if "socket.io" in request.path:
            return None
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                answer = await client.get(f"http://127.0.0.1:{self.target}{request.path}")
            except httpx.HTTPError:
                return Response(HTTPStatus.BAD_GATEWAY, "Bad Gateway", Headers(), b"")
        headers = Headers({"Content-Length": str(len(answer.content)), "Connection": "close"})
        return Response(answer.status_code, "", headers, answer.content)

    async def _relay(self, client: ServerConnection) -> None:
        self.connections += 1
        path = client.request.path if client.request else ""
        cookie = client.request.headers.get("Cookie", "") if client.request else ""
        target = f"ws://127.0.0.1:{self.target}{path}"
        with suppress(ConnectionClosed, OSError):
            async with connect(
                target,
                additional_headers={"Cookie": cookie},
                proxy=None,
                compression=None,
                ping_interval=None,
            ) as server:
                back = asyncio.create_task(self._copy(server, client))
                await self._forward(client, server, back)
                back.cancel()
        await client.close()

    async def _copy(self, source: Any, target: Any) -> None:
        with suppress(ConnectionClosed):
            async for frame in source:
                await target.send(frame)
            await target.close()

    async def _forward(self, client: ServerConnection, server: Any, back: asyncio.Task[None]) -> None:
        async for frame in client:
            fate = PASS
            if "USER_CHANGES" in str(frame) and self.fates:
                fate = self.fates.pop(0)
            if fate == AFTER:
                back.cancel()
                await asyncio.sleep(0)
                await server.send(frame)
                while "ACCEPT_COMMIT" not in str(await server.recv()):
                    pass
            if fate != PASS:
                self.cuts.append(fate)
                await asyncio.to_thread(self.struck)
                client.transport.abort()
                return
            await server.send(frame)
