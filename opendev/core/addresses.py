"""Web addresses in one form, so that two spellings of one origin are equal (RFC 6454, 4; RFC 3986, 6.2)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from opendev.core.limits import is_trusted

DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(address: str) -> str | None:
    """Return an address's origin as browsers write it: lower case, no default port. None if it has none.

    A host with letters beyond ASCII gets its IDNA form.
    """
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname
        ascii_host = host and (host if host.isascii() else host.encode("idna").decode())
    except ValueError:  # UnicodeError is one
        return None
    scheme = parts.scheme.lower()
    if not ascii_host or scheme not in DEFAULT_PORTS:
        return None
    shown = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    return f"{scheme}://{shown}" + ("" if port in {None, DEFAULT_PORTS[scheme]} else f":{port}")


def public_origin(address: str) -> str:
    """Return PUBLIC_URL in normalised form.

    Raises:
        ValueError: with a sentence for the operator; it is not an origin, or contains more than one.
    """
    origin = origin_of(address)
    if origin is None:
        raise ValueError(f"PUBLIC_URL must be an http or https address, not {address!r}.")
    parts = urlsplit(address)
    if parts.username is not None:
        raise ValueError("PUBLIC_URL must not have a user name or password in it.")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            f"PUBLIC_URL must not have a path: every page is served from the root. Use {origin}, "
            f"and have the proxy pass a host name of its own to this server, not {address!r}."
        )
    return origin


def own_origin(scope: Mapping[str, Any]) -> str | None:
    """Return the origin that a connection asked for: its Host, and its scheme or the one that a trusted proxy gives."""
    headers = {bytes(name): bytes(value).decode("latin-1") for name, value in scope["headers"]}
    scheme = {"ws": "http", "wss": "https"}.get(scope.get("scheme", "ws"), "http")
    client = scope.get("client")
    if not client or is_trusted(client[0]):
        forwarded = headers.get(b"x-forwarded-proto", "").split(",")[0].strip().lower()
        scheme = {"ws": "http", "wss": "https"}.get(forwarded, forwarded) or scheme
    return origin_of(f"{scheme}://{headers.get(b'host', '')}")
