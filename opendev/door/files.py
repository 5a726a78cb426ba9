"""Static files from memory, served on the event loop: no page thread waits for slow readers.

The folder is read once, when the process starts, with the compressed files that `collectstatic` wrote next to each one.
With DEBUG files change, so WhiteNoise serves them.
"""

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from opendev.core.limits import is_trusted
from opendev.door.coding import CODINGS, Headers, best_coding, header_of, is_unchanged

FOR_EVER = b"max-age=31536000, public, immutable"  # under a name that carries the content's hash
A_MINUTE = b"max-age=60, public"
TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class Form:
    """A file in one encoding."""

    etag: bytes
    body: bytes
    headers: Headers
    headers_unchanged: Headers


class StaticFiles:
    """Answers what is under STATIC_URL; everything else goes on to the pages."""

    def __init__(self, pages: Any, folder: Path | None = None) -> None:
        self.pages = pages
        self.prefix = settings.STATIC_URL
        self.forms = {} if settings.DEBUG else dict(read_folder(folder or settings.STATIC_ROOT))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Carry one request."""
        path = scope["path"]
        if not path.startswith(self.prefix) or settings.DEBUG or _is_to_be_redirected(scope):
            await self.pages(scope, receive, send)
            return
        status, headers, body = self.answer(path[len(self.prefix) :], scope)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def answer(self, name: str, scope: Any) -> tuple[int, Headers, bytes]:
        """Return status, headers and body."""
        forms = self.forms.get(name)
        if forms is None:
            return 404, _plain(b"There is no such file."), b"There is no such file."
        if scope["method"] not in {"GET", "HEAD"}:
            return 405, [*_plain(b""), (b"allow", b"GET, HEAD")], b""
        form = forms[best_coding(header_of(scope, b"accept-encoding"), forms)]
        if is_unchanged(header_of(scope, b"if-none-match"), form.etag):
            return 304, form.headers_unchanged, b""
        return 200, form.headers, form.body


def read_folder(folder: Path) -> Iterator[tuple[str, dict[str, Form]]]:
    """Read every file under a folder: its relative path, with `/`, and its contents by encoding."""
    if not folder.is_dir():
        return
    hashed = set(getattr(staticfiles_storage, "hashed_files", {}).values())  # the manifest of collectstatic
    contents: dict[bytes, bytes] = {}  # each file exists twice, with and without its hash: it is kept once
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name in paths:
        stem, dot, ending = name.rpartition(".")
        if dot and ending in {"br", "gz"} and stem in paths:
            continue
        yield name, dict(_forms_of(name, paths, contents, is_hashed=name in hashed))


def _forms_of(
    name: str, paths: dict[str, Path], contents: dict[bytes, bytes], *, is_hashed: bool
) -> Iterator[tuple[str, Form]]:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if name.endswith((".js", ".mjs")):
        kind = "text/javascript"  # some machines' tables have another type, and browsers refuse such a module
    if kind.startswith(TEXT):
        kind += "; charset=utf-8"
    mark = blake2b(paths[name].read_bytes(), digest_size=9).hexdigest()
    for coding, ending in CODINGS:
        if name + ending not in paths:
            continue
        read = paths[name + ending].read_bytes()
        body = contents.setdefault(blake2b(read).digest(), read)
        etag = f'"{mark}"' if coding == "identity" else f'"{mark}-{coding}"'
        common: Headers = [
            (b"etag", etag.encode()),
            (b"cache-control", FOR_EVER if is_hashed else A_MINUTE),
            (b"vary", b"Accept-Encoding"),
            *_always(),
        ]
        headers = [
            *common,
            (b"content-type", kind.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        if coding != "identity":
            headers.append((b"content-encoding", coding.encode()))
        yield coding, Form(etag.encode(), body, headers, common)


def _is_to_be_redirected(scope: Any) -> bool:
    """Return True if the pages redirect to https."""
    if not settings.SECURE_SSL_REDIRECT:
        return False
    client = scope.get("client")
    believes = not client or is_trusted(client[0])
    forwarded = header_of(scope, b"x-forwarded-proto") if believes else ""
    return (forwarded or str(scope.get("scheme", "http"))).split(",")[0].strip() != "https"


def _plain(body: bytes) -> Headers:
    length = str(len(body)).encode()
    return [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", length), *_always()]


def _always() -> Headers:
    """Return the headers that SecurityMiddleware adds to responses, without those that only matter for documents."""
    headers: Headers = [(b"x-content-type-options", b"nosniff")]
    if seconds := settings.SECURE_HSTS_SECONDS:
        hsts = f"max-age={seconds}"
        hsts += "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
        hsts += "; preload" if settings.SECURE_HSTS_PRELOAD else ""
        headers.append((b"strict-transport-security", hsts.encode()))
    return headers
