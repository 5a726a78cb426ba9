"""The parts of the run: whole, even, and the same each time."""

from pathlib import Path

import pytest

from tests.parts import SECONDS, TRIED_ONCE_MORE, folder_of, into_parts
from tests.support.databases import ROOT

FOLDERS = [path.name for path in (ROOT / "tests").iterdir() if list(path.rglob("test_*.py"))]


def test_every_folder_has_a_part_and_the_long_ones_are_there():
    assert SECONDS.keys() <= set(FOLDERS)
    parts = into_parts(FOLDERS, 3)
    assert parts.keys() == set(FOLDERS)
    assert parts == into_parts(reversed(FOLDERS), 3)


def test_parts_end_at_about_the_same_time():
    parts = into_parts(SECONDS, 3)
    ends = [sum(SECONDS[name] for name, part in parts.items() if part == number) for number in range(3)]
    assert max(ends) < 1.1 * min(ends)


def test_test_is_known_by_its_folder_or_its_file():
    assert folder_of("tests/polls/test_life.py::test_x[a/b::c]") == "polls"
    assert folder_of(f"tests/{Path(__file__).name}::test_y") == "test_parts.py"


def test_only_folders_that_are_there_are_tried_once_more(request: pytest.FixtureRequest):
    assert set(FOLDERS) >= TRIED_ONCE_MORE
    assert request.node.get_closest_marker("flaky") is None  # of this one a failure is a failure
