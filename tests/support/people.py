"""People at the product's three doors: pages with cookies, REST with a token, the socket.

Every refusal comes back as one `Answer`, so that a test can say that the doors agree.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, Protocol

import httpx
import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.utils import timezone
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from opendev.core.attendance import AttendeePass, pass_cookie_name, sign_pass
from opendev.core.cookie_store import SessionStore
from sessions.access.services import make_api_token

CSRF = "c" * 32
CODE_IN_PAGE = re.compile(r'data-code="([^"]+)"')


class Address(Protocol):
    """A served product: tests.support.server.Server or tests.support.inner_server.InnerServer."""

    url: str

    @property
    def socket_url(self) -> str: ...


@dataclass(frozen=True)
class Answer:
    """What came of a deed: `code` is "" when it was done."""

    status: int
    code: str = ""
    fields: frozenset[str] = frozenset()
    body: Any = field(default=None, compare=False)
    text: str = field(default="", compare=False, repr=False)


def of_page(response: httpx.Response) -> Answer:
    """A page says its refusal's code in `data-code`; a deed that was done leads on to another page."""
    if response.status_code < 400:
        return Answer(200, text=response.text)
    found = CODE_IN_PAGE.search(response.text)
    return Answer(response.status_code, html.unescape(found[1]) if found else "no code", text=response.text)


def of_rest(response: httpx.Response) -> Answer:
    body: Any = response.json() if response.content else {}
    if response.status_code < 400:
        return Answer(200, body=body, text=response.text)
    fields = frozenset(body.get("fields", {}))
    return Answer(response.status_code, body["code"], fields, body=body, text=response.text)


def read_whole(response: httpx.Response) -> None:
    """Hooks are called before the body was read."""
    response.read()


class Socket:
    """A socket from a thread that blocks; news are kept in `heard`."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.refs = count(1)
        self.heard: list[dict[str, Any]] = []
        self.snapshot = self.receive()

    def receive(self, *, seconds: float = 10) -> dict[str, Any]:
        frame = json.loads(self.connection.recv(timeout=seconds))
        assert isinstance(frame, dict)
        return frame

    def ask(self, type: str, **fields: Any) -> dict[str, Any]:
        """Send a command and return its ok or error."""
        ref = next(self.refs)
        self.connection.send(json.dumps({"type": type, "ref": ref, **fields}))
        while True:
            frame = self.receive()
            if frame.get("ref") == ref:
                return frame
            self.heard.append(frame)

    def next(self, type: str, **fields: Any) -> dict[str, Any]:
        """The next news of this type with these fields."""

        def fits(frame: dict[str, Any]) -> bool:
            return frame["type"] == type and all(frame.get(key) == value for key, value in fields.items())

        for frame in self.heard:
            if fits(frame):
                self.heard.remove(frame)
                return frame
        while not fits(frame := self.receive()):
            self.heard.append(frame)
        return frame

    def drain(self, *, quiet: float = 0.4) -> list[dict[str, Any]]:
        """All frames until nothing came for `quiet` seconds."""
        frames, self.heard = self.heard, []
        while True:
            try:
                frames.append(self.receive(seconds=quiet))
            except TimeoutError:
                return frames


def forwarded_for(address: str) -> dict[str, str]:
    """The header of a client behind a proxy on this machine; without an address none."""
    return {"X-Forwarded-For": address} if address else {}


@contextmanager
def open_socket(
    server: Address,
    session_id: object,
    *,
    token: str | None = None,
    cookies: dict[str, str] | None = None,
    origin: str | None = "own",
    view: str = "",
    embed: str = "",
    address: str = "",
) -> Iterator[Socket]:
    """Open a session's socket, an embed's by its link; a refused handshake raises `InvalidStatus`."""
    headers = forwarded_for(address)
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    said = server.url if origin == "own" else origin
    path = f"/ws/sessions/{session_id}/" + (f"embed/{embed}/" if embed else f"?view={view}" if view else "")
    with connect(
        server.socket_url + path,
        origin=Origin(said) if said else None,
        additional_headers=headers,
        compression=None,
        proxy=None,
    ) as connection:
        yield Socket(connection)


def sign_in_cookie(user: User) -> str:
    """The cookie of somebody who signed in."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    assert store.session_key is not None
    return store.session_key


class Person:
    """Somebody with a browser and a program; perhaps signed in, perhaps an attendee, perhaps both or neither."""

    def __init__(
        self,
        server: Address,
        *,
        user: User | None = None,
        attendee: AttendeePass | None = None,
        address: str = "",
        watch: Callable[[httpx.Response], None] | None = None,
    ) -> None:
        self.server, self.user, self.attendee, self.address = server, user, attendee, address
        self.cookies = {"csrftoken": CSRF}
        if user is not None:
            self.cookies["sessionid"] = sign_in_cookie(user)
        if attendee is not None:
            self.cookies[pass_cookie_name(attendee.event_id)] = sign_pass(attendee)
        self.browser = httpx.Client(
            base_url=server.url,
            cookies=self.cookies,
            headers=forwarded_for(address),
            trust_env=False,
            verify=False,
            timeout=20,
        )
        self.program = httpx.Client(
            base_url=f"{server.url}/api/v1/",
            headers=forwarded_for(address),
            trust_env=False,
            verify=False,  # nothing is encrypted here, and reading the certificates takes a while
            timeout=20,
            event_hooks={"response": [read_whole, watch] if watch else []},
        )
        lasts, now = timedelta(days=1), timezone.now()
        self.api_token = make_api_token(user=user, name="", lasts=lasts, now=now) if user else None
        self.pass_token = sign_pass(attendee) if attendee else None
        self.screen = ""  # the address of the presenter screen that a display was given

    @property
    def token(self) -> str | None:
        """What their program shows: a signed-in person's API token, else the attendee's."""
        return self.api_token or self.pass_token

    def close(self) -> None:
        self.browser.close()
        self.program.close()

    def get(self, path: str) -> httpx.Response:
        """Load a page."""
        return self.browser.get(path)

    def post(self, path: str, **fields: Any) -> Answer:
        """Send a form of a page."""
        return of_page(self.browser.post(path, data=fields, headers={"X-CSRFToken": CSRF}))

    def rest(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Call REST with a token (the pass where it is named, else `token`)."""
        shown = token or self.token
        all_headers = {**({"Authorization": f"Bearer {shown}"} if shown else {}), **(headers or {})}
        content = None
        if body is not None:  # as JSON that is ASCII, so that lone surrogates can be sent
            content, all_headers["Content-Type"] = json.dumps(body), "application/json"
        return of_rest(self.program.request(method, path, headers=all_headers, content=content))

    @contextmanager
    def socket(self, session_id: object, *, view: str = "") -> Iterator[Socket]:
        """The socket that their browser opens."""
        with open_socket(
            self.server, session_id, cookies=self.cookies, view=view, address=self.address
        ) as socket:
            yield socket

    def say(self, session_id: object, type: str, **fields: Any) -> Answer:
        """Open the socket, send one command, and return its answer; a refused handshake is `refused`."""
        try:
            with self.socket(session_id) as socket:
                frame = socket.ask(type, **fields)
        except InvalidStatus as refusal:
            return Answer(refusal.response.status_code, "refused")
        if frame["type"] == "ok":
            return Answer(200, body=frame)
        return Answer(
            0, frame["code"], frozenset(frame.get("fields", {})), body=frame, text=json.dumps(frame)
        )


@pytest.fixture
def watch_rest() -> Callable[[httpx.Response], None] | None:
    """What looks at every answer of REST; tests of REST put the OpenAPI document here."""
    return None


@pytest.fixture
def person(
    inner: Address, watch_rest: Callable[[httpx.Response], None] | None
) -> Iterator[Callable[..., Person]]:
    """`person(user=…, attendee=…)`: somebody at the doors of the inner server, perhaps of an address not trusted."""
    made: list[Person] = []

    def make(*, user: User | None = None, attendee: AttendeePass | None = None, address: str = "") -> Person:
        made.append(Person(inner, user=user, attendee=attendee, address=address, watch=watch_rest))
        return made[-1]

    yield make
    for one in made:
        one.close()
