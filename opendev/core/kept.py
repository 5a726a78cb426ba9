"""A cache for data that is the same for everybody: read once for simultaneous requests, never older than our own news.

A page thread that asks while another one reads waits for that one. Data from before a change that this process made
or received is read again, so people see what they have just done. Unannounced changes by other processes show after
a second. With several workers, where news may arrive later than its author, only simultaneous requests share.
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
    """When a request last changed something in this process that any page may show."""

    def __init__(self) -> None:
        self.at = 0.0

    def note(self) -> None:
        """Note a change, before anybody is notified of it."""
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
        """Return a value that is fresh enough; with `anew`, one whose reading began after this call."""
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
                self.entries.pop(key, None)  # missing values evict nothing
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
