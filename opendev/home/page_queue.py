"""The queue before the page threads, bounded: when it is full, requests are refused at once instead of piling up."""

import json
from functools import cache
from typing import Any

from django.template.loader import render_to_string

from opendev.core import metrics
from opendev.core.errors import TryLater

MAX_REQUESTS = 400  # about half a second of pages; while a database hangs, what may hang with it


class PageQueue:
    """Passes requests on to the page threads, at most MAX_REQUESTS at a time."""

    def __init__(self, pages: Any) -> None:
        self.pages = pages
        self.requests = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Carry one request, or refuse it with 429 and a Retry-After."""
        if self.requests >= MAX_REQUESTS:
            metrics.REFUSED.labels("page_queue").inc()
            await _refuse(scope, send)
            return
        self.requests += 1
        metrics.QUEUE.labels("pages").set(self.requests)
        try:
            await self.pages(scope, receive, send)
        finally:
            self.requests -= 1
            metrics.QUEUE.labels("pages").set(self.requests)


async def _refuse(scope: Any, send: Any) -> None:
    is_rest = scope["path"].startswith("/api/")
    kind = b"application/json" if is_rest else b"text/html; charset=utf-8"
    headers = [(b"content-type", kind), (b"retry-after", str(TryLater.retry_after).encode())]
    await send({"type": "http.response.start", "status": TryLater.status, "headers": headers})
    await send({"type": "http.response.body", "body": _json() if is_rest else _page()})


@cache
def _json() -> bytes:
    return json.dumps(TryLater().as_json()).encode()


@cache
def _page() -> bytes:
    """Rendered once: there is no time for it when it is needed."""
    said = {"code": TryLater.code, "message": TryLater.message, "status": TryLater.status}
    return render_to_string("error.html", said).encode()
