"""People type in Chromium while others sign up: nobody loses a word, no name is lost, nobody is thrown out.

`pytest tests/etherpad/test_typing.py --runs=10 -s` repeats it and prints the figures of each run.
"""

import threading
import time
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from etherpad_links.models import PadName
from sessions.follow_ups.models import SignUp
from tests.etherpad.conftest import BODY, HEADING, PATIENCE_S, Room, wait_until
from tests.support.server import Server

PEOPLE = 50
WORDS, LEAN_WORDS = 36, 18  # a typist
SECONDS, LEAN_SECONDS = 20.0, 8.0  # the second of each where it is played only once
NOTE, LINK = "What kind of network API do telcos need?", "https://example.org/"


def without_ends(lines: list[str]) -> list[str]:
    """The lines that hold something, as a browser's page can be compared with the server's text."""
    return [line.rstrip() for line in lines if line.strip()]


class Typist:
    """Somebody with the pad open in a browser, at the end of a line."""

    def __init__(self, chromium: Browser, room: Room, name: str, at: str) -> None:
        context = chromium.new_context()
        self.page: Page = context.new_page()
        self.page.goto(f"{room.address.url}?userName={name}")
        self.name, self.typed = name, []
        inner = self.page.frame_locator("iframe[name=ace_outer]").frame_locator("iframe[name=ace_inner]")
        self.body = inner.locator("#innerdocbody")
        line = self.body.locator("> div").filter(has_text=at).first
        line.wait_for(timeout=20_000)
        line.click()
        self.page.keyboard.press("End")

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def type(self, word: str, after: str) -> None:
        self.page.keyboard.type(word, delay=15)
        self.typed.append(word)
        self.page.keyboard.press(after)

    @property
    def is_connected(self) -> bool:
        return bool(
            self.page.evaluate(
                "() => !document.querySelector('#connectivity')?.classList.contains('popup-show')"
            )
        )

    def wait_to_show(self, room: Room) -> None:
        """Let the browser hear what the server has; the test looks afterwards whether it did."""
        deadline = time.monotonic() + PATIENCE_S
        while without_ends(self.lines) != without_ends(room.lines) and time.monotonic() < deadline:
            self.page.wait_for_timeout(100)

    @property
    def lines(self) -> list[str]:
        """What this browser shows."""
        return [
            text.replace("\u00a0", " ").strip("\n") for text in self.body.locator("> div").all_inner_texts()
        ]


def type_together(
    chromium: Browser,
    room: Room,
    may_begin: threading.Event,
    all_written: threading.Event,
    words: int,
    seconds: float,
) -> dict[str, Any]:
    ann, ben = Typist(chromium, room, "Ann", NOTE), Typist(chromium, room, "Ben", LINK)
    cleo = Typist(chromium, room, "Cleo", HEADING)
    for typist in (ann, ben, cleo):
        typist.press("Enter")
    may_begin.set()
    begin = time.monotonic()
    for n in range(words):
        ann.type(f"ann{n}", "Space")
        ben.type(f"ben{n}", "Enter" if n % 6 == 5 else "Space")
        cleo.type(f"Cleo the {n}", "Enter" if n < words - 1 else "End")
        time.sleep(max(0.0, begin + seconds * (n + 1) / words - time.monotonic()))
    time.sleep(2)  # the last keys are on their way to the server; browsers send every half second
    all_written.wait(60)  # on a busy machine names still come when the typists have done
    people = [ann, ben, cleo]
    for one in people:
        one.wait_to_show(room)
    seen = {
        "connected": [one.is_connected for one in people],
        "typed": [one.typed for one in people],
        "lines": [one.lines for one in people],
    }
    for one in people:
        one.page.context.close()
    return seen


def sign_up_all(server: Server, room: Room, seconds: float) -> list[str]:
    """Fifty attendees tap within so many seconds."""
    names = [f"Attendee {n}" for n in range(PEOPLE)]
    begin = time.monotonic()
    for n, name in enumerate(names):
        with server.http() as client:
            joined = client.post(f"/api/v1/sessions/{room.session.pk}/attendees/", json={"name": name})
            assert joined.status_code == 201, joined.text
            answer = client.post(
                f"/api/v1/sign-up-lines/{room.line.pk}/sign-ups/",
                json={"shown": True},
                headers={"Authorization": f"Bearer {joined.json()['token']}"},
            )
            assert answer.status_code in {200, 201}, answer.text
        time.sleep(max(0.0, begin + seconds * (n + 1) / PEOPLE - time.monotonic()))
    return names


def outside(lines: list[str]) -> list[str]:
    """The lines but those of the block under the heading."""
    at = lines.index(HEADING)
    end = lines.index("", at)
    return lines[: at + 1] + lines[end:]


@pytest.mark.timeout(1500)  # ten runs on a busy machine
def test_fifty_names_and_no_word_lost_while_three_people_type(stage, browser, runs: int, make_room, etherpad):
    server, room = stage
    for run in range(runs):
        play(server, room, browser, *((WORDS, SECONDS) if runs > 1 else (LEAN_WORDS, LEAN_SECONDS)))
        if run < runs - 1:
            room = make_room(etherpad, suffix=f"-{run}")


def body_with(ann: list[str], ben: list[str]) -> list[str]:
    """The notes outside the block, with what two people typed there: Ann pressed Space after each word."""
    expected = outside(BODY.rstrip("\n").split("\n"))
    for after, typed in (
        (NOTE, ["".join(f"{word} " for word in ann)]),
        (LINK, [" ".join(ben[n : n + 6]) for n in range(0, len(ben), 6)]),
    ):
        at = expected.index(after) + 1
        expected[at:at] = typed
    return expected


def play(server: Server, room: Room, browser: Any, words: int, seconds: float) -> None:
    may_begin, all_written, outcome = threading.Event(), threading.Event(), {}
    people = threading.Thread(
        target=lambda: outcome.update(
            browser(
                lambda chromium: type_together(chromium, room, may_begin, all_written, words, seconds),
                seconds=240,
            )
        )
    )
    people.start()
    assert may_begin.wait(60)
    names = sign_up_all(server, room, seconds)
    last = time.monotonic()
    wait_until(
        lambda: (
            PadName.objects.filter(sign_up__line=room.line, state="written", sign_up__source="app").count()
            == PEOPLE
        )
    )
    settled = time.monotonic() - last
    all_written.set()
    people.join(240)
    block, lines = room.under(HEADING), room.text.rstrip("\n").split("\n")
    ann, ben, cleo = outcome["typed"]
    written = [name for name in names if block.count(name) == 1]
    kept = [name for name in cleo if block.count(name) == 1]
    expected = body_with(ann, ben)
    print(
        f"\n{len(written)} of {PEOPLE} names, {len(kept)} of {words} typed names, settled {settled:.2f} s after"
        f" the last tap, connected {outcome['connected']}"
    )
    assert len(written) == PEOPLE
    assert len(kept) == words
    assert outside(lines) == expected  # to the byte, blanks at the ends of lines too
    assert outcome["connected"] == [True, True, True]
    assert all(without_ends(shown) == without_ends(lines) for shown in outcome["lines"])
    wait_until(lambda: SignUp.objects.filter(line=room.line, source="pad").present().count() == words)
