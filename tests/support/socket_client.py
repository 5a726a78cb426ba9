"""An attendee's socket without a browser.

async with connect(server, session_id, token=token) as client:
    snapshot = await client.next("snapshot")
    answer = await client.ask("poll.vote", poll=poll_id, options=[option_id], seq=1)
    assert answer["type"] == "ok"
    tally = await client.next("poll.tally")
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import websockets

from tests.support.server import Server

Frame = dict[str, Any]
PATIENCE = 5.0


class SocketClient:
    def __init__(self, connection: websockets.ClientConnection) -> None:
        self.connection = connection
        self.refs = count(1)
        self.put_aside: list[Frame] = []

    async def send(self, type: str, **fields: Any) -> int:
        """Send a command with the next ref; the ref."""
        ref = next(self.refs)
        await self.send_raw(json.dumps({"type": type, "ref": ref, **fields}))
        return ref

    async def send_raw(self, frame: str | bytes) -> None:
        await self.connection.send(frame)

    async def ask(self, type: str, **fields: Any) -> Frame:
        """Send a command and return its ok or error; news that come between are kept for `next`."""
        ref = await self.send(type, **fields)
        return await self.first(lambda frame: frame["type"] in {"ok", "error"} and frame.get("ref") == ref)

    async def next(self, type: str | None = None, *, seconds: float = PATIENCE, **fields: Any) -> Frame:
        """The next frame of this type with these fields; others are kept in their order."""

        def fits(frame: Frame) -> bool:
            return (type is None or frame["type"] == type) and all(
                frame.get(k) == v for k, v in fields.items()
            )

        return await self.first(fits, seconds=seconds)

    async def first(self, fits: Any, *, seconds: float = PATIENCE) -> Frame:
        for frame in self.put_aside:
            if fits(frame):
                self.put_aside.remove(frame)
                return frame
        async with asyncio.timeout(seconds):
            while not fits(frame := await self.receive()):
                self.put_aside.append(frame)
        return frame

    async def drain(self, *, quiet: float = 0.3) -> list[Frame]:
        """All frames until nothing came for `quiet` seconds."""
        frames, self.put_aside = self.put_aside, []
        while True:
            try:
                async with asyncio.timeout(quiet):
                    frames.append(await self.receive())
            except TimeoutError:
                return frames

    async def receive(self) -> Frame:
        frame = json.loads(await self.connection.recv())
        assert isinstance(frame, dict), f"not an object: {frame!r}"
        return frame

    async def close_code(self, *, seconds: float = PATIENCE) -> int | None:
        """Wait until the server closes the socket."""
        async with asyncio.timeout(seconds):
            await self.connection.wait_closed()
        return self.connection.close_code


@asynccontextmanager
async def connect(
    server: Server,
    session_id: str | int,
    *,
    token: str | None = None,
    cookie: str | None = None,
    origin: str | None = "own",
    view: str | None = None,
) -> AsyncIterator[SocketClient]:
    """Open a session's socket. `origin="own"` is the server's address, None sends none.

    A refused handshake raises `websockets.InvalidStatus`; its `.response.status_code` is the answer.
    """
    headers = {}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if cookie is not None:
        headers["Cookie"] = cookie
    path = f"/ws/sessions/{session_id}/" + (f"?view={view}" if view else "")
    said_origin = server.url if origin == "own" else origin
    async with websockets.connect(
        server.socket_url + path,
        origin=websockets.Origin(said_origin) if said_origin else None,
        additional_headers=headers,
        compression=None,
        proxy=None,
        open_timeout=10,
        close_timeout=2,
    ) as connection:
        yield SocketClient(connection)
