"""What is read once for all who ask in the same moment: never older than what the process knows of."""

import threading
from time import monotonic, sleep
from types import SimpleNamespace

import pytest

from opendev.core import kept
from opendev.core.kept import Kept, changes


@pytest.fixture
def hub(monkeypatch):
    """A Hub that runs in a single process, and heard nothing yet."""
    running = SimpleNamespace(is_whole=True, bus=None, heard_at=0.0)
    monkeypatch.setattr(kept, "hub", running)
    monkeypatch.setattr(kept, "LIFE_S", 600.0)
    return running


class Source:
    """Counts how often it was read."""

    def __init__(self):
        self.times = 0

    def read(self):
        self.times += 1
        return self.times


def test_value_is_read_once_until_something_changes(hub):
    values, source = Kept(), Source()
    assert [values.get("a", source.read) for _ in range(3)] == [1, 1, 1]
    changes.note()
    assert [values.get("a", source.read) for _ in range(2)] == [2, 2]
    hub.heard_at = monotonic()
    assert [values.get("a", source.read) for _ in range(2)] == [3, 3]
    assert values.get("b", source.read) == 4
    assert values.get("a", source.read, anew=True) == 5
    assert values.get("a", source.read) == 5


@pytest.mark.parametrize(("name", "value"), [("is_whole", False), ("bus", object())])
def test_nothing_outlives_its_moment_where_news_may_come_late_or_never(hub, name, value):
    values, source = Kept(), Source()
    setattr(hub, name, value)
    assert [values.get("a", source.read) for _ in range(2)] == [1, 2]


def test_value_grows_old(hub, monkeypatch):
    values, source = Kept(), Source()
    values.get("a", source.read)
    monkeypatch.setattr(kept, "LIFE_S", -1.0)
    assert values.get("a", source.read) == 2


def test_who_asks_while_another_reads_waits_for_that(hub, monkeypatch):
    hub.is_whole = False
    looks = []

    def look_at_the_clock():
        looks.append(monotonic())
        return looks[-1]

    monkeypatch.setattr(kept, "monotonic", look_at_the_clock)
    values, source, begun, goes_on = Kept(), Source(), threading.Event(), threading.Event()
    got = []

    def read_slowly():
        begun.set()
        goes_on.wait(20)
        return source.read()

    def ask():
        got.append(values.get("a", read_slowly))

    first = threading.Thread(target=ask)
    first.start()
    begun.wait(20)
    others = [threading.Thread(target=ask) for _ in range(5)]
    for other in others:
        other.start()
    deadline = monotonic() + 20
    while len(looks) < 2 + len(others):  # the first asked and began, the others asked
        assert monotonic() < deadline
        sleep(0.001)
    goes_on.set()
    for thread in (first, *others):
        thread.join(20)
    # Those who asked while it was read wait for one reading of after their question, all of them for the same.
    assert sorted(got) == [1, 2, 2, 2, 2, 2]


def test_change_during_the_reading_is_read_again(hub):
    values, source = Kept(), Source()

    def read_while_it_changes():
        hub.heard_at = monotonic()
        return source.read()

    assert values.get("a", read_while_it_changes) == 1
    assert values.get("a", source.read) == 2


def test_what_fails_is_not_kept_and_pushes_nothing_out(hub):
    values, source = Kept(), Source()
    for key in range(kept.MOST):
        values.get(key, source.read)
    for key in range(100, 400):
        with pytest.raises(ZeroDivisionError):
            values.get(key, lambda: 1 / 0)
    assert values.get(0, source.read) == 1
    assert len(values.entries) == kept.MOST
    values.get("more", source.read)
    assert len(values.entries) == kept.MOST
    assert values.get(0, source.read) > kept.MOST  # which was read longest ago
    values.forget()
    assert not values.entries
