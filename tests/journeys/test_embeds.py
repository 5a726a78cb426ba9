"""Embeds in a browser: framed by a site that is allowed and by one that is not, without storage, and over video."""

import base64
import html
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.deploy.authority import Authority
from tests.journeys.demo import EVENT, ORGANISER, ROOM, Demo
from tests.journeys.stage import Attendee, Stage
from tests.journeys.test_accessibility import is_accessible
from tests.journeys.test_reactions import button, take_reactions

QUESTION = "Where is it shown?"
KNOWN = r"foreign: https://(localhost|127\.0\.0\.1):|frame-ancestors|Failed to load resource"
PAGE = """<!DOCTYPE html><title>A site</title><body style="margin: 0; background: rgb(255, 0, 0)">
<iframe src="{address}" width="640" height="360" style="border: 0; color-scheme: light"></iframe>"""
WITHOUT_STORAGE = """for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError") } })
}"""
PIXEL = """async ([picture, x, y]) => {
  const image = new Image()
  image.src = `data:image/png;base64,${picture}`
  await image.decode()
  const canvas = document.createElement("canvas")
  ;[canvas.width, canvas.height] = [image.width, image.height]
  const context = canvas.getContext("2d")
  context.drawImage(image, 0, 0)
  return [...context.getImageData(x, y, 1, 1).data]
}"""
RED, NOTHING = [255, 0, 0, 255], 0


@dataclass(frozen=True)
class Sites:
    """Two sites by https: one that the event allows, and one that it does not."""

    allowed: str
    other: str


@pytest.fixture
def sites(demo: Demo, tmp_path: Path) -> Iterator[Sites]:
    """Served by one program under two names. It is a real one: from elsewhere Chromium lets no frame reach loopback."""
    with (
        demo.client(demo.server.manage("api_token", ORGANISER).strip()) as organiser,
        site_server(tmp_path) as port,
    ):

        def allow(*origins: str) -> None:
            answer = organiser.patch(f"events{EVENT}", json={"embed_sites": list(origins)})
            assert answer.json()["embed_sites"] == list(origins)

        both = Sites(f"https://localhost:{port}", f"https://127.0.0.1:{port}")
        allow(both.allowed)
        yield both
        allow()


@contextmanager
def site_server(folder: Path) -> Iterator[int]:
    """Serve, on a port that it returns, pages that frame the address in their query."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = PAGE.format(address=html.escape(unquote(urlsplit(self.path).query)))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    certificate = Authority(folder).both
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def link_of(demo: Demo) -> dict[str, str]:
    return demo.ask("POST", f"sessions/{demo.session['id']}/display-links/", name="Stream")


def site(stage: Stage, origin: str, address: str, *, before: str = "") -> tuple[Page, FrameLocator]:
    """A page of another origin that frames an address of ours, in a browser that knows us by nothing."""
    page = stage.open("/join/", known=KNOWN, before=before, ignore_https_errors=True)
    page.context.clear_cookies()
    page.goto(f"{origin}/?{quote(address)}")
    return page, page.frame_locator("iframe")


def pixel(page: Page, x: int, y: int, **options: Any) -> list[int]:
    picture = base64.b64encode(page.screenshot(**options)).decode()
    answer: list[int] = page.evaluate(PIXEL, [picture, x, y])
    return answer


def test_site_that_is_allowed_shows_the_poll_live_without_cookie_or_storage(play, demo: Demo, sites: Sites):
    def scene(stage: Stage) -> None:
        link = link_of(demo)
        demo.launch(QUESTION, "here", "there", visibility="always")
        page, frame = site(stage, sites.allowed, f"{link['embed_url']}?show=result", before=WITHOUT_STORAGE)
        expect(frame.locator("[data-question]")).to_have_text(QUESTION)
        ada: Attendee = stage.attendee()
        ada.vote("there")
        there = frame.locator("[data-rows] > .res").filter(has_text="there")
        expect(there.locator("[data-count]")).to_have_text("1")
        expect(frame.locator("[data-ballots]")).to_have_text("1")
        assert page.context.cookies() == []
        path = f"sessions/{demo.session['id']}/display-links/{link['id']}/"
        assert demo.john.delete(path).status_code == 204
        expect(frame.locator("main")).to_have_count(0)
        expect(frame.locator("h1")).to_contain_text("no longer works")

    play(scene)


def test_other_sites_and_other_pages_are_framed_by_nobody(play, demo: Demo, sites: Sites):
    def scene(stage: Stage) -> None:
        embed = link_of(demo)["embed_url"]
        screen = f"{demo.server.url}{ROOM}screen/"
        for origin, address in ((sites.other, embed), (sites.allowed, screen)):
            page, frame = site(stage, origin, address)
            page.wait_for_function("document.readyState === 'complete'")
            expect(frame.locator("[data-question]")).to_have_count(0)
            [framed] = page.main_frame.child_frames
            assert framed.url.startswith("chrome-error:"), framed.url

    play(scene)


def test_transparent_embed_covers_nothing_but_the_poll(play, demo: Demo, sites: Sites):
    def scene(stage: Stage) -> None:
        address = f"{link_of(demo)['embed_url']}?show=result&theme=transparent"
        page, frame = site(stage, sites.allowed, address)
        expect(frame.locator("main")).to_have_count(1)
        obs = stage.open(address.removeprefix(demo.server.url), viewport={"width": 640, "height": 360})
        stage.is_live(obs)
        assert pixel(page, 320, 180) == RED  # nothing is on air
        demo.launch(QUESTION, "here", "there", visibility="always")
        expect(frame.locator("[data-question]")).to_have_text(QUESTION)
        expect(obs.locator("[data-question]")).to_be_visible()
        assert pixel(page, 1, 180) == RED
        assert pixel(page, 320, 180) != RED
        assert (
            obs.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgba(0, 0, 0, 0)"
        )
        alpha = base64.b64encode(obs.screenshot(omit_background=True)).decode()
        assert page.evaluate(PIXEL, [alpha, 1, 180])[3] == NOTHING
        assert page.evaluate(PIXEL, [alpha, 320, 180])[3] > 200
        is_accessible(obs)

    play(scene)


def test_moderator_copies_address_and_code(play, demo: Demo):
    def scene(stage: Stage) -> None:
        john = stage.moderator(path=f"{ROOM}control/embed/").page
        is_accessible(john)
        john.get_by_label("Show").select_option("result")
        john.get_by_role("button", name="Create display link").click()
        address = john.get_by_label("Address for OBS").input_value()
        assert address in john.get_by_label("Code for a website").input_value().replace("&amp;", "&")
        is_accessible(john)
        obs = stage.open(address.removeprefix(demo.server.url))
        stage.is_live(obs)

    play(scene)


def test_embed_of_the_screen_shows_applause_and_one_of_the_result_does_without(play, demo: Demo):
    def scene(stage: Stage) -> None:
        address = link_of(demo)["embed_url"].removeprefix(demo.server.url)
        ada, desk = stage.attendee().page, stage.moderator().page
        take_reactions(desk, to=True)
        screen, result = stage.open(address), stage.open(f"{address}?show=result")
        for page in (screen, result):
            stage.is_live(page)
        button(ada, "Applause").click()
        expect(screen.locator("[data-clap=applause] b")).to_have_text("1")
        take_reactions(desk, to=False)
        expect(screen.locator("[data-claps]")).to_be_hidden()

    play(scene)
