"""The way of docs/getting-started.md, from an empty installation to a rehearsed poll."""

import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.journeys.newcomer import Newcomer, play
from tests.journeys.stage import PHONE
from tests.journeys.test_accessibility import is_accessible

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "getting-started.md"


def test_newcomer_goes_from_nothing_to_a_rehearsed_poll(start_server: Any, browser: Any):
    server = start_server(demo=False)
    link = re.sub(r"^https?://[^/]+", "", server.manage("first_organiser").strip())
    seen: list[str] = []

    def take(page: Any, name: str) -> None:
        seen.append(name)
        is_accessible(page)

    def work(chromium: Any) -> None:
        with ExitStack() as windows:
            play(Newcomer(chromium, windows, server.url, take), link, **PHONE)

    browser(work, seconds=120)
    pictures = re.findall(r"pictures/guide-([\w-]+)\.png", GUIDE.read_text())
    assert pictures == seen
