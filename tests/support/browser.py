"""Chromium in a thread of its own, because Playwright's sync API keeps an event loop running in the thread it lives in.

def test_title(browser, demo_server):
    def visit(chromium):
        with open_page(chromium) as page:
            page.goto(demo_server.url)
            return page.title()
    assert browser(visit) == "…"
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.support.programs import find, lacking

Answer = TypeVar("Answer")

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
SCREEN = {"viewport": {"width": 1920, "height": 1080}}

CHROMIUM_OPTIONS = [
    "--no-sandbox",  # needed by root; the pages are our own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


class BrowserThread:
    """Call it with a function that takes the browser; it runs in the browser's thread, and the answer comes back."""

    def __init__(self) -> None:
        program = os.environ.get("CHROMIUM") or find(
            "chromium-headless-shell", "chromium", "chromium-browser"
        )
        if program is None:
            lacking("chromium")
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="chromium")
        self.playwright, self.chromium = self.pool.submit(self.open, str(program)).result(60)

    def open(self, program: str) -> tuple[Any, Browser]:
        playwright = sync_playwright().start()
        try:
            return playwright, playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        except BaseException:
            playwright.stop()
            raise

    def __call__(self, work: Callable[[Browser], Answer], *, seconds: float = 60) -> Answer:
        return self.pool.submit(work, self.chromium).result(seconds)

    def close_contexts(self) -> None:
        """What a test that failed half-way left open."""

        def close_all(chromium: Browser) -> None:
            for context in chromium.contexts:
                context.close()

        self(close_all)

    def close(self) -> None:
        """After Ctrl-C the browser may be gone already, and then there is nothing to close."""
        try:
            with suppress(Error):
                self.pool.submit(self.chromium.close).result(30)
            with suppress(Error):
                self.pool.submit(self.playwright.stop).result(30)
        finally:
            self.pool.shutdown(wait=False, cancel_futures=True)


class WatchedPage:
    """Troubles that a visitor does not see: errors in the console, refused inline code, requests to other hosts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.troubles: list[str] = []
        page.on("console", lambda message: self.note(message.type == "error", f"console: {message.text}"))
        page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        page.on("request", lambda request: self.note(self.is_foreign(request.url), f"foreign: {request.url}"))

    def note(self, is_trouble: bool, text: str) -> None:
        if is_trouble:
            self.troubles.append(text)

    @staticmethod
    def is_foreign(url: str) -> bool:
        ours = ("http://127.0.0.1:", "ws://127.0.0.1:", "http://localhost:", "ws://localhost:")
        return not url.startswith((*ours, "data:", "blob:", "about:"))


@contextmanager
def open_page(chromium: Browser, *, quiet: bool = True, **options: Any) -> Iterator[Page]:
    """A page in a context of its own (cookies, storage), as one visitor.

    Options are Playwright's: `**PHONE`, `java_script_enabled=False`, `color_scheme="dark"`. Motion is reduced unless
    `reduced_motion="no-preference"` says otherwise: without a graphics card each live dot takes a tenth of a core.
    A quiet page fails the test when the console shows an error or another host is asked for something.
    """
    context = chromium.new_context(**{**DESKTOP, "reduced_motion": "reduce", **options})
    context.set_default_timeout(10_000)
    try:
        watched = WatchedPage(context.new_page())
        yield watched.page
        assert not (quiet and watched.troubles), "\n".join(watched.troubles)
    finally:
        context.close()
