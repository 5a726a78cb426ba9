"""Addresses of pads: parsed from what people paste, and checked before any request."""

import ipaddress
import re
import socket
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlencode, urlsplit

from etherpad_links.padserver.errors import AddressForbidden, PadUnreachable
from opendev.core.networks import is_public

DEFAULT_PORTS = {"http": 80, "https": 443}
PAD_NAME = re.compile(r"(?:g\.[A-Za-z0-9]{16}\$)?[^$/\x00-\x1f\x7f]{1,50}")  # as the server itself requires


class NoPadAddress(ValueError):
    """The text is not the address of a pad; the message is a `reason` for code, in one word."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """An Etherpad server: scheme, host and port, and its base path ("" or "/notes")."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @property
    def host_and_port(self) -> str:
        """The value of the Host header, without the scheme's default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host_and_port}{self.prefix}"

    def pad(self, name: str) -> "PadAddress":
        """Return the address of a pad on this server, with the name in the server's own form."""
        return PadAddress(self, server_name(name))


@dataclass(frozen=True, slots=True)
class PadAddress:
    """A pad: its server, and its name or read-only id there."""

    server: ServerAddress
    name: str

    @property
    def url(self) -> str:
        """The page that people open."""
        return f"{self.server.url}/p/{quote(self.name, safe='$.-_~')}"

    @property
    def is_read_only(self) -> bool:
        """Return True if the name is a read-only id, with which nobody can write."""
        return self.name.startswith("r.")

    @property
    def socket_url(self) -> str:
        """The address of its realtime protocol; the server, not this number, determines the version of Engine.IO."""
        query = urlencode({"padId": self.name, "EIO": "4", "transport": "websocket"})
        return f"{self.server.url.replace('http', 'ws', 1)}/socket.io/?{query}"

    def at_line(self, number: int, *, user_name: str = "") -> str:
        """Return the page, scrolled to a line that counts from 1, with the reader's name filled in."""
        query = f"?{urlencode({'userName': user_name}, quote_via=quote)}" if user_name else ""
        return f"{self.url}{query}#L{number}"


def server_name(name: str) -> str:
    """Return a pad's name in Etherpad's form: spaces become underscores, then colons too ("Day 1: A" is Day_1__A).

    Spaces at the ends too: Etherpad strips nothing.

    Raises:
        NoPadAddress: "name"
    """
    name = re.sub(r":+", "_", re.sub(r"\s+", "_", name))
    if not PAD_NAME.fullmatch(name):
        raise NoPadAddress("name")
    return name


def read_server_address(text: str) -> ServerAddress:
    """Return the server in an address, ignoring the pad.

    Raises:
        NoPadAddress: "scheme", "host" or "login"
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise NoPadAddress("host") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise NoPadAddress("scheme")
    if "@" in parts.netloc:
        raise NoPadAddress("login")
    if not parts.hostname or port == 0 or re.search(r"[\s%\\]", parts.hostname):
        raise NoPadAddress("host")
    prefix, _, _ = f"{parts.path}/".partition("/p/")
    return ServerAddress(
        parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme], prefix.rstrip("/")
    )


def read_pad_address(text: str) -> PadAddress:
    """Return the pad of a pasted address, even if it is that of its time slider or of an export.

    Raises:
        NoPadAddress: "scheme", "host", "login", "path" or "name"
    """
    server = read_server_address(text)
    _, found, rest = urlsplit(text.strip()).path.partition("/p/")
    if not found:
        raise NoPadAddress("path")
    return server.pad(unquote(rest.partition("/")[0]))


@dataclass(frozen=True, slots=True)
class Reach:
    """The servers to which we may connect.

    `hosts`, if not empty, are the only ones. Addresses in private networks are only allowed for `own` servers, which
    the operator configured, or for all if `allows_private` is set.
    """

    hosts: frozenset[str] = frozenset()
    own: frozenset[tuple[str, int]] = frozenset()
    allows_private: bool = False

    def check_host(self, server: ServerAddress) -> None:
        """Refuse a server by its name.

        Raises:
            AddressForbidden
        """
        if self.hosts and server.host not in self.hosts and not self.is_own(server):
            raise AddressForbidden(f"{server.host} is not among the hosts that the operator allows")

    def is_own(self, server: ServerAddress) -> bool:
        return (server.host, server.port) in self.own

    def resolve(self, server: ServerAddress) -> str:
        """Return the numeric address to connect to: resolved once, checked, and then used, so that it cannot change.

        Raises:
            AddressForbidden: the host is not allowed, or all its addresses are private
            PadUnreachable: the host name cannot be resolved
        """
        self.check_host(server)
        try:
            found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise PadUnreachable(f"{server.host} has no address") from error
        numbers = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if self.allows_private or self.is_own(server):
            return numbers[0]
        for number in numbers:
            if is_public(ipaddress.ip_address(number)):
                return number
        raise AddressForbidden(f"{server.host} lies in a private network")


def on_same_server(server: ServerAddress, location: str) -> ServerAddress | None:
    """Return the target of a redirect if it stays on the host; it may go from http to https, but not back."""
    try:
        target = read_server_address(location)
    except NoPadAddress:
        return None
    upgrades = (server.scheme, target.scheme) == ("http", "https")
    same_origin = (target.scheme, target.port) == (server.scheme, server.port)
    if target.host != server.host or not (same_origin or upgrades):
        return None
    return replace(target, prefix=server.prefix)
