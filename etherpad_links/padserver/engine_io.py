"""Engine.IO and Socket.IO over one websocket, in the two versions that Etherpad servers use.

Etherpad 1.x uses Engine.IO 3: the server opens the channel itself, and *we* send pings. Later ones use Engine.IO 4:
we open the channel, and the server pings. The first frame shows which: only 4 has a `maxPayload`.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from etherpad_links.padserver.addresses import PadAddress, Reach
from etherpad_links.padserver.errors import AddressForbidden, PadRefused, PadUnreachable, RateLimited

OPEN, CLOSE, PING, PONG = "0", "1", "2", "3"
CONNECTED, DISCONNECTED, EVENT, CONNECT_ERROR = "40", "41", "42", "44"
OPEN_S = 5.0
CLOSE_S = 1.0
MOST_BYTES = 16 * 1024 * 1024
NOT_LET_IN = {401, 403}


class Channel:
    """An open channel: `send` a message, and iterate over incoming ones. Ends with PadUnreachable, never silently."""

    def __init__(self, websocket: ClientConnection, handshake: Mapping[str, Any]) -> None:
        self.websocket = websocket
        self.version = 4 if "maxPayload" in handshake else 3
        self.ping_every_s = float(handshake["pingInterval"]) / 1000
        self.silence_limit_s = self.ping_every_s + float(handshake["pingTimeout"]) / 1000
        self._pings: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, address: PadAddress, reach: Reach, cookies: Mapping[str, str]) -> "Channel":
        """Connect to the pad's server.

        Raises:
            PadUnreachable, PadRefused, RateLimited, AddressForbidden
        """
        number = await asyncio.to_thread(reach.resolve, address.server)
        websocket = await _connect(address, number, cookies)
        try:
            async with asyncio.timeout(OPEN_S):
                channel = cls(websocket, _handshake(await websocket.recv()))
                await channel._join()
        except (ConnectionClosed, TimeoutError, ValueError, KeyError, TypeError) as error:
            await websocket.close()
            raise PadUnreachable(f"no Socket.IO handshake ({type(error).__name__})") from error
        except PadRefused:
            await websocket.close()
            raise
        return channel

    async def _join(self) -> None:
        """Open the only namespace that Etherpad uses, and start the heartbeat."""
        if self.version == 4:
            await self.websocket.send(CONNECTED)
        answer = str(await self.websocket.recv())
        if answer.startswith(CONNECT_ERROR):
            raise PadRefused("the server does not open the channel")
        if not answer.startswith(CONNECTED):
            raise ValueError(answer[:20])
        if self.version == 3:
            self._pings = asyncio.create_task(self._ping_for_ever())

    async def _ping_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self.ping_every_s)
            await self.websocket.send(PING)

    async def send(self, message: Mapping[str, Any]) -> None:
        """Send an Etherpad message.

        Raises:
            PadUnreachable
        """
        try:
            await self.websocket.send(EVENT + json.dumps(["message", message]))
        except ConnectionClosed as error:
            raise PadUnreachable("the connection is gone") from error

    async def messages(self) -> AsyncIterator[dict[str, Any]]:
        """Yield incoming messages until the connection ends.

        Raises:
            PadUnreachable: always, at the end; also if a heartbeat is overdue.
        """
        while True:
            try:
                async with asyncio.timeout(self.silence_limit_s):  # wait_for may swallow a cancellation here
                    frame = await self.websocket.recv()
            except TimeoutError:
                raise PadUnreachable("the server has fallen silent") from None
            except ConnectionClosed as error:
                raise PadUnreachable("the connection is gone") from error
            if frame == PING:
                await self._answer_ping()
            elif frame == CLOSE or str(frame).startswith(DISCONNECTED):
                raise PadUnreachable("the server has closed the channel")
            elif (message := _message(frame)) is not None:
                yield message

    async def _answer_ping(self) -> None:
        try:
            await self.websocket.send(PONG)
        except ConnectionClosed as error:
            raise PadUnreachable("the connection is gone") from error

    async def close(self) -> None:
        """Close the channel; may be called again."""
        if self._pings:
            self._pings.cancel()
        await self.websocket.close()


async def _connect(address: PadAddress, number: str, cookies: Mapping[str, str]) -> ClientConnection:
    """Connect to the checked numeric address; name and certificate are those of the host.

    The library refuses redirects away from that origin, since the address to connect to is given.
    """
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    try:
        return await connect(
            address.socket_url,
            host=number,
            port=address.server.port,
            additional_headers=headers,
            proxy=None,
            compression=None,
            ping_interval=None,  # Engine.IO has its own heartbeat
            open_timeout=OPEN_S,
            close_timeout=CLOSE_S,
            max_size=MOST_BYTES,
        )
    except InvalidStatus as error:
        raise _refusal(error.response.status_code) from error
    except (InvalidHandshake, OSError, TimeoutError, EOFError) as error:
        raise PadUnreachable(f"no websocket ({type(error).__name__})") from error
    except ValueError as error:
        raise AddressForbidden(f"{address.server.host} sends us elsewhere") from error


def _refusal(status: int) -> PadRefused | RateLimited | PadUnreachable:
    if status in NOT_LET_IN:
        return PadRefused(f"the server does not let us in ({status})")
    if status == 429:
        return RateLimited("too many connections", 90.0)
    return PadUnreachable(f"no websocket: the server answers {status}")


def _handshake(frame: str | bytes) -> dict[str, Any]:
    if not isinstance(frame, str) or not frame.startswith(OPEN):
        raise ValueError("no handshake")
    return dict(json.loads(frame[1:]))


def _message(frame: str | bytes) -> dict[str, Any] | None:
    """Return Etherpad's message in a frame; None for heartbeats and anything else."""
    if not isinstance(frame, str) or not frame.startswith(EVENT):
        return None
    try:
        event = json.loads(frame[len(EVENT) :])
    except ValueError as error:
        raise PadUnreachable("the server sends what is not JSON") from error
    is_message = isinstance(event, list) and len(event) == 2 and event[0] == "message"
    return event[1] if is_message and isinstance(event[1], dict) else None
