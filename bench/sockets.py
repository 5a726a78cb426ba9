"""The driver's sockets: thousands of them in one thread, with picows."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.frames import kind

AT_ONCE = 100  # handshakes on their way
PATIENCE_S = 60.0
PROBE_S = 0.02

now = time.perf_counter


class Socket(WSListener):
    """One attendee's socket. Subclasses handle a frame in `note`."""

    def __init__(self) -> None:
        self.transport: WSTransport | None = None
        self.greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_lost = False
        self.received = 0

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Keep the transport to the server."""
        self.transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Record that the server, or we, closed the connection."""
        self.transport, self.is_lost = None, True
        if not self.greeted.done():
            self.greeted.set_exception(ConnectionError("The server closed a socket before its first frame."))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Count and pass on a text frame."""
        if frame.msg_type == WSMsgType.TEXT:
            self.received += 1
            payload = frame.get_payload_as_bytes()
            self.note(kind(payload), payload)
            if not self.greeted.done():
                self.greeted.set_result(None)

    def note(self, what: bytes, payload: bytes) -> None:
        """Take a frame; the first one is the snapshot."""

    def send(self, payload: bytes) -> None:
        """Send a text frame."""
        if self.transport is None:
            raise ConnectionError("The server closed a socket that still had something to say.")
        self.transport.send(WSMsgType.TEXT, payload)

    def close(self) -> None:
        """Drop the connection without a close frame, like a phone that loses its network."""
        if self.transport is not None:
            self.transport.disconnect(graceful=False)


AnySocket = TypeVar("AnySocket", bound=Socket)


async def connect_all(
    make: Callable[[], AnySocket], url: str, tokens: Sequence[str], *, at_once: int = AT_ONCE
) -> list[AnySocket]:
    """Return a socket for each token, once each has its first frame."""
    gate = asyncio.Semaphore(at_once)

    async def connect(token: str) -> AnySocket:
        async with gate:
            headers = [("Authorization", f"Bearer {token}")]
            _transport, socket = await ws_connect(
                make, url, extra_headers=headers, websocket_handshake_timeout=PATIENCE_S
            )
            assert isinstance(socket, Socket)
            await socket.greeted
            return socket  # type: ignore[return-value]  # picows' own type knows only its listener

    async with asyncio.timeout(PATIENCE_S):
        return await asyncio.gather(*(connect(token) for token in tokens))


async def close_all(sockets: Iterable[Socket]) -> None:
    """Close the connections, and give the loop a moment to notice."""
    for socket in sockets:
        socket.close()
    await asyncio.sleep(0.1)


class Probe(Socket):
    """Sends a ping every 20 ms: the server's loop answers pings itself, so the wait for the pong is its lag."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []
        self.own_lags: list[float] = []  # how much later than intended this driver itself got to send
        self.task: asyncio.Task[None] | None = None

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Record the time of a pong."""
        if frame.msg_type == WSMsgType.PONG:
            self.waits.append(now() - float(frame.get_payload_as_bytes()))
        else:
            super().on_ws_frame(transport, frame)

    def begin(self) -> None:
        """Start pinging."""
        self.task = asyncio.ensure_future(self._ping_for_ever())

    def lags(self) -> dict[str, float]:
        """Stop pinging; return the longest lags of the server's loop and of the driver's own, in ms."""
        assert self.task is not None
        self.task.cancel()
        return {
            "loop_lag_max_ms": 1000 * max(self.waits, default=0.0),
            "driver_lag_max_ms": 1000 * max(self.own_lags, default=0.0),
        }

    async def _ping_for_ever(self) -> None:
        while self.transport is not None:
            self.transport.send_ping(str(now()).encode())
            before = now()
            await asyncio.sleep(PROBE_S)
            self.own_lags.append(now() - before - PROBE_S)


async def open_probe(url: str, token: str) -> Probe:
    """Return a probe in addition to the crowd."""
    probe: Any = (await connect_all(Probe, url, [token]))[0]
    return probe  # type: ignore[no-any-return]
