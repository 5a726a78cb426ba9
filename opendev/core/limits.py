"""How often is too often. Counts are kept in this process's memory, also where several processes serve: then up to as
many times as much gets through, and no vote ever waits for Redis.

Limits by address leave room for a whole office behind one address; they are there against scripts. Addresses in
TRUSTED_ADDRESSES (loopback by default) are not limited, and a reverse proxy among them is believed about its client.
"""

import time
from functools import lru_cache
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from opendev.core.errors import TooOften

# kind: how often one address (or one attendee) may do it
LIMITS = {
    "wrong_code": "30/minute",  # a million codes, a few live: guessing one takes weeks
    "join": "900/5minutes",  # 300 people behind one address, each with three devices
    "sign_in": "20/5minutes",
    "ask": "6/minute",  # one attendee; somebody with more to say may write it in the notes
    "vote": "10/second",  # one attendee by page and REST; sockets bound what is unanswered
    "write": "60/10second",  # one address, REST writes by signed-in programs and strangers
}


@lru_cache
def _limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


@lru_cache
def _limit(kind: str) -> RateLimitItem:
    return parse(LIMITS[kind])


@lru_cache
def _networks(addresses: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(ip_network(address) for address in addresses)


def is_trusted(address: str) -> bool:
    """Tell whether an address is one of TRUSTED_ADDRESSES; what is no address is not."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in _networks(tuple(settings.TRUSTED_ADDRESSES)))


def client_address(request: HttpRequest) -> str:
    """Return the client's address: behind trusted proxies, the last hop that is not one of them."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    while hops and is_trusted(address):
        address = hops.pop()
    return address


def forget_all() -> None:
    """Begin counting anew, as after a restart."""
    _limiter.cache_clear()


def check_limit(kind: str, who: str) -> None:
    """Count one more try of `who`.

    Raises:
        TooOften: with the seconds to wait.
    """
    limiter, limit = _limiter(), _limit(kind)
    if not limiter.hit(limit, kind, who):
        raise _too_often(limiter, limit, kind, who)


def check_address(kind: str, request: HttpRequest) -> None:
    """Count one more try from the request's address, unless it is trusted.

    Raises:
        TooOften
    """
    address = client_address(request)
    if not is_trusted(address):
        check_limit(kind, address)


def _too_often(limiter: MovingWindowRateLimiter, limit: RateLimitItem, kind: str, who: str) -> TooOften:
    stats = limiter.get_window_stats(limit, kind, who)
    error = TooOften()
    error.retry_after = max(1, ceil(stats.reset_time - time.time()))
    return error
