"""docs/asvs.md: no point of the chapters it traces is missing, and what it names is there."""

import re
from pathlib import Path

from tests.support.databases import ROOT

PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| [^|]+ \| (yes|reason|open) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+(?:\.py)?/?)(?:::(\w+))?`")
# Points of levels 1 and 2 in ASVS 5.0.0: how many each section has.
SECTIONS = {
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip


def test_every_point_of_the_chapters_has_a_row():
    wanted = [f"{section}.{number}" for section, most in SECTIONS.items() for number in range(1, most + 1)]
    assert [row[0] for row in ROW.findall(PAGE)] == wanted


def test_every_row_gives_a_test_or_a_reason():
    for point, state, why in ROW.findall(PAGE):
        assert why.strip(), point
        assert state != "reason" or len(why) > 10, point


def test_every_test_that_is_named_exists():
    named = NAMED.findall(PAGE)
    assert len(named) > 30
    for path, test in named:
        file = Path(ROOT / path)
        assert file.exists(), path
        assert not test or f"def {test}(" in file.read_text(encoding="utf-8"), (path, test)
