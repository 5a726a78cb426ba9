"""How often is too often. Counts are kept in this process's memory, also where several processes serve: then up to as
many times as much gets through, and no vote ever waits for Redis.

The environment's LIMITS changes them: `LIMITS=join=2000/5minutes,vote=20/second`.

Limits by address leave room for a whole office behind one address; they are there against scripts. Addresses in
TRUSTED_ADDRESSES (loopback by default) are not limited, and a reverse proxy among them is believed about its client.
"""

import time
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from opendev.core import metrics
from opendev.core.errors import TooOften
from opendev.core.newcomers import newcomers

# kind: how often one address (or one attendee) may do it
LIMITS = {
    "wrong_code": "30/minute",  # a million codes, a few live: guessing one takes weeks
    "join": "900/5minutes",  # 300 people behind one address, each with three devices
    "sign_in": "20/5minutes",
    "ask": "6/minute",  # one attendee; somebody with more to say may write it in the notes
    "ask_network": "60/minute",  # one network's questions: a hall of 1,000 behind one address asks fewer
    "ask_newcomers": "12/minute",  # those of its people who joined less than two minutes ago (floods.py)
    "sign_up_network": "200/minute",  # one network's sign-ups: a hall that is asked to sign up does it at once
    "sign_up_newcomers": "40/minute",
    "vote": "10/second",  # one attendee by page and REST; sockets bound what is unanswered
    "write": "60/10second",  # one address, REST writes by signed-in programs and strangers
    "slowed": "30/minute",  # one network whose newcomers do not show themselves (newcomers.py)
}


# Made here and not when it is first asked for: two threads that ask at once would count in one each.
_counts = MemoryStorage()
_limiter = MovingWindowRateLimiter(_counts)


@lru_cache
def _limit(kind: str) -> RateLimitItem:
    return parse(settings.LIMITS.get(kind, LIMITS[kind]))


def check_settings() -> None:
    """Read the LIMITS of the environment once, at the start.

    Raises:
        ImproperlyConfigured: no such limit, or not of the form `30/minute`.
    """
    for kind, text in settings.LIMITS.items():
        try:
            parse(text)
        except ValueError:
            raise ImproperlyConfigured(f"LIMITS: {kind}={text} must be like {kind}=30/minute.") from None
        if kind not in LIMITS:
            raise ImproperlyConfigured(f"LIMITS: there is no limit {kind}; there are {', '.join(LIMITS)}.")


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
    """Return the address of a request's client."""
    return last_untrusted(
        str(request.META.get("REMOTE_ADDR", "")), request.headers.get("X-Forwarded-For", "")
    )


def socket_address(scope: Mapping[str, Any]) -> str:
    """Return the address of the client of an ASGI connection."""
    client = scope.get("client")
    forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return last_untrusted(client[0] if client else "", ",".join(forwarded))


def last_untrusted(address: str, forwarded: str) -> str:
    """Return who stands behind trusted proxies: the last hop that is not one of them."""
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    while hops and is_trusted(address):
        address = hops.pop()
    return address


def network_of(address: str) -> str:
    """Return who is counted as one: an IPv4 address, or the /64 that one IPv6 connection usually has to itself."""
    try:
        known = ip_address(address)
    except ValueError:
        return address[:64]
    if known.version == 4:
        return str(known)
    mapped = known.ipv4_mapped
    return str(mapped or ip_network((int(known) >> 64 << 64, 64)))


def forget_all() -> None:
    """Begin counting anew, as after a restart."""
    _counts.reset()
    newcomers.forget_all()


def check_limit(kind: str, who: str) -> None:
    """Count one more try of `who`.

    Raises:
        TooOften: with the seconds to wait.
    """
    limit = _limit(kind)
    if not _limiter.hit(limit, kind, who):
        metrics.REFUSED.labels(kind).inc()
        raise _too_often(limit, kind, who)


def check_address(kind: str, request: HttpRequest) -> None:
    """Count one more try from the request's address, unless it is trusted.

    Raises:
        TooOften
    """
    if (network := limited_network(request)) is not None:
        check_limit(kind, network)


def check_join(request: HttpRequest) -> None:
    """Count a request to join from the request's network; one whose newcomers stay unseen is slowed.

    Raises:
        TooOften
    """
    if (network := limited_network(request)) is not None:
        check_limit("join", network)
        if newcomers.is_slowed(network):
            check_limit("slowed", network)


def check_vote(request: HttpRequest, attendee_id: int) -> None:
    """Count a vote by page or REST; that of somebody unseen, from a slowed network, against the network too.

    Raises:
        TooOften
    """
    check_limit("vote", str(attendee_id))
    network = limited_network(request) if newcomers.is_unseen(attendee_id) else None
    if network is not None and newcomers.is_slowed(network):
        check_limit("slowed", network)


def limited_network(request: HttpRequest) -> str | None:
    """Return the network that a request is counted against; None where its address is trusted."""
    address = client_address(request)
    return None if is_trusted(address) else network_of(address)


def _too_often(limit: RateLimitItem, kind: str, who: str) -> TooOften:
    stats = _limiter.get_window_stats(limit, kind, who)
    error = TooOften()
    error.retry_after = max(1, ceil(stats.reset_time - time.time()))
    return error
