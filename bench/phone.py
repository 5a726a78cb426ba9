"""A phone as the door sees it: loads a page and its files, joins by the form, and opens the room's socket.

It keeps what a browser keeps: cookies, cacheable responses, and up to six connections.
"""

import asyncio
import gzip
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

import brotli
from picows import ws_connect

from bench.sockets import Socket, now

MOST_CONNECTIONS = 6
PATIENCE_S = 30.0
TAG = re.compile(r"<(?:link|script)\b[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
LOADED_RELS = {"stylesheet", "icon", "modulepreload", "preload"}
IMPORT = re.compile(r'(?:^|[\s;}])(?:import|from)\s*"(\.[^"]+)"')
FONT_FACE = re.compile(r"@font-face\s*\{([^}]*)\}")
FONT_URL = re.compile(r'url\("?([^")]+)"?\)')
OTHER_LETTERS = re.compile(
    r"unicode-range:\s*U\+0*(?:[89a-f][0-9a-f]|[1-9a-f][0-9a-f]{2,})\b", re.IGNORECASE
)  # a range that has no ASCII
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SOCKET = re.compile(r'data-socket="([^"]+)"')
UNPACK = {b"br": brotli.decompress, b"gzip": gzip.decompress}
AGENT = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile"
FIXED_HEADERS = (
    f"User-Agent: {AGENT}\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB,en;q=0.9\r\n"
)


class Refused(Exception):
    """The server answered a phone with an error."""


class Answer(NamedTuple):
    """A response: its headers in lower case, and its body as received."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    def text(self) -> str:
        """Return the body, decompressed."""
        unpack = UNPACK.get(self.headers.get(b"content-encoding", b""))
        return (unpack(self.body) if unpack else self.body).decode()


@dataclass(slots=True)
class Door:
    """The target of phones: a server, a session's code, and the files that its files load, which are found once."""

    host: str
    port: int
    path: str
    references: dict[str, list[str]] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Return the server's own address, as a browser names it."""
        return f"http://{self.host}:{self.port}"


class Phone:
    """One visitor. `requests` and `bytes` count its requests and the received bytes, including headers."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.cookies: dict[str, str] = {}
        self.stored: dict[str, Answer] = {}  # by path; files for ever, pages by their ETag
        self.idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.places = asyncio.Semaphore(MOST_CONNECTIONS)
        self.socket: Socket | None = None
        self.requests = self.bytes = 0

    async def visit(self) -> float:
        """Scan the code and go on until the first snapshot has arrived; return how long that took, in seconds.

        Raises:
            Refused: a response was an error.
            OSError, TimeoutError: there was no response.
        """
        self.requests = self.bytes = 0
        began = now()
        async with asyncio.timeout(PATIENCE_S):
            path, page = await self._open(self.door.path)
            text = page.text()
            await self._load_all(references_of_page(text))
            if not SOCKET.search(text):
                token = TOKEN.search(text)
                form = {"csrfmiddlewaretoken": token[1]} if token else {}
                path, page = await self._open(path, form=urlencode(form | {"name": "", "company": ""}))
                text = page.text()
                await self._load_all(references_of_page(text))
            await self._listen(text)
        return now() - began

    def leave(self) -> None:
        """Close everything; what is stored stays."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None
        while self.idle:
            self.idle.pop()[1].close()

    async def _open(self, path: str, form: str | None = None) -> tuple[str, Answer]:
        """Return the page at an address, and its path after redirects."""
        answer = await self.ask(path, form=form)
        while True:
            if answer.status in {301, 302, 303}:
                path = urlsplit(urljoin(path, answer.headers[b"location"].decode())).path
            elif b"refresh" in answer.headers:  # the waiting page
                seconds, _semicolon, url = answer.headers[b"refresh"].decode().partition("; url=")
                await asyncio.sleep(float(seconds))
                path = url or path
            else:
                return path, answer
            answer = await self.ask(path)

    async def _load_all(self, paths: list[str]) -> None:
        """Load files and the files that these load, in parallel as far as the connections allow."""
        wanted = [path for path in dict.fromkeys(paths) if path not in self.stored]
        for path in wanted:
            self.stored[path] = Answer(0, {}, b"")  # on its way
        await asyncio.gather(*(self._load(path) for path in wanted))

    async def _load(self, path: str) -> None:
        answer = await self.ask(path)
        if path not in self.door.references:
            self.door.references[path] = references_of_file(path, answer)
        await self._load_all(self.door.references[path])

    async def _listen(self, text: str) -> None:
        """Open the socket that the room's page names, and wait for the snapshot."""
        match = SOCKET.search(text)
        if match is None:
            raise Refused("The page after the join is no room.")
        url = f"ws://{self.door.host}:{self.door.port}{match[1]}"
        headers = [("Cookie", self._cookie()), ("Origin", self.door.origin), ("User-Agent", AGENT)]
        phone = self

        class Room(Socket):
            """Counts the snapshot's bytes."""

            def note(self, what: bytes, payload: bytes) -> None:
                if not self.greeted.done():
                    phone.bytes += len(payload) + 4

        _transport, room = await ws_connect(
            Room, url, extra_headers=headers, websocket_handshake_timeout=PATIENCE_S
        )
        assert isinstance(room, Socket)
        self.socket = room
        self.requests += 1
        self.bytes += 129  # the response to a handshake
        await room.greeted

    async def ask(self, path: str, form: str | None = None) -> Answer:
        """Return the response to a request; an unchanged page comes from the cache."""
        async with self.places:
            request = self._request(path, form)
            answer = await self._exchange(request)
        self.requests += 1
        self._keep_cookies(answer)
        if answer.status == 304:
            return self.stored[path]
        if answer.status >= 400:
            raise Refused(f"{answer.status} for {path}")
        if (
            form is None
            and answer.status == 200
            and b"no-store" not in answer.headers.get(b"cache-control", b"")
        ):
            self.stored[path] = answer
        return answer

    def _request(self, path: str, form: str | None) -> bytes:
        head = f"{'GET' if form is None else 'POST'} {path} HTTP/1.1\r\n"
        head += f"Host: {self.door.host}:{self.door.port}\r\n{FIXED_HEADERS}"
        if self.cookies:
            head += f"Cookie: {self._cookie()}\r\n"
        if form is None:
            etag = self.stored[path].headers.get(b"etag") if path in self.stored else None
            if etag:
                head += f"If-None-Match: {etag.decode()}\r\n"
            return f"{head}\r\n".encode()
        head += f"Origin: {self.door.origin}\r\nReferer: {self.door.origin}{path}\r\nSec-Fetch-Site: same-origin\r\n"
        head += (
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(form)}\r\n\r\n{form}"
        )
        return head.encode()

    async def _exchange(self, request: bytes) -> Answer:
        """Send a request over a free connection or a new one; retry over a new one if the free one had been closed."""
        while self.idle:
            reader, writer = self.idle.pop()
            try:
                return await self._exchange_over(reader, writer, request)
            except (asyncio.IncompleteReadError, OSError):
                writer.close()
        reader, writer = await asyncio.open_connection(self.door.host, self.door.port, limit=2**20)
        return await self._exchange_over(reader, writer, request)

    async def _exchange_over(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
    ) -> Answer:
        writer.write(request)
        raw = await reader.readuntil(b"\r\n\r\n")
        status_line, *lines = raw[:-4].split(b"\r\n")
        headers: dict[bytes, bytes] = {}
        for line in lines:
            name, _colon, value = line.partition(b": ")
            name = name.lower()
            headers[name] = headers[name] + b"\n" + value if name in headers else value
        status = int(status_line.split(b" ", 2)[1])
        if b"transfer-encoding" in headers:
            body = await _read_chunks(reader)
        else:
            body = await reader.readexactly(0 if status == 304 else int(headers.get(b"content-length", b"0")))
        self.bytes += len(raw) + len(body)
        if headers.get(b"connection") == b"close":
            writer.close()
        else:
            self.idle.append((reader, writer))
        return Answer(status, headers, body)

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _keep_cookies(self, answer: Answer) -> None:
        for line in answer.headers.get(b"set-cookie", b"").split(b"\n"):
            name, equals, value = line.decode().partition(";")[0].partition("=")
            if equals:
                self.cookies[name] = value


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    pieces = []
    while size := int(await reader.readline(), 16):
        pieces.append((await reader.readexactly(size + 2))[:-2])
    await reader.readline()
    return b"".join(pieces)


def references_of_page(text: str) -> list[str]:
    """Return the addresses of the files that a page loads by itself."""
    paths = []
    for tag in TAG.findall(text):
        attributes: dict[str, Any] = dict(ATTRIBUTE.findall(tag))
        if tag.startswith("<script"):
            paths.append(attributes.get("src", ""))
        elif attributes.get("rel") in LOADED_RELS:
            paths.append(attributes.get("href", ""))
    return [path for path in paths if path]


def references_of_file(path: str, answer: Answer) -> list[str]:
    """Return the addresses of what a script imports, or of the font that a style sheet needs for English:
    the last one that has its letters."""
    if ".js" in path:
        return [urljoin(path, name) for name in IMPORT.findall(answer.text())]
    if ".css" in path:
        faces = [face for face in FONT_FACE.findall(answer.text()) if not OTHER_LETTERS.search(face)]
        return [urljoin(path, match[1]) for face in faces[-1:] if (match := FONT_URL.search(face))]
    return []
