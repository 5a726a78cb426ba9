"""What is the same for all who ask in the same moment: read once, and never older than what this process knows of.

A page thread that asks while another one reads waits for that one. What was read before a change that this process made
or heard of is read again, so whoever has just done something sees it. What other processes do without a word is seen
a second later. With several workers, where news may come after the one who caused them, only those share who wait.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar, cast

from opendev.core.live import hub

LIFE_S = 1.0
MOST = 64

Value = TypeVar("Value")


class Changes:
    """When a request last did something in this process that any page may show."""

    def __init__(self) -> None:
        self.at = 0.0

    def note(self) -> None:
        """Note a change, before anybody is told that it was made."""
        self.at = monotonic()


changes = Changes()


@dataclass(slots=True)
class _Entry(Generic[Value]):
    lock: Lock = field(default_factory=Lock)
    began_at: float = float("-inf")
    value: Value | None = None


class Kept(Generic[Value]):
    """The latest of each key. Safe from any thread; nobody may change a value."""

    def __init__(self) -> None:
        self.entries: OrderedDict[Hashable, _Entry[Value]] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Hashable, read: Callable[[], Value], *, anew: bool = False) -> Value:
        """Return a value that is good for whoever asks now; with `anew`, one whose reading began after the question."""
        asked_at = monotonic()
        with self.lock:
            entry = self.entries.setdefault(key, _Entry())
        with entry.lock:
            if not (entry.began_at >= asked_at or (not anew and _is_good(entry.began_at, asked_at))):
                self._read(key, entry, read)
            return cast(Value, entry.value)

    def _read(self, key: Hashable, entry: _Entry[Value], read: Callable[[], Value]) -> None:
        began_at = monotonic()
        try:
            entry.value = read()
        except BaseException:
            with self.lock:
                self.entries.pop(key, None)  # what is not there pushes nothing out
            raise
        entry.began_at = began_at
        with self.lock:
            self.entries[key] = entry
            self.entries.move_to_end(key)
            while len(self.entries) > MOST:
                self.entries.popitem(last=False)

    def forget(self) -> None:
        """Forget all of it."""
        with self.lock:
            self.entries.clear()


def _is_good(began_at: float, asked_at: float) -> bool:
    if not hub.is_whole or hub.bus is not None:
        return False
    return asked_at - began_at <= LIFE_S and began_at > max(changes.at, hub.heard_at)
