"""A telephone line between a browser and a server: TCP that a test can cut, freeze, make deaf, and mend.

The browser opens `line.url` instead of the server's address, so that pages, forms and sockets all go over the line.
"""

import socket
import struct
import threading
from contextlib import suppress

# What the console of a page says of a line that was cut: its socket fails, and later a request that goes ahead of it.
NETWORK_ERRORS = r"WebSocket connection|ERR_"
RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class Call:
    """One connection. What it does not carry is lost."""

    def __init__(self, browser: socket.socket, server: socket.socket, *, is_answered: bool) -> None:
        self.browser = browser
        self.server = server
        self.carries_questions = True
        self.carries_answers = is_answered

    def start(self) -> None:
        threading.Thread(target=self.carry_questions, daemon=True).start()
        threading.Thread(target=self.carry_answers, daemon=True).start()

    def carry_questions(self) -> None:
        with suppress(OSError):
            while words := self.browser.recv(65536):
                if self.carries_questions:
                    self.server.sendall(words)
        self.hang_up()

    def carry_answers(self) -> None:
        with suppress(OSError):
            while words := self.server.recv(65536):
                if self.carries_answers:
                    self.browser.sendall(words)
        self.hang_up()

    def hang_up(self) -> None:
        for end in (self.browser, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def break_off(self) -> None:
        """As when the network goes away: reset, nothing is said."""
        with suppress(OSError):
            self.browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        self.hang_up()


class Line:
    """Use it in a `with`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.calls: list[Call] = []
        self.is_up = True
        self.is_answered = True

    def __enter__(self) -> "Line":
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *trouble: object) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                browser, _address = self.listener.accept()
                self.connect(browser)

    def connect(self, browser: socket.socket) -> None:
        if not self.is_up:
            browser.close()
            return
        server = socket.create_connection(("127.0.0.1", self.port))
        call = Call(browser, server, is_answered=self.is_answered)
        self.calls.append(call)
        call.start()

    def cut(self) -> None:
        """All connections break, and no new one comes through."""
        self.is_up = False
        calls, self.calls = self.calls, []
        for call in calls:
            call.break_off()

    def mend(self) -> None:
        self.is_up = self.is_answered = True

    def lose_answers(self) -> None:
        """What the browser says arrives; nothing comes back."""
        self.is_answered = False
        for call in self.calls:
            call.carries_answers = False

    def freeze(self) -> None:
        """Standing connections stay open and carry nothing more, as after a phone slept; new ones work."""
        for call in self.calls:
            call.carries_questions = call.carries_answers = False
