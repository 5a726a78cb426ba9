"""The kinds are known by their registry alone, to the server and to the script alike."""

import re
from pathlib import Path

import pytest

from polls.kinds import FAMILIES, KINDS

ROOT = Path(__file__).resolve().parents[3]
BUILT = "opendev/static/bundles/"
HOMES = (
    BUILT,
    "polls/kinds/",
    "opendev/static/companion/kinds/",
    "opendev/templates/room/kinds/",
    "polls/migrations/",
)
SOURCES = [
    path
    for folder in ("polls", "opendev", "sessions", "etherpad_links")
    for ending in ("py", "js", "html", "css")
    for path in (ROOT / folder).rglob(f"*.{ending}")
    if not str(path.relative_to(ROOT)).startswith(HOMES)
]
# Some kinds are called as other things are: a column, a field, a word. What stands beside `kind` is a kind.
UNMISTAKABLE = [name for name in KINDS if name not in {"single", "number", "points", "text", "words"}]
NAMED = re.compile(
    rf"""["'](?:{"|".join(UNMISTAKABLE)})["']|\b(?:kind|value)["'\])]*\s*[=!:]=*\s*["'](?:{"|".join(KINDS)})["']"""
)
FIELD = "home/organise/field.html"  # whose `kind` is a type of input


def test_no_file_outside_the_kinds_names_one():
    named = {
        f"{path.relative_to(ROOT)}: {line.strip()[:100]}"
        for path in SOURCES
        for line in path.read_text().splitlines()
        if NAMED.search(line) and FIELD not in line
    }
    assert named == set()


def test_search_for_names_would_find_one():
    for line in ('if poll.kind === "multiple"', "{% if kind == 'single' %}", '"kind": "single"'):
        assert NAMED.search(line)
    assert len(SOURCES) > 300


@pytest.mark.parametrize("name", KINDS)
def test_kind_has_a_script_of_its_own_that_says_the_same(name):
    kind = KINDS[name]
    script = (ROOT / "opendev/static/companion/kinds" / f"{name}.js").read_text()
    assert f'name: "{name}"' in script
    assert f'field: "{kind.field}"' in script
    assert f'input: "{kind.input}"' in script
    assert f"oneRow: {str(kind.one_row).lower()}" in script
    assert kind.family in FAMILIES
    for script, has_it in (("index", kind.is_usual), ("more", not kind.is_usual)):
        source = (ROOT / "opendev/static/companion/kinds" / f"{script}.js").read_text()
        assert (f'import {name} from "./{name}.js"' in source) == has_it


def test_kind_fits_its_column():
    assert all(len(name) <= 20 and name.isascii() for name in KINDS)
