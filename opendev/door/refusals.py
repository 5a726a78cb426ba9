"""Refusals that are answered on the event loop, before a page thread is taken: JSON for REST, else a page."""

import json
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from opendev.core.errors import DomainError, TryLater
from opendev.core.logs import new_id

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
    """Return True if answers at this path are JSON."""
    return path.startswith("/api/")


async def refuse(scope: Any, send: Any, kind: type[DomainError], *, closes: bool = False) -> None:
    """Answer a request with a refusal; `closes` ends the connection with it, since more of a body may come."""
    rest = is_rest(scope["path"])
    body = _rendered(kind)[0 if rest else 1]
    headers: Headers = [
        (b"content-type", b"application/json" if rest else b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-request-id", new_id("r").encode()),
    ]
    if kind.retry_after is not None:
        headers.append((b"retry-after", str(kind.retry_after).encode()))
        if scope["method"] == "GET" and not rest:
            headers.append((b"refresh", str(kind.retry_after).encode()))  # the page tries again by itself
    if closes:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": kind.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def render_all() -> None:
    """Render every refusal once: there is no time for it when it is needed."""
    for kind in REFUSALS:
        _rendered(kind)


_bodies: dict[str, tuple[bytes, bytes]] = {}


def _rendered(kind: type[DomainError]) -> tuple[bytes, bytes]:
    """Return a refusal as JSON and as a page."""
    if kind.code not in _bodies:
        context = {"code": kind.code, "message": kind.message, "status": kind.status}
        page = render_to_string("error.html", context)
        _bodies[kind.code] = json.dumps(kind().as_json()).encode(), page.encode()
    return _bodies[kind.code]
