"""The HTTP of an Etherpad server: exports that need no key, and its HTTP API. Synchronous; callers own the thread."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from etherpad_links.padserver.addresses import PadAddress, Reach, ServerAddress, on_same_server
from etherpad_links.padserver.errors import (
    AddressForbidden,
    PadMissing,
    PadRefused,
    PadTrouble,
    PadUnreachable,
    RateLimited,
)

CONNECT_S = 3.0
READ_S = 5.0
MOST_BYTES = 4 * 1024 * 1024  # a pad is 100 kB at most where it was made by the API; people may write more
MOST_REDIRECTS = 3
NEWEST_API = (1, 3, 0)  # what this module speaks; an older server says so itself


def export_text(address: PadAddress, reach: Reach) -> str:
    """Return the pad's text. Needs no key; servers limit it to ten in 90 s.

    Raises:
        PadMissing, PadRefused, RateLimited, PadUnreachable, AddressForbidden
    """
    return _request(reach, address.server, "GET", f"{address.url}/export/txt").decode(errors="replace")


def exists(address: PadAddress, reach: Reach) -> bool:
    """Whether the server has the pad. Asking so does not create it, as opening it would.

    Raises:
        PadRefused, RateLimited, PadUnreachable, AddressForbidden
    """
    try:
        export_text(address, reach)
    except PadMissing:
        return False
    return True


class HttpApi:
    """The functions of the HTTP API that we use. All of them act on pads that nobody has open yet, or only read."""

    def __init__(self, server: ServerAddress, key: str, reach: Reach) -> None:
        self.server, self.key, self.reach = server, key, reach
        self.version = ""

    def create_pad(self, name: str, text: str) -> None:
        """Make a pad with a text of less than 100 kB; one that is there already stays as it is."""
        try:
            self._call("createPad", padID=name, text=text)
        except PadRefused as refusal:
            if "already exist" not in str(refusal):
                raise

    def copy_pad(self, template: str, name: str) -> None:
        """Make a pad from another, with its lists and bold words; one that is there already stays as it is."""
        try:
            self._call("copyPadWithoutHistory", sourceID=template, destinationID=name, force="false")
        except PadRefused as refusal:
            if "already exist" not in str(refusal):
                raise

    def read_only_id(self, name: str) -> str:
        """Return the name under which people may read the pad and not write into it."""
        return str(self._call("getReadOnlyID", padID=name)["readOnlyID"])

    def _call(self, function: str, **values: str) -> Mapping[str, Any]:
        """Call a function, always by a form in the body: newer servers hang on JSON, and logs keep addresses.

        Raises:
            PadMissing, PadRefused, RateLimited, PadUnreachable, AddressForbidden
        """
        self.version = self.version or self._read_version()
        url = f"{self.server.url}/api/{self.version}/{function}"
        answer = _json(_request(self.reach, self.server, "POST", url, form={"apikey": self.key, **values}))
        if answer.get("code") == 0:
            return answer.get("data") or {}
        message = str(answer.get("message"))
        raise (PadMissing if "does not exist" in message else PadRefused)(f"{function}: {message}")

    def _read_version(self) -> str:
        answer = _json(_request(self.reach, self.server, "GET", f"{self.server.url}/api"))
        try:
            offered = tuple(int(part) for part in str(answer["currentVersion"]).split("."))
        except (KeyError, ValueError) as error:
            raise PadUnreachable("the server names no version of its API") from error
        return ".".join(map(str, min(offered, NEWEST_API)))


def _json(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise PadUnreachable("the answer is not JSON; perhaps this is no Etherpad server")
    return answer


def _request(
    reach: Reach, server: ServerAddress, method: str, url: str, *, form: Mapping[str, str] | None = None
) -> bytes:
    """Return the body of an answer; redirects of a GET are followed as long as they stay on the host."""
    timeout = httpx.Timeout(READ_S, connect=CONNECT_S)
    with httpx.Client(trust_env=False, timeout=timeout) as client:
        for _ in range(MOST_REDIRECTS + 1):
            status, headers, body = _ask(client, reach, server, method, url, form)
            if not 300 <= status < 400:
                return _accepted(status, headers, body)
            url = urljoin(url, headers.get("location", ""))
            target = on_same_server(server, url)
            if target is None or method != "GET":
                raise AddressForbidden(f"{server.host} sends us elsewhere")
            server = target
    raise PadUnreachable("the server sends us in circles")


def _ask(
    client: httpx.Client,
    reach: Reach,
    server: ServerAddress,
    method: str,
    url: str,
    form: Mapping[str, str] | None,
) -> tuple[int, httpx.Headers, bytes]:
    """Ask once, at the numeric address that was checked; certificate and Host header are the name's."""
    number = reach.resolve(server)
    parts = urlsplit(url)
    target = httpx.URL(scheme=server.scheme, host=number, port=server.port, raw_path=_path(parts))
    try:
        with client.stream(
            method,
            target,
            data=form,
            headers={"Host": server.host_and_port},
            extensions={"sni_hostname": server.host},
        ) as answer:
            return answer.status_code, answer.headers, _limited(answer)
    except httpx.HTTPError as error:
        raise PadUnreachable(f"{server.host} does not answer ({type(error).__name__})") from error


def _path(parts: Any) -> bytes:
    return (parts.path + (f"?{parts.query}" if parts.query else "")).encode()


def _limited(answer: httpx.Response) -> bytes:
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > MOST_BYTES:
            raise PadRefused("the answer is larger than any pad that we take")
    return bytes(body)


def _accepted(status: int, headers: httpx.Headers, body: bytes) -> bytes:
    if status == 404:
        raise PadMissing("the server has nothing there")
    if status in {401, 403}:
        raise PadRefused(f"the server does not let us in ({status})")
    if status == 429:
        wait = headers.get("retry-after", "")
        raise RateLimited("too many requests", float(wait) if wait.isdigit() else 90.0)
    if status != 200:
        raise _unexpected(status)
    return body


def _unexpected(status: int) -> PadTrouble:
    return PadUnreachable(f"the server answers {status}")
