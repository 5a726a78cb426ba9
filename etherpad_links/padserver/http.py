"""The HTTP of an Etherpad server: exports that need no key, and its HTTP API.

Functions are synchronous, for callers with their own thread; names that end in `_async` are for the worker's loop. Each
request has one deadline from the first byte to the last, so that a slow server delays nobody.
"""

import asyncio
import json
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from etherpad_links.padserver.addresses import PadAddress, Reach, ServerAddress, on_same_server
from etherpad_links.padserver.errors import (
    AddressForbidden,
    KeyRefused,
    PadMissing,
    PadRefused,
    PadTrouble,
    PadUnreachable,
    RateLimited,
    ServerSilent,
)
from etherpad_links.padserver.tokens import TOKEN_PATH, ClientCredentials, forget_token, token_of
from opendev.core.outbound import http_client

CONNECT_S = 3.0
READ_S = 5.0
DEADLINE_S = 10.0  # for a whole request, redirects included
MOST_BYTES = 4 * 1024 * 1024  # a pad created by the API has at most 100 kB; people may write more
MOST_REDIRECTS = 3
LIMIT_S = 90.0  # the window of a server's limit, unless it says otherwise
NOT_LET_IN = {401, 403}
WRONG_KEY = 4  # code of the API's answer
Result = TypeVar("Result")
NEWEST_API = (1, 3, 0)  # the version that this module uses; an older server reports its own


def export_text(address: PadAddress, reach: Reach) -> str:
    """Return the pad's text. Needs no key; servers limit it to ten in 90 s.

    Raises:
        PadMissing, PadRefused, RateLimited, PadUnreachable, AddressForbidden
    """
    return _wait_for(_export(address, reach)).decode(errors="replace")


def exists(address: PadAddress, reach: Reach) -> bool:
    """Return True if the server has the pad. Unlike opening it, this does not create it.

    Raises:
        PadRefused, RateLimited, PadUnreachable, AddressForbidden
    """
    return _wait_for(exists_async(address, reach))


async def exists_async(address: PadAddress, reach: Reach) -> bool:
    """The same, for a loop."""
    try:
        await _export(address, reach)
    except PadMissing:
        return False
    return True


async def _export(address: PadAddress, reach: Reach) -> bytes:
    """Return the pad's text as the server sends it.

    Beyond its limit Etherpad 1.8 answers 429, and 2.5 and 3.3 never answer at all. A server that is silent here
    but answers something else is not down: it limits us.
    """
    server = address.server
    try:
        return await _request(reach, server, "GET", f"{address.url}/export/txt")
    except ServerSilent as silence:
        try:
            await _request(reach, server, "GET", f"{server.url}/api")
        except PadTrouble:
            raise silence from None
        raise RateLimited("the server answers, but no export", LIMIT_S) from silence


def _wait_for(work: Coroutine[Any, Any, Result]) -> Result:
    """Return the result of a coroutine, even if the caller's thread already has a loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class HttpApi:
    """The functions of the HTTP API that we use. They only read, or act on pads that nobody has open yet.

    We use a key (`authenticationMethod: "apikey"`), or the credentials of an OIDC client ("sso", the default
    of Etherpad 2 and 3), for which the server issues a token.
    """

    def __init__(
        self, server: ServerAddress, key: str, reach: Reach, client: ClientCredentials | None = None
    ) -> None:
        self.server, self.key, self.reach, self.client = server, key, reach, client
        self.version = ""

    def create_pad(self, name: str, text: str) -> None:
        """Create a pad with a text of less than 100 kB; an existing one is not changed."""
        try:
            self._call("createPad", padID=name, text=text)
        except PadRefused as refusal:
            if "already exist" not in str(refusal):
                raise

    def copy_pad(self, template: str, name: str) -> None:
        """Create a pad from another, with its lists and bold words; an existing one is not changed."""
        try:
            self._call("copyPadWithoutHistory", sourceID=template, destinationID=name, force="false")
        except PadRefused as refusal:
            if "already exist" not in str(refusal):
                raise

    def read_only_id(self, name: str) -> str:
        """Return the pad's read-only name."""
        return str(self._call("getReadOnlyID", padID=name)["readOnlyID"])

    async def has_pad_async(self, name: str) -> bool:
        """Return True if the server has the pad. Servers do not limit this call."""
        try:
            await self._call_async("getRevisionsCount", padID=name)
        except PadMissing:
            return False
        return True

    def _call(self, function: str, **values: str) -> Mapping[str, Any]:
        return _wait_for(self._call_async(function, **values))

    async def _call_async(self, function: str, **values: str) -> Mapping[str, Any]:
        """Call a function, always with a form in the body: newer servers hang on JSON, and addresses end up in logs.

        Raises:
            KeyRefused: no key, a wrong one, or one that the server does not accept
            PadMissing, PadRefused, RateLimited, PadUnreachable, AddressForbidden
        """
        self.version = self.version or await self._read_version()
        url = f"{self.server.url}/api/{self.version}/{function}"
        answer = _json(await self._post(url, values))
        if answer.get("code") == 0:
            return answer.get("data") or {}
        message = str(answer.get("message"))
        if answer.get("code") == WRONG_KEY:
            raise KeyRefused(f"{function}: {message}")
        raise (PadMissing if "does not exist" in message else PadRefused)(f"{function}: {message}")

    async def _post(self, url: str, values: Mapping[str, str]) -> bytes:
        if self.client is None:
            return await _request(self.reach, self.server, "POST", url, form={"apikey": self.key, **values})
        token = await token_of(self.server, self.client, self._ask_for_token)
        try:
            return await _request(self.reach, self.server, "POST", url, form=values, bearer=token)
        except KeyRefused:  # the server was restarted, and no longer knows its own tokens
            forget_token(self.server, self.client)
            token = await token_of(self.server, self.client, self._ask_for_token)
            return await _request(self.reach, self.server, "POST", url, form=values, bearer=token)

    async def _ask_for_token(self, form: Mapping[str, str], basic: str) -> Mapping[str, Any]:
        url = f"{self.server.url}{TOKEN_PATH}"
        return _json(await _request(self.reach, self.server, "POST", url, form=form, basic=basic))

    async def _read_version(self) -> str:
        answer = _json(await _request(self.reach, self.server, "GET", f"{self.server.url}/api"))
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


async def _request(
    reach: Reach,
    server: ServerAddress,
    method: str,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    bearer: str = "",
    basic: str = "",
) -> bytes:
    """Return the body of a response; redirects of a GET are followed as long as they stay on the host."""
    shown = f"Bearer {bearer}" if bearer else f"Basic {basic}" if basic else ""
    try:
        async with asyncio.timeout(DEADLINE_S):
            return await _follow(reach, server, method, url, form, shown)
    except TimeoutError:
        raise PadUnreachable(f"{server.host} takes more than {DEADLINE_S:.0f} s to answer") from None


async def _follow(
    reach: Reach,
    server: ServerAddress,
    method: str,
    url: str,
    form: Mapping[str, str] | None,
    authorization: str,
) -> bytes:
    async with http_client(read_s=READ_S, connect_s=CONNECT_S) as client:
        for _ in range(MOST_REDIRECTS + 1):
            status, headers, body = await _ask(client, reach, server, method, url, form, authorization)
            if status in NOT_LET_IN and form is not None:
                raise KeyRefused(f"the server does not take our key ({status})")
            if not 300 <= status < 400:
                return _accepted(status, headers, body)
            url = urljoin(url, headers.get("location", ""))
            target = on_same_server(server, url)
            if target is None or method != "GET":
                raise AddressForbidden(f"{server.host} sends us elsewhere")
            server = target
    raise PadUnreachable("the server sends us in circles")


async def _ask(
    client: httpx.AsyncClient,
    reach: Reach,
    server: ServerAddress,
    method: str,
    url: str,
    form: Mapping[str, str] | None,
    authorization: str,
) -> tuple[int, httpx.Headers, bytes]:
    """Send one request to the checked numeric address; certificate and Host header use the name."""
    number = await asyncio.to_thread(reach.resolve, server)
    parts = urlsplit(url)
    target = httpx.URL(scheme=server.scheme, host=number, port=server.port, raw_path=_path(parts))
    try:
        async with client.stream(
            method,
            target,
            data=form,
            headers={
                "Host": server.host_and_port,
                **({"Authorization": authorization} if authorization else {}),
            },
            extensions={"sni_hostname": server.host},
        ) as answer:
            return answer.status_code, answer.headers, await _limited(answer)
    except httpx.ReadTimeout as error:
        raise ServerSilent(f"{server.host} does not answer within {READ_S:.0f} s") from error
    except httpx.HTTPError as error:
        raise PadUnreachable(f"{server.host} does not answer ({type(error).__name__})") from error


def _path(parts: Any) -> bytes:
    return (parts.path + (f"?{parts.query}" if parts.query else "")).encode()


async def _limited(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > MOST_BYTES:
            raise PadRefused("the answer is larger than any pad that we take")
    return bytes(body)


def _accepted(status: int, headers: httpx.Headers, body: bytes) -> bytes:
    if status == 404:
        raise PadMissing("the server has nothing there")
    if status in NOT_LET_IN:
        raise PadRefused(f"the server does not let us in ({status})")
    if status == 429:
        wait = headers.get("retry-after", "")
        raise RateLimited("too many requests", float(wait) if wait.isdigit() else LIMIT_S)
    if status != 200:
        raise _unexpected(status)
    return body


def _unexpected(status: int) -> PadTrouble:
    return PadUnreachable(f"the server answers {status}")
