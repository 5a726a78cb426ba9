"""Page requests per second: a few connections that send the next request as soon as they have a response."""

import asyncio
from typing import Any

from bench.figures import percentile
from bench.machine import cpu_s
from bench.sockets import now

CONNECTIONS = 16


async def play(spec: dict[str, Any]) -> dict[str, Any]:
    """Request each page for a while, `runs` times in turn; return figures by the page's name."""
    runs = []
    for number in range(spec["runs"] + 1):
        seconds = spec["seconds"] if number else 0.5  # the first round warms up
        run = {name: await ask(spec, page, seconds) for name, page in spec["pages"].items()}
        if number:
            runs.append(run)
    return {"runs": runs}


async def ask(spec: dict[str, Any], page: dict[str, str], seconds: float) -> dict[str, float]:
    """Request one page over several connections."""
    body = page.get("body", "")
    request = (
        f"{page['method']} {page['path']} HTTP/1.1\r\nHost: {spec['host']}:{spec['port']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
    waits: list[float] = []
    before, began = cpu_s(spec["pids"]), now()
    workers = (_ask_again(spec, request, began + seconds, waits) for _ in range(CONNECTIONS))
    await asyncio.gather(*workers)
    took, spent = now() - began, cpu_s(spec["pids"]) - before
    return {
        "per_s": len(waits) / took,
        "p95_ms": 1000 * percentile(waits, 95),
        "cpu_ms": 1000 * spent / len(waits),
    }


async def _ask_again(spec: dict[str, Any], request: bytes, until: float, waits: list[float]) -> None:
    reader, writer = await asyncio.open_connection(spec["host"], spec["port"])
    try:
        while (asked := now()) < until:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            status = head.split(b" ", 2)[1]
            if status not in {b"200", b"201"}:
                raise ConnectionError(f"The server answered {status.decode()} to {request.decode()!r}.")
            if b"transfer-encoding: chunked" in head:
                await _read_chunks(reader)
            else:
                await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]))
            waits.append(now() - asked)
    finally:
        writer.close()


async def _read_chunks(reader: asyncio.StreamReader) -> None:
    while size := int(await reader.readline(), 16):
        await reader.readexactly(size + 2)
    await reader.readline()
