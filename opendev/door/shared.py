"""Pages that are the same for everybody: rendered once, and served on the event loop (docs/adr/0044).

Two kinds of visitors see the same as everybody: those without any cookie except the choice of a language, and those who
have just joined without giving a name, for the first load of the room. A shared page is rendered from a request that
has no cookie, or only that newcomer's pass, so it cannot contain anything of somebody else. There is one per
language: this module decides which one a reader gets, and the page is rendered from a request for exactly that. Its
forms have no token: they are checked by their origin.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from http import HTTPStatus
from time import monotonic
from typing import Any

import brotli
from django.conf import settings

from opendev.core.kept import changes
from opendev.core.languages import chosen, language_of
from opendev.core.logs import new_id
from opendev.core.presence import last_news_at, note_page_load
from opendev.core.tickets import Ticket, tickets
from opendev.door import personal
from opendev.door.coding import Headers, best_coding, gzipped, header_of, is_unchanged
from opendev.door.threads import SHARED
from sessions.programme.models.events import RESERVED_SLUGS

LIFE_S = 1.0  # changes by other processes that send no news are shown after that
NEWS_S = 0.25  # as often as sockets are sent news
MOST_PAGES = 512
MOST_TRIES = (
    3  # wait for a page that was already being rendered, then for one that was started after the request
)
SLUG = r"[a-z0-9-]+"
PATHS = re.compile(
    rf"/(?:j/\d{{6}}/|join/|(?:{SLUG}/(?:recap/|follow-ups/|questions/|sessions/{SLUG}/(?:screen/)?)?)?)"
)
NOT_EVENTS = RESERVED_SLUGS - {"join"}
# Their own news reach the pages within NEWS_S, and hundreds of them arrive at once.
COME_AS_NEWS = re.compile(r".*/(?:j/\d+|join|attendees|ballot|vote|upvotes?|up)/")
SAFE = {"GET", "HEAD", "OPTIONS"}
PERSONAL = {b"cookie", b"authorization"}
TAKEN_ALONG = {b"host", b"x-forwarded-proto", b"x-forwarded-for"}
KEYS = TAKEN_ALONG - {b"x-forwarded-for"}  # which only limits read
REPLACED = {b"x-request-id", b"content-length", b"cache-control", b"expires", b"vary", b"etag"}
VARY = b"Accept-Encoding, Accept-Language, Cookie"
QUALITY = 5  # of Brotli: 1 ms for a room, a fifth smaller than gzip
Key = tuple[bytes, ...]


@dataclass(slots=True)
class Shared:
    """A rendered page, with its compressed forms, which are made on demand."""

    began_at: float
    headers: Headers
    body: bytes
    mark: str
    forms: dict[str, bytes] = field(default_factory=dict)

    def form(self, coding: str) -> bytes:
        """Return the body in an encoding. Nothing in it is secret, so its length may reveal its content."""
        if coding not in self.forms:
            self.forms[coding] = COMPRESS[coding](self.body)
        return self.forms[coding]

    def answer_to(self, scope: Any, *, is_personal: bool) -> tuple[int, Headers, bytes]:
        """Return status, headers and body.

        A newcomer's page has the tag that it will have as a personal page, which it soon is: then 304 if nothing is
        new.
        """
        asked = dict(scope["headers"])
        coding = best_coding(asked.get(b"accept-encoding", b"").decode("latin-1"), COMPRESS)
        etag = (personal.mark_of(self.body) if is_personal else f'"{self.mark}-{coding}"').encode()
        headers = [*self.headers, (b"x-request-id", new_id("r").encode()), (b"vary", VARY)]
        sent = b"W/" + etag if is_personal else etag
        headers += [(b"cache-control", b"no-cache, private"), (b"etag", sent)]
        if is_unchanged(asked.get(b"if-none-match", b"").decode("latin-1"), etag):
            return HTTPStatus.NOT_MODIFIED, headers, b""
        body = self.form(coding)
        headers.append((b"content-length", str(len(body)).encode()))
        if coding != "identity":
            headers.append((b"content-encoding", coding.encode()))
        return HTTPStatus.OK, headers, body


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: bytes(brotli.compress(body, quality=QUALITY)),
    "gzip": gzipped,
    "identity": lambda body: body,
}


class SharedPages:
    """Answers requests for shared pages; everything else goes on to the pages."""

    def __init__(self, pages: Any) -> None:
        self.pages = pages
        self.made: OrderedDict[Key, Shared] = OrderedDict()
        self.making: dict[Key, asyncio.Task[Shared | Answer]] = {}
        self.changed_at = 0.0  # when this process last changed something that a page may show

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Carry one request."""
        if scope["method"] not in SAFE:
            await self.pages(scope, receive, self._noting(scope, send))
            return
        ticket = _ticket_of(scope)
        page = await self.page(scope, ticket) if is_shared(scope, ticket) else None
        if page is None:
            await self.pages(scope, receive, send)
        elif isinstance(page, Answer):
            await _send(page.status, page.headers, page.body, scope, send)
        else:
            if ticket:
                note_page_load(ticket.session_id, ticket.attendee_id)
            await _send(*page.answer_to(scope, is_personal=ticket is not None), scope, send)

    def _noting(self, scope: Any, send: Any) -> Any:
        """Return a `send` that records the change before anybody can know of it."""
        if COME_AS_NEWS.fullmatch(scope["path"]):
            return send

        async def note_and_send(message: Any) -> None:
            self.changed_at = monotonic()
            changes.note()
            await send(message)

        return note_and_send

    async def page(self, scope: Any, ticket: Ticket | None) -> "Shared | Answer | None":
        """Return a page that is no older than the news at the time of the request; one at a time is rendered for all.

        None if it cannot be shared; only the request that it was rendered for gets it then.
        """
        key, asked_at = _key(scope, ticket), monotonic()
        for _try in range(MOST_TRIES):
            known = self.made.get(key)
            if known and self.is_fresh(known, asked_at):
                return known
            task = self.making.get(key)
            is_first = task is None
            if task is None:
                task = self.making[key] = asyncio.ensure_future(self._make(key, scope, ticket))
                task.add_done_callback(lambda _done: self.making.pop(key, None))
            made = await asyncio.shield(task)
            if isinstance(made, Answer):
                return made if is_first else None
            if self.is_fresh(made, asked_at):
                return made
        return None

    def is_fresh(self, page: "Shared", asked_at: float) -> bool:
        """Return True if the page shows everything that had changed when it was requested.

        The time for rendering does not count: else every page would be stale for a crowd whose arrivals are news.
        """
        age = asked_at - page.began_at
        if age <= 0:
            return True
        if page.began_at <= self.changed_at or age > LIFE_S:
            return False
        return page.began_at > last_news_at() or age < NEWS_S

    async def _make(self, key: Key, scope: Any, ticket: Ticket | None) -> "Shared | Answer":
        began_at = monotonic()
        answer = Answer()
        await self.pages(_makers_scope(scope, ticket), _never, answer.send)
        if answer.status != HTTPStatus.OK or any(name == b"set-cookie" for name, _value in answer.headers):
            return answer
        headers = [(name, value) for name, value in answer.headers if name not in REPLACED]
        mark = blake2b(answer.body, digest_size=9).hexdigest()
        page = self.made[key] = Shared(began_at, headers, answer.body, mark)
        self.made.move_to_end(key)
        while len(self.made) > MOST_PAGES:
            self.made.popitem(last=False)
        return page


class Answer:
    """Keeps the response of the pages."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 0, Headers(), b""

    async def send(self, message: Any) -> None:
        """Receive a message from the pages."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")


def is_shared(scope: Any, ticket: Ticket | None) -> bool:
    """Return True if a request asks for a page that everybody sees alike."""
    path = scope["path"]
    if scope["method"] == "OPTIONS" or scope["query_string"] or not PATHS.fullmatch(path) or settings.DEBUG:
        return False
    if path.strip("/") in NOT_EVENTS:
        return False
    personal_headers = [header for header in scope["headers"] if header[0] in PERSONAL]
    return ticket is not None or not personal_headers or _is_choice_alone(personal_headers)


def _is_choice_alone(headers: Headers) -> bool:
    """Return True if the only personal thing in a request is the chosen language."""
    return len(headers) == 1 and headers[0][0] == b"cookie" and bool(_chosen_in(headers[0][1]))


def _chosen_in(cookie: bytes) -> str:
    """Return the language of a Cookie header that contains nothing else; "" of any other."""
    name, _equals, value = cookie.decode("latin-1").partition("=")
    return chosen(value) if name == settings.LANGUAGE_COOKIE_NAME else ""


def _language_of(scope: Any) -> str:
    """Return the language that a shared page is shown in."""
    cookies = [value for name, value in scope["headers"] if name == b"cookie"]
    choice = _chosen_in(cookies[0]) if len(cookies) == 1 else ""
    return language_of(choice, header_of(scope, b"accept-language"))


def _key(scope: Any, ticket: Ticket | None) -> Key:
    along = [name + b":" + value for name, value in scope["headers"] if name in KEYS]
    return (
        b"fresh" if ticket else b"",
        _language_of(scope).encode(),
        scope["path"].encode(),
        scope.get("scheme", "").encode(),
        *sorted(along),
    )


def _makers_scope(scope: Any, ticket: Ticket | None) -> Any:
    """Return the request that a page is rendered from: without anything personal but a newcomer's own pass."""
    headers = [(name, value) for name, value in scope["headers"] if name in TAKEN_ALONG]
    headers.append((b"accept-language", _language_of(scope).encode()))
    if ticket:
        headers.append((b"cookie", ticket.cookie.encode("latin-1")))
    return {**scope, "method": "GET", "headers": headers, SHARED: True}


async def _never() -> Any:
    """Receive nothing: the first client may leave while the others still wait for the page."""
    await asyncio.Event().wait()


def _ticket_of(scope: Any) -> Ticket | None:
    """Redeem the ticket of a newcomer who loads the room for the first time."""
    cookies = [value for name, value in scope["headers"] if name == b"cookie"]
    return tickets.take(cookies[0].decode("latin-1"), scope["path"]) if len(cookies) == 1 else None


async def _send(status: int, headers: Headers, body: bytes, scope: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
