"""A socket that sends and never reads holds up nobody, and the server goes on."""

import asyncio
import base64
import json
import os
import socket
import struct
from pathlib import Path

import pytest

from opendev.core.attendance import sign_pass
from tests.load.test_storm import PATIENCE_S, opened, stage

__all__ = ["stage"]

A_LOT = 40 * 1024 * 1024  # bytes; the kernel's buffers take a few of them before the server feels anything
ENOUGH_FRAMES = 5_000


class DeafSocket:
    """Speaks just enough of the protocol to send frames; its receive buffer is as small as the kernel allows."""

    def __init__(self, stage, attendee=None) -> None:
        self.connection = socket.socket()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        self.connection.connect(("127.0.0.1", stage.server.port))
        lines = [
            f"GET /ws/sessions/{stage.session.pk}/ HTTP/1.1",
            f"Host: 127.0.0.1:{stage.server.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            f"Authorization: Bearer {sign_pass(attendee)}",
        ]
        self.connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        assert self.connection.recv(12) == b"HTTP/1.1 101"

    def send_until_stuck(self, frame: dict) -> int:
        """Send until the server takes no more for a second, or has closed the connection; the number of frames."""
        text = json.dumps(frame).encode()
        assert len(text) < 2**16
        length = bytes([0x80 | len(text)]) if len(text) < 126 else b"\xfe" + struct.pack("!H", len(text))
        masked = b"\x81" + length + b"\0\0\0\0" + text  # a mask of zeros leaves the text as it is
        self.connection.settimeout(1)
        for hundreds in range(A_LOT // len(masked) // 100):
            try:
                self.connection.sendall(masked * 100)
            except (TimeoutError, ConnectionError):
                return hundreds * 100
        raise AssertionError("the server took it all, and has the answers somewhere")

    def close(self) -> None:
        self.connection.close()


def memory_kb(process) -> int:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


async def vote_and_hear(stage, run, people):
    """People vote one after the other while the deaf socket is there; all are answered and all hear the tally."""
    poll = stage.polls[run]
    option = stage.options[poll.pk]["b"]
    async with asyncio.timeout(60), opened(stage, people) as clients:
        for client in clients:
            answer = await client.ask("poll.vote", poll=str(poll.pk), options=[option], seq=1)
            assert answer["type"] == "ok", answer
        for client in clients:
            await client.next("poll.tally", poll=str(poll.pk), ballots=len(people), seconds=PATIENCE_S)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("kind", ["nonsense", "votes"])
def test_socket_that_sends_thousands_of_frames_and_never_reads_holds_up_nobody(stage, kind):
    deaf_attendee, *people = stage.passes[:21]
    poll = stage.polls[1]
    frames = {
        "nonsense": {"type": "nonsense", "ref": "x" * 60},
        "votes": {
            "type": "poll.vote",
            "ref": "x" * 60,
            "poll": str(poll.pk),
            "options": [stage.options[poll.pk]["a"]],
            "seq": 1,
        },
    }
    deaf = DeafSocket(stage, deaf_attendee)
    try:
        with stage.server.http() as visitor:  # the first page loads templates and the names of countries
            assert visitor.get(stage.session.get_absolute_url()).status_code == 200
        before = memory_kb(stage.server.process)
        assert deaf.send_until_stuck(frames[kind]) >= ENOUGH_FRAMES
        asyncio.run(vote_and_hear(stage, 0, people))
        with stage.server.http() as visitor:
            assert visitor.get(stage.session.get_absolute_url()).status_code == 200
        assert memory_kb(stage.server.process) - before < 30_000
    finally:
        deaf.close()
    assert stage.kept(stage.polls[0])[0] == len(people)
