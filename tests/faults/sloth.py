"""A client that sends without end and reads one byte a second."""

import base64
import json
import os
import socket
import struct
import time

from opendev.core.attendance import sign_pass
from tests.faults.stage import Stage

ENOUGH_FRAMES = 2_000
HANDSHAKE = b"HTTP/1.1 101"


class Sloth:
    """Speaks just enough of the protocol; its receive buffer is as small as the kernel allows."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.connection = socket.socket()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)

    def begin(self) -> None:
        """Join the room, and ask until the server takes no more."""
        port = self.stage.server.port
        self.connection.connect(("127.0.0.1", port))
        lines = [
            f"GET /ws/sessions/{self.stage.session.pk}/ HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            f"Authorization: Bearer {sign_pass(self.stage.passes[-1])}",
        ]
        self.connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        assert self.connection.recv(len(HANDSHAKE)) == HANDSHAKE
        text = json.dumps(
            {"type": "poll.withdraw", "ref": "x" * 60, "poll": str(self.stage.poll.pk)}
        ).encode()
        frame = b"\x81\xfe" + struct.pack("!H", len(text)) + b"\0\0\0\0" + text
        self.connection.settimeout(0.5)
        sent = 0
        try:
            while True:
                self.connection.sendall(frame * 100)
                sent += 100
        except (TimeoutError, ConnectionError):
            assert sent >= ENOUGH_FRAMES

    def read_a_few_bytes(self) -> None:
        """One a second."""
        for _ in range(3):
            try:
                self.connection.recv(1)
            except OSError:
                return  # the server has let go of it
            time.sleep(1)

    def close(self) -> None:
        self.connection.close()
