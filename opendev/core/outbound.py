"""One POST to an address from a user, and nowhere else.

Each POST resolves the name, checks the address, and connects to the checked address, so that it cannot change in
between. Redirects are not followed, the environment's proxies are not used, and the response's body is read up to a
limit and discarded.
"""

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from urllib.parse import urlsplit

import httpx

from opendev.core.addresses import DEFAULT_PORTS
from opendev.core.networks import is_public

CONNECT_S = 3.0
READ_S = 5.0
DEADLINE_S = 10.0  # for all of it, from the look-up to the last byte
MOST_BYTES = 16 * 1024  # of the answer
FORBIDDEN, UNREACHABLE, SILENT = "forbidden", "unreachable", "timeout"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a POST: a status, or why there is none; how long it took; and Retry-After, in seconds."""

    status: int | None
    error: str = ""
    duration_ms: int = 0
    retry_after_s: int | None = None

    @property
    def is_good(self) -> bool:
        """Return True if the receiver accepted it."""
        return self.status is not None and 200 <= self.status < 300


class _Forbidden(Exception):
    """The address is in a private network."""


@asynccontextmanager
async def http_client(*, read_s: float, connect_s: float) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client for one request: it follows no redirects and uses no proxy from the environment."""
    trusted = await asyncio.to_thread(_trusted)
    timeout = httpx.Timeout(read_s, connect=connect_s)
    async with httpx.AsyncClient(verify=trusted, trust_env=False, timeout=timeout) as client:
        yield client


@cache
def _trusted() -> ssl.SSLContext:
    """Return the trusted certificates. Reading them takes 15 to 40 ms, during which the loop would serve nobody."""
    return httpx.create_ssl_context(trust_env=False)


async def post(
    url: str, content: bytes, headers: Mapping[str, str], *, inner_hosts: Collection[str] = ()
) -> Outcome:
    """POST the content; every failure is in the outcome.

    Args:
        inner_hosts: hosts that may be in a private network.
    """
    began = time.monotonic()
    status, error, wait = None, "", None
    try:
        async with asyncio.timeout(DEADLINE_S):
            status, wait = await _post(url, content, headers, inner_hosts)
    except _Forbidden:
        error = FORBIDDEN
    except (TimeoutError, httpx.TimeoutException):
        error = SILENT
    except (OSError, UnicodeError, ValueError, httpx.HTTPError, httpx.InvalidURL):
        error = UNREACHABLE
    return Outcome(status, error, round((time.monotonic() - began) * 1000), wait)


async def _post(
    url: str, content: bytes, headers: Mapping[str, str], inner_hosts: Collection[str]
) -> tuple[int, int | None]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
    number = await _checked_number(host, port, inner_hosts)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = httpx.URL(scheme=parts.scheme, host=number, port=port, raw_path=path.encode())
    async with (
        http_client(read_s=READ_S, connect_s=CONNECT_S) as client,
        client.stream(
            "POST",
            target,
            content=content,
            headers={**headers, "Host": parts.netloc, "Accept-Encoding": "identity"},
            extensions={"sni_hostname": host},
        ) as answer,
    ):
        await _read_a_little(answer)
        return answer.status_code, read_retry_after(answer.headers.get("retry-after", ""))


async def _checked_number(host: str, port: int, inner_hosts: Collection[str]) -> str:
    entries = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    numbers = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
    for number in numbers:
        if host in inner_hosts or is_public(ipaddress.ip_address(number)):
            return number
    raise _Forbidden


async def _read_a_little(answer: httpx.Response) -> None:
    size = 0
    async for part in answer.aiter_raw():
        size += len(part)
        if size > MOST_BYTES:
            return


def read_retry_after(text: str, now: datetime | None = None) -> int | None:
    """Return the seconds that a Retry-After header asks for, as a number or a date; None if it is neither."""
    if text.isascii() and text.isdigit() and len(text) < 9:
        return int(text)
    try:
        moment = parsedate_to_datetime(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0, round((moment - (now or datetime.now(UTC))).total_seconds()))
    except (ValueError, OverflowError):
        return None
