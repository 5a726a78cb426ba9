"""Rate limits. Counts are in this process's memory, even if there are several processes: then up to that many times
as much gets through, and no vote ever waits for Redis.

The environment's LIMITS changes them: `LIMITS=join=2000/5minutes,vote=20/second`.

Limits by address leave room for a whole office behind one address; they are a protection against scripts. Addresses in
TRUSTED_ADDRESSES (loopback by default) are not limited, and the headers of a reverse proxy among them are trusted.
"""

import time
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network
from math import ceil
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from opendev.core import metrics
from opendev.core.errors import TooOften
from opendev.core.newcomers import newcomers

# name: how often one address (or one attendee) may do it
LIMITS = {
    "wrong_code": "30/minute",  # a million codes, few of them valid: guessing one takes weeks
    "join": "900/5minutes",  # 300 people behind one address, each with three devices
    "sign_in": "20/5minutes",
    "mail": "5/15minutes",  # emails with codes to one address
    "account": "30/15minutes",  # wrong passwords for one account, from any address; sign-in links still work
    "ask": "6/minute",  # one attendee; people with more to say can use the notes
    "ask_network": "60/minute",  # one network's questions: a hall of 1,000 behind one address asks fewer
    "ask_newcomers": "12/minute",  # of its people who joined less than two minutes ago (floods.py)
    "suggest": "6/minute",  # one attendee's suggestions for follow-ups
    "suggest_network": "60/minute",  # one network's
    "suggest_newcomers": "12/minute",
    "sign_up_network": "200/minute",  # one network's sign-ups: when asked, a whole hall signs up at once
    "sign_up_newcomers": "40/minute",
    "react": "1/2second",  # one attendee's reactions: applause is one tap, the presenter screen shows how many clap
    "pace": "12/minute",  # one attendee's pace signals
    "vote": "10/second",  # one attendee by page and REST; sockets limit unanswered commands
    "write": "60/10second",  # one address, REST writes by signed-in programs and strangers
    "slowed": "30/minute",  # one network whose newcomers open no page or socket (newcomers.py)
}


# Created here and not on first use: two threads at once would otherwise count separately.
_counts = MemoryStorage()
_limiter = MovingWindowRateLimiter(_counts)


@lru_cache
def _limit(kind: str, share: int = 1) -> RateLimitItem:
    limit = parse(settings.LIMITS.get(kind, LIMITS[kind]))
    return type(limit)(limit.amount * share, limit.multiples)


def check_settings() -> None:
    """Read the environment's LIMITS once, at startup.

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


MOST_ADDRESSES = 10_000  # whose networks are kept; each is asked for several times a request


@lru_cache
def _networks(addresses: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(ip_network(address) for address in addresses)


def is_trusted(address: str) -> bool:
    """Return True if an address is one of TRUSTED_ADDRESSES; False for anything that is not an address."""
    return _is_in(address, tuple(settings.TRUSTED_ADDRESSES))


@lru_cache(maxsize=MOST_ADDRESSES)
def _is_in(address: str, networks: tuple[str, ...]) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in _networks(networks))


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
    """Return the client behind trusted proxies: the last hop that is not one of them, without its port."""
    hops = [hop for hop in map(_without_port, forwarded.split(",")) if hop]
    while hops and is_trusted(address):
        address = hops.pop()
    return address


def _without_port(hop: str) -> str:
    """Return a hop of X-Forwarded-For without its port. Some proxies write `192.0.2.1:4001` or `[2001:db8::1]:443`."""
    hop = hop.strip().strip('"')
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    host, colon, port = hop.rpartition(":")
    return host if colon and port.isdigit() and "." in host and ":" not in host else hop


class Network(NamedTuple):
    """Clients that are counted together, and by which factor their common limit is higher."""

    name: str
    share: int


SITE_SHARE = 8  # a /48 has 65,536 networks of /64; it may do as much as eight of them


def network_of(address: str) -> str:
    """Return the network that counts as one client: an IPv4 address, or an IPv6 /64, the size of one connection."""
    return networks_of(address)[0].name


@lru_cache(maxsize=MOST_ADDRESSES)
def networks_of(address: str) -> tuple[Network, ...]:
    """Return every network that an address counts against: its own, and for IPv6 also the /48 around it.

    One customer may own a /48 and change the /64 with each request, so a /48 has a limit too: `SITE_SHARE` times that
    of a /64.
    """
    try:
        known = ip_address(address)
    except ValueError:
        return (Network(address[:64], 1),)
    if known.version == 4:
        return (Network(str(known), 1),)
    if known.ipv4_mapped:
        return (Network(str(known.ipv4_mapped), 1),)
    number = int(known)
    own, site = ip_network((number >> 64 << 64, 64)), ip_network((number >> 80 << 80, 48))
    return (Network(str(own), 1), Network(str(site), SITE_SHARE))


def forget_all() -> None:
    """Reset all counts, as after a restart."""
    _counts.reset()
    newcomers.forget_all()


def check_limit(kind: str, who: str, share: int = 1) -> None:
    """Count one more try by `who`, who may try `share` times as often as the limit says.

    Raises:
        TooOften: with the seconds to wait.
    """
    limit = _limit(kind, share)
    if not _limiter.hit(limit, kind, who):
        metrics.REFUSED.labels(kind).inc()
        raise _too_often(limit, kind, who)


def check_failures(kind: str, who: str) -> None:
    """Refuse a try when `who` has failed too often; the try itself is not counted (see `count_failure`).

    Raises:
        TooOften: with the seconds to wait.
    """
    limit = _limit(kind)
    if not _limiter.test(limit, kind, who):
        metrics.REFUSED.labels(kind).inc()
        raise _too_often(limit, kind, who)


def count_failure(kind: str, who: str) -> None:
    """Count one failed try of `who`."""
    _limiter.hit(_limit(kind), kind, who)


def check_address(kind: str, request: HttpRequest) -> None:
    """Count a try from the request's networks, unless its address is trusted.

    Raises:
        TooOften
    """
    for network in limited_networks(request):
        check_limit(kind, *network)


def check_join(request: HttpRequest) -> None:
    """Count a join from the request's networks; a network whose newcomers stay unseen is slowed.

    Raises:
        TooOften
    """
    for network in limited_networks(request):
        check_limit("join", *network)
        if newcomers.is_slowed(network.name):
            check_limit("slowed", *network)


def check_vote(request: HttpRequest, attendee_id: int) -> None:
    """Count a vote by page or REST; an unseen newcomer's, from a slowed network, also counts against the network.

    Raises:
        TooOften
    """
    check_limit("vote", str(attendee_id))
    if not newcomers.is_unseen(attendee_id):
        return
    for network in limited_networks(request):
        if newcomers.is_slowed(network.name):
            check_limit("slowed", *network)


def limited_networks(request: HttpRequest) -> tuple[Network, ...]:
    """Return the networks that a request counts against; none if its address is trusted."""
    address = client_address(request)
    return () if is_trusted(address) else networks_of(address)


def _too_often(limit: RateLimitItem, kind: str, who: str) -> TooOften:
    stats = _limiter.get_window_stats(limit, kind, who)
    error = TooOften()
    error.retry_after = max(1, ceil(stats.reset_time - time.time()))
    return error
