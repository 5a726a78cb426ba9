"""What the pages use is in all browsers that README.md names, or something guards it."""

import re

import pytest

from tests.support.programs import lacking
from tools import browser_floor
from tools.browser_floor import FLOOR, Data, problems


@pytest.fixture(scope="module")
def data() -> Data:
    if not browser_floor.provide():
        lacking("npm (for @mdn/browser-compat-data)")
    return Data()


@pytest.mark.parametrize(
    ("name", "source", "key"),
    [
        ("planted.js", "const order = [...rows].toSorted()", "javascript.builtins.Array.toSorted"),
        ("planted.js", "form?.requestSubmit(button)", "api.HTMLFormElement.requestSubmit"),
        (
            "planted.js",
            "const groups = Object.groupBy(polls, key)",
            "javascript.builtins.Map.groupBy",
        ),
        ("planted.js", "new CompressionStream(kind)", "api.CompressionStream"),
        ("planted.js", "document.startViewTransition(paint)", "api.Document.startViewTransition"),
        ("planted.css", "a{b:c} .row{&:hover{color:red}}", "css.selectors.nesting"),
        ("planted.css", "@container (width > 30rem){a{color:red}}", "css.at-rules.container"),
        ("planted.css", ".row{anchor-name:--row}", "css.properties.anchor-name"),
        ("planted.css", "a:open{color:red}", "css.selectors.open"),
        ("planted.css", "a{color:oklch(50% 0 0)}", "css.types.color.oklch"),
    ],
)
def test_planted_feature_is_found(data: Data, name: str, source: str, key: str):
    assert key in [key for key, _browsers in problems(name, source, data)]


def test_what_all_of_them_have_and_what_is_only_spoken_of_is_no_problem(data: Data):
    script = "// toSorted() is newer\nconst last = rows.at(-1) ?? text('toSorted')\nrows?.closest('a')"
    sheet = "/* a{anchor-name:--a} */ @layer a{a:focus-visible{inset:0; color:rgb(0 0 0 / 50%)}}"
    assert problems("clean.js", script, data) == []
    assert problems("clean.css", sheet, data) == []


def test_all_scripts_and_sheets_keep_the_floor(data: Data):
    found = {path.name: problems(path.name, path.read_text(), data) for path in browser_floor.files()}
    assert {name: listed for name, listed in found.items() if listed} == {}


def test_readme_names_the_same_browsers():
    readme = (browser_floor.ROOT / "README.md").read_text()
    for browser in ("Safari", "Firefox", "Chrome"):
        match = re.search(rf"{browser} ([\d.]+)", readme)
        assert match is not None, browser
        assert float(match[1]) == FLOOR[browser.lower()]
