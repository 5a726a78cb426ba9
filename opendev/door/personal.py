"""Pages of one person: compressed where that tells nobody a secret, and answered with 304 where they did not change.

Who sees how long a compressed page is, and has a victim's browser load it with words of their choice, can guess what
else is in it (BREACH). So a page is compressed only where nothing of the request is echoed (GET, no query) and neither
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

QUALITY = 4  # of Brotli: 5 is a twelfth smaller and takes twice the time
MOST_PADDING = 100  # random bytes, as many as Django's GZipMiddleware adds
COMPRESS = {"br": lambda body: bytes(brotli.compress(body, quality=QUALITY)), "gzip": gzipped}
CODINGS = {*COMPRESS, "identity"}
# How many people are here changes with each arrival; the socket says it, so it makes no page another one.
PRESENT = re.compile(rb"(data-present>)\d+")
# These mean nothing where there is no document to show. Cross-Origin-Opener-Policy does: browsers ask each answer of a
# redirect for it, and one without parts the window from its own history; WebKit then never shows the page.
OF_DOCUMENTS = {
    b"content-security-policy",
    b"x-frame-options",
    b"content-language",
}
OF_BODIES = {b"content-length", b"content-type", b"content-encoding"}


def finish(status: int, headers: Headers, body: bytes, scope: Any) -> tuple[int, Headers, bytes]:
    """Return an answer of the pages as it is sent: compressed, with an entity tag, or 304 without a body."""
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
    """Return a page's entity tag, in quotes: another one for anything but how many people are here."""
    mark = blake2b(PRESENT.sub(rb"\1", body), digest_size=9).hexdigest()
    return f'"{mark}"'


def padding() -> bytes:
    """Return a comment of random length that compresses to nothing less."""
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
