"""A page in a browser other than Chromium: what one does on it. Firefox and WebKit have a driver each."""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE = 20.0  # seconds, on a machine that has much else to do
PAUSE = 0.05
TRIES_FOR_FOCUS = 20  # between two clicks into a field

# The first element that can be seen, matches the selector and holds the words. Words in `.vh` count: they are its name.
FIND = """(selector, words) => [...document.querySelectorAll(selector)].find((node) =>
  node.getClientRects().length > 0 && node.textContent.replace(/\\s+/g, " ").includes(words)) ?? null"""
# Where a click on it would go, or null while it moves, is disabled or lies under something else.
PLACE = """(selector, words) => {
  const node = (FIND)(selector, words)
  if (!node || node.disabled) return null
  node.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" })
  const { left, top, width, height } = node.getClientRects()[0]
  const [x, y] = [Math.floor(left + width / 2), Math.floor(top + height / 2)]
  const over = document.elementFromPoint(x, y)
  return over && (node.contains(over) || over.contains(node)) ? [x, y] : null
}""".replace("FIND", FIND)


def wait_for(check: Callable[[], Any]) -> Any:
    """Wait until `check` returns something true, and return that."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := check()):
        assert time.monotonic() < deadline, f"still {answer!r} after {PATIENCE:.0f} s"
        time.sleep(PAUSE)
    return answer


class EnginePage(ABC):
    """One window. Scripts are functions, called with arguments that JSON can say."""

    name = ""

    @abstractmethod
    def goto(self, address: str) -> None:
        """Open an address, and wait until it is loaded."""

    @abstractmethod
    def reload(self) -> None:
        """Load the page again, and wait until it is loaded."""

    @abstractmethod
    def call(self, function: str, *arguments: Any) -> Any:
        """Return what a script function of the page returns."""

    @abstractmethod
    def click_at(self, x: int, y: int) -> None:
        """Press and release the mouse at a point of the window."""

    @abstractmethod
    def type_keys(self, text: str) -> None:
        """Press keys, in the element that has the focus."""

    @abstractmethod
    def add_cookie(self, name: str, value: str, host: str) -> None:
        """Add a cookie for all paths of a host; WebKit wants a page of that host to be open."""

    @abstractmethod
    def screenshot(self, path: Path) -> None:
        """Write a picture of the window as a PNG file."""

    def until(self, function: str, *arguments: Any) -> Any:
        """Wait until the function returns something true, and return that."""
        try:
            return wait_for(lambda: self.call(function, *arguments))
        except AssertionError:
            words = ", ".join(json.dumps(argument) for argument in arguments)
            raise AssertionError(f"{self.name}: {function} ({words}) did not come true") from None

    def sees(self, selector: str, words: str = "") -> None:
        """Wait until something that matches and holds these words can be seen."""
        self.until(f"(...given) => ({FIND})(...given) !== null", selector, words)

    def sees_no(self, selector: str, words: str = "") -> None:
        """Wait until nothing that matches and holds these words can be seen."""
        self.until(f"(...given) => ({FIND})(...given) === null", selector, words)

    def click(self, selector: str, words: str = "") -> None:
        """Click what matches and holds these words, once it is in sight and not covered."""
        self.click_at(*self.until(PLACE, selector, words))

    def type(self, selector: str, text: str) -> None:
        """Click a field until it has the focus, which a page that moves under the click does not give it, and type."""
        wait_for(lambda: self._has_focus_by_click(selector))
        self.type_keys(text)
        self.until("(selector, text) => document.querySelector(selector).value === text", selector, text)

    def _has_focus_by_click(self, selector: str) -> bool:
        self.click(selector)
        for _ in range(TRIES_FOR_FOCUS):
            if self.call("(selector) => document.activeElement?.matches(selector) === true", selector):
                return True
            time.sleep(PAUSE)
        return False
