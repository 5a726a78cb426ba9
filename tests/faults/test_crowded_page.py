"""A page that the server has no room for: it says so, and comes back no sooner than it was asked to."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import player, running_demo
from tests.journeys.stage import Stage

A_LITTLE_SOONER, LATER = 12_000, 30_000  # ms; retry_after is 14 to 26 s, and the page adds up to half of it


@pytest.fixture
def full_house(start_server: Any) -> Any:
    """A server that takes no sockets."""
    yield from running_demo(start_server(demo=True, start=False, MAX_SOCKETS="0"))


def test_page_comes_back_when_it_was_asked_to_and_joins_by_form_meanwhile(
    full_house: Any, browser: Any, tmp_path: Path
):
    def scene(stage: Stage) -> None:
        opened: list[Any] = []
        page = stage.open(f"/j/{full_house.code}/", has_own_clock=True, known="WebSocket")
        page.on("websocket", lambda socket: opened.append(socket))  # noqa: PLW0108  # Playwright marks its handlers
        with page.expect_websocket(lambda socket: socket.is_closed() or bool(socket.wait_for_event("close"))):
            page.get_by_role("button", name="Join").click()
        expect(page.locator("[data-banners] .banner")).to_contain_text("Reconnecting.")
        before = len(opened)
        page.clock.run_for(A_LITTLE_SOONER)
        assert len(opened) == before
        with page.expect_websocket():
            page.clock.run_for(LATER)

    player(browser, full_house, tmp_path)(scene)
