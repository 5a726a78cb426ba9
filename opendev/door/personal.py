"""Pages of one person: compressed if that reveals no secret, and answered with 304 if they did not change.

An attacker who sees the length of a compressed page, and makes a victim's browser load it with chosen text, can guess
its other content (BREACH). So a page is only compressed if nothing of the request is echoed (GET, no query) and neither
a token nor a signed-in person's links are in it; a comment of random length hides the rest (docs/adr/0045).
"""

import re
import secrets
from hashlib import blake2b
from http import HTTPStatus
from typing import Any

import brotli
from django.conf import settings

from opendev.door.coding import Headers, best_coding, gzipped, header_of, is_unchanged

QUALITY = 4  # of Brotli: with 5 pages are a twelfth smaller and take twice the time
MOST_PADDING = 100  # random bytes, as many as in Django's GZipMiddleware
COMPRESS = {"br": lambda body: bytes(brotli.compress(body, quality=QUALITY)), "gzip": gzipped}
CODINGS = {*COMPRESS, "identity"}
# The number of people present changes with each arrival; the socket sends it, so it is not part of the entity tag.
PRESENT = re.compile(rb"(data-present>)\d+")
# These mean nothing without a document to show. Cross-Origin-Opener-Policy does: browsers check it in each response
# of a redirect, and one without it separates the window from its own history; WebKit then never shows the page.
OF_DOCUMENTS = {
    b"content-security-policy",
    b"x-frame-options",
    b"content-language",
}
OF_BODIES = {b"content-length", b"content-type", b"content-encoding"}


def finish(status: int, headers: Headers, body: bytes, scope: Any) -> tuple[int, Headers, bytes]:
    """Return a response of the pages as it is sent: compressed, with an entity tag, or 304 without a body."""
    if 300 <= status < 400 and not body:
        return status, [(name, value) for name, value in headers if name not in OF_DOCUMENTS], body
    if scope["method"] != "GET" or status != HTTPStatus.OK or not _is_page(headers):
        return status, headers, body
    if _has(headers, b"set-cookie") or _is_of_signed_in(scope):
        return status, headers, body
    if b"no-store" not in _value(headers, b"cache-control"):
        mark = mark_of(body)
        # Weak: the padding and the number of people here may differ.
        headers = [*headers, (b"etag", f"W/{mark}".encode())]
        if is_unchanged(header_of(scope, b"if-none-match"), mark.encode()):
            kept = [(name, value) for name, value in headers if name not in OF_BODIES]
            return HTTPStatus.NOT_MODIFIED, kept, b""
    if scope["query_string"]:
        return status, headers, body
    return status, *_compressed(headers, body, best_coding(header_of(scope, b"accept-encoding"), CODINGS))


def _compressed(headers: Headers, body: bytes, coding: str) -> tuple[Headers, bytes]:
    if coding != "identity":
        body = COMPRESS[coding](body + padding())
        headers = [(name, value) for name, value in headers if name != b"content-length"]
        headers += [(b"content-length", str(len(body)).encode()), (b"content-encoding", coding.encode())]
    vary = b", ".join(filter(None, (b"Accept-Encoding", _value(headers, b"vary"))))
    return [*((name, value) for name, value in headers if name != b"vary"), (b"vary", vary)], body


def mark_of(body: bytes) -> str:
    """Return a page's entity tag, in quotes: it depends on everything but the number of people present."""
    mark = blake2b(PRESENT.sub(rb"\1", body), digest_size=9).hexdigest()
    return f'"{mark}"'


def padding() -> bytes:
    """Return a comment of random length that cannot be compressed."""
    return b"\n<!-- " + secrets.token_urlsafe(secrets.randbelow(MOST_PADDING + 1)).encode() + b" -->"


def _is_page(headers: Headers) -> bool:
    return _value(headers, b"content-type").startswith(b"text/html") and not _has(
        headers, b"content-encoding"
    )


def _is_of_signed_in(scope: Any) -> bool:
    return f"{settings.SESSION_COOKIE_NAME}=" in header_of(scope, b"cookie") or _has(
        scope["headers"], b"authorization"
    )


def _has(headers: Any, name: bytes) -> bool:
    return any(key == name for key, _value in headers)


def _value(headers: Headers, name: bytes) -> bytes:
    return b", ".join(value for key, value in headers if key == name)
