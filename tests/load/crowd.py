"""A crowd of sockets in one thread, and which worker process each of them ended up at."""

import asyncio
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from tests.support.server import Server

AT_ONCE = 50
LISTENING = "0A"  # a state in /proc/net/tcp


class Line(WSListener):
    """A socket: keeps the newest that it is told of one poll, as a page does, and the answers to its commands."""

    def __init__(self, poll: str) -> None:
        self.poll, self.version = poll, -1
        self.shown: dict[str, int] = {}
        self.answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.moved = asyncio.Event()
        self.transport: WSTransport | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.transport = None

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.note(json.loads(frame.get_payload_as_bytes()))

    def note(self, said: dict[str, Any]) -> None:
        if "ref" in said:
            self.answers.pop(said["ref"]).set_result(said)
            return
        news = [said] if said["type"] == "poll.tally" else said.get("polls", [said.get("poll")])
        for told in news:
            mine = isinstance(told, dict) and self.poll in {told.get("id"), told.get("poll")}
            if mine and told["version"] > self.version and self.take(told):
                self.version = told["version"]
                self.moved.set()

    def take(self, told: dict[str, Any]) -> bool:
        """Keep what a frame says of the poll's counts; return False where it says nothing of them."""
        if "options" not in told:
            return False
        self.shown = {o["id"]: o["count"] for o in told["options"] if o.get("count")}
        return True

    def send(self, ref: int, type: str, **fields: Any) -> asyncio.Future[dict[str, Any]]:
        """Send a command; its answer, in time."""
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.answers[ref] = answer
        assert self.transport is not None, "the socket was closed"
        frame = {"type": type, "ref": ref, "poll": self.poll, **fields}
        self.transport.send(WSMsgType.TEXT, json.dumps(frame).encode())
        return answer

    async def is_shown(self, version: int) -> None:
        while self.version < version:
            self.moved.clear()
            await self.moved.wait()

    @property
    def port(self) -> int:
        assert self.transport is not None
        return int(self.transport.underlying_transport.get_extra_info("sockname")[1])

    def close(self) -> None:
        if self.transport is not None:
            self.transport.disconnect()


async def connect_all(
    server: Server, session: int, tokens: Iterable[str], poll: str, make: Callable[[str], Line] = Line
) -> list[Line]:
    """A socket for each token, fifty at a time."""
    waiting = asyncio.Semaphore(AT_ONCE)

    async def connect(token: str) -> Line:
        async with waiting:
            url = f"{server.socket_url}/ws/sessions/{session}/"
            headers = [("Authorization", f"Bearer {token}")]
            _transport, line = await ws_connect(lambda: make(poll), url, extra_headers=headers)
        assert isinstance(line, Line)
        return line

    lines = await asyncio.gather(*(connect(token) for token in tokens))
    async with asyncio.timeout(30):
        await asyncio.gather(*(line.is_shown(0) for line in lines))
    return lines


def worker_by_port(server: Server) -> dict[int, int]:
    """For each client port of an open connection to the server: the pid of the worker that holds the other end.

    The listening socket is no connection: a worker holds it from its birth, seconds before it serves.
    """
    assert server.process is not None
    holders = {socket: pid for pid in workers_of(server) for socket in sockets_in(Path(f"/proc/{pid}/fd"))}
    found = {}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _number, local, remote, state, *rest = line.split()
        if int(local.partition(":")[2], 16) == server.port and state != LISTENING:
            pid = holders.get(f"socket:[{rest[5]}]")
            if pid is not None:
                found[int(remote.partition(":")[2], 16)] = pid
    return found


def sockets_in(folder: Path) -> list[str]:
    """The sockets among a process's open files, some of which it closes while we look."""
    found = []
    with suppress(FileNotFoundError):
        for link in folder.iterdir():
            with suppress(FileNotFoundError):
                found.append(link.readlink().name)
    return [name for name in found if name.startswith("socket:")]


def workers_of(server: Server) -> list[int]:
    """The processes that serve: the children of the one that was started, or itself where it has none."""
    assert server.process is not None
    root = server.process.pid
    children = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == root and b"resource_tracker" not in command:
            children.append(int(folder.name))
    return children or [root]
