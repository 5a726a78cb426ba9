"""Refusals that are sent from the event loop, before a page thread is taken: JSON for REST, else a page."""

import json
from typing import Any

from django.conf import settings
from django.http.cookie import parse_cookie
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from opendev.core.errors import DomainError, TryLater
from opendev.core.languages import language_of
from opendev.core.logs import new_id
from opendev.door.coding import header_of

Headers = list[tuple[bytes, bytes]]


class TooLarge(DomainError):
    code, status, message = "too_large", 413, _("That is more than this address accepts.")


class LengthRequired(DomainError):
    code, status, message = "length_required", 411, _("Give the length of the body (Content-Length).")


class TooSlow(DomainError):
    code, status, message = "too_slow", 408, _("The request took too long to arrive. Try again.")


class AddressTooLong(DomainError):
    code, status, message = "address_too_long", 414, _("This address is too long.")


class Broken(DomainError):
    """A defect of ours."""

    code, status = "server_error", 500
    message = _("Something went wrong on our side. Try again in a moment.")


REFUSALS = (TooLarge, LengthRequired, TooSlow, AddressTooLong, TryLater, Broken)


def is_rest(path: str) -> bool:
    """Return True if responses at this path are JSON."""
    return path.startswith("/api/")


async def refuse(scope: Any, send: Any, kind: type[DomainError], *, closes: bool = False) -> None:
    """Answer a request with a refusal; `closes` then closes the connection, since more of a body may arrive."""
    rest = is_rest(scope["path"])
    language = language_of_scope(scope)
    body = _rendered(kind, language)[0 if rest else 1]
    headers: Headers = [
        (b"content-type", b"application/json" if rest else b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"content-language", language.encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-request-id", new_id("r").encode()),
    ]
    if kind.retry_after is not None:
        headers.append((b"retry-after", str(kind.retry_after).encode()))
        if scope["method"] == "GET" and not rest:
            headers.append((b"refresh", str(kind.retry_after).encode()))  # the page retries automatically
    if closes:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": kind.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def render_all() -> None:
    """Render every refusal in advance, in the default language: there is no time for it when it is needed."""
    for kind in REFUSALS:
        _rendered(kind, settings.LANGUAGE_CODE)


_bodies: dict[tuple[str, str], tuple[bytes, bytes]] = {}


def language_of_scope(scope: Any) -> str:
    """Return the language of the sender of a request, or of a socket's owner."""
    cookie = parse_cookie(header_of(scope, b"cookie")).get(settings.LANGUAGE_COOKIE_NAME)
    return language_of(cookie, header_of(scope, b"accept-language"))


def _rendered(kind: type[DomainError], language: str) -> tuple[bytes, bytes]:
    """Return a refusal as JSON and as a page; nothing here awaits, so the language stays that of this caller."""
    if (kind.code, language) not in _bodies:
        context = {"code": kind.code, "message": kind.message, "status": kind.status}
        with translation.override(language):
            page = render_to_string("error.html", context)
            _bodies[kind.code, language] = json.dumps(kind().as_json()).encode(), page.encode()
    return _bodies[kind.code, language]
