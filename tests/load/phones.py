"""Phones that scan the code: each with one connection that it keeps, as a browser does."""

import asyncio
import re
import time
from collections.abc import Iterator
from typing import Any

FILES = re.compile(r'(?:href|src)="(/static/[^"]+)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PATIENCE_S = 60.0


class Phone:
    """Speaks HTTP/1.1 over one connection and keeps its cookies; `seconds` are those of each answer, by path."""

    def __init__(self, port: int, network: str = "") -> None:
        self.port, self.network = port, network
        self.cookies: dict[str, str] = {}
        self.statuses: list[tuple[str, int]] = []
        self.reader: Any = None
        self.writer: Any = None

    async def ask(
        self, path: str, form: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Send a request and return status, headers and body."""
        async with asyncio.timeout(PATIENCE_S):
            return await self._ask(path, form, headers)

    async def _ask(
        self, path: str, form: str | None, more: dict[str, str]
    ) -> tuple[int, dict[str, str], str]:
        if self.writer is None or self.reader.at_eof():
            self.close()
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)
        lines = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        lines += [f"{name}: {value}" for name, value in more.items()]
        if self.network:
            lines.append(f"X-Forwarded-For: {self.network}")
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if form is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n" + (form or "")).encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status, named = int(head[0].split()[1]), {}
        for line in filter(None, head[1:]):
            name, _colon, value = line.partition(": ")
            named[name.lower()] = value
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        has_body = status not in {204, 304}
        body = await self.reader.readexactly(int(named["content-length"])) if has_body else b""
        self.statuses.append((path, status))
        if named.get("connection") == "close":
            self.close()
        return status, named, body.decode("utf-8", "replace")

    async def open(self, path: str) -> str:
        """Load a page and all files that it names."""
        _status, _headers, page = await self.ask(path)
        for file in dict.fromkeys(FILES.findall(page)):
            await self.ask(file)
        return page

    async def scan(self, code: str) -> None:
        """Open the code's page, join by its form, and open the room."""
        page = await self.open(f"/j/{code}/")
        token = TOKEN.search(page)
        form = f"csrfmiddlewaretoken={token[1]}&name=" if token else "name="
        origin = f"http://127.0.0.1:{self.port}"
        _status, headers, _body = await self.ask(f"/j/{code}/", form, Origin=origin)
        await self.open(headers.get("location", "/nowhere/"))

    def refusals(self) -> Iterator[tuple[str, int]]:
        """What was answered with 400 or more."""
        return ((path, status) for path, status in self.statuses if status >= 400)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.writer = None


async def scan_all(phones: list[Phone], code: str, *, seconds: float) -> list[float]:
    """Have the phones scan the code one after the other within some seconds; how long each took until its room."""

    async def one(number: int, phone: Phone) -> float:
        await asyncio.sleep(seconds * number / len(phones))
        begin = time.monotonic()
        await phone.scan(code)
        return time.monotonic() - begin

    try:
        return await asyncio.gather(*(one(number, phone) for number, phone in enumerate(phones)))
    finally:
        for phone in phones:
            phone.close()
        await asyncio.sleep(0.2)  # the loop closes them
