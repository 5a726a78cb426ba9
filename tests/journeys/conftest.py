"""`play(scene)` runs `scene(stage)` in the browser's thread: real pages of a real server with the demo event."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.demo import Demo
from tests.journeys.stage import Stage

ENOUGH_TO_UNDO = "20"  # seconds, also on a machine that has much else to do
Scene = Callable[[Stage], Any]


@pytest.fixture(scope="package")
def shared_demo(
    tmp_path_factory: pytest.TempPathFactory, make_server_factory: Callable[[Path], Any]
) -> Iterator[Demo]:
    """A server for all journeys that bring their own polls."""
    factory = make_server_factory(tmp_path_factory.mktemp("journeys"))
    try:
        yield from running_demo(factory(demo=True, start=False, UNDO_SECONDS=ENOUGH_TO_UNDO))
    finally:
        factory.stop_all()


def running_demo(server: Any) -> Iterator[Demo]:
    """The server starts while John Garbutt's program fetches its token."""
    demo = Demo(server)
    with ThreadPoolExecutor(1) as pool:
        token = pool.submit(lambda: demo.john)
        server.start()  # here: what a thread has started ends with the thread
        token.result()
    yield demo
    demo.john.close()


@pytest.fixture
def demo(shared_demo: Demo) -> Demo:
    """The shared server, with nothing on its stage."""
    shared_demo.clear()
    return shared_demo


@pytest.fixture
def first_night(start_server: Any) -> Iterator[Demo]:
    """A server of this test's own, with the demo event as it was loaded."""
    yield from running_demo(start_server(demo=True, start=False))


@pytest.fixture
def play(browser: Any, demo: Demo, tmp_path: Path) -> Callable[..., Any]:
    return player(browser, demo, tmp_path)


@pytest.fixture
def play_first_night(browser: Any, first_night: Demo, tmp_path: Path) -> Callable[..., Any]:
    return player(browser, first_night, tmp_path)


def player(browser: Any, demo: Demo, pictures: Path) -> Callable[..., Any]:
    def play(scene: Scene, *, seconds: float = 60) -> Any:
        def work(chromium: Any) -> Any:
            with Stage(chromium, demo, pictures) as stage:
                return scene(stage)

        return browser(work, seconds=seconds)

    return play
