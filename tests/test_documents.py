"""Documents name what is there: functions, classes, files, commands and frames."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands

from opendev.room.consumers import RoomConsumer

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ["opendev", "sessions", "polls", "etherpad_links"]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
OUTSIDE = {"django.contrib.sessions"}  # the cookie store


def quoted() -> Iterator[str]:
    """Each text that the page sets as code, without its blocks."""
    yield from sorted(set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL))))


@cache
def definitions() -> frozenset[str]:
    """The product's functions and classes: bare, with their class, and with their module."""
    names = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            for node in ast.parse(path.read_text()).body:
                if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    continue
                names |= {node.name, f"{module}.{node.name}"}
                for inner in node.body if isinstance(node, ast.ClassDef) else ():
                    if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                        names.add(f"{node.name}.{inner.name}")
    return frozenset(names)


@cache
def paths() -> frozenset[str]:
    """Where a file or folder ends, however much of the way to it the page says: `pads.py`, `room/pads.py`."""
    folders = [ROOT / name for name in (*PACKAGES, "docs", "tests")]
    kept = [path for folder in folders for path in folder.rglob("*") if "__pycache__" not in path.parts]
    kept += [path for path in ROOT.iterdir() if not path.name.startswith(".")]
    ways = [path.relative_to(ROOT).parts for path in kept]
    return frozenset("/".join(way[start:]) for way in ways for start in range(len(way)))


@cache
def frame_types() -> frozenset[str]:
    """The types of the frames that the code writes, and the commands that it takes."""
    sources = [path.read_text() for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
    return frozenset(RoomConsumer.commands) | {
        word for text in sources for word in re.findall(r'"type": "([\w.]+)"', text)
    }


# What a quoted text looks like, and how to find it; the first that fits judges.
FORMS = [
    (re.compile(r"([\w.]+)\(\)"), lambda name: name[:-2] in definitions()),
    (
        re.compile(r"[\w./-]+\.(py|js|md|toml|yaml|html)|\w+(/\w+)*/|(sessions|opendev)/[\w/]+"),
        lambda name: name.rstrip("/") in paths(),
    ),
    (
        re.compile(r"(opendev|sessions|polls|etherpad_links)(\.\w+)+"),
        lambda name: name in definitions() or name.replace(".", "/") in paths(),
    ),
    (re.compile(r"[A-Z][a-z]\w+"), lambda name: name in definitions()),
    (re.compile(r"\w+\.\*"), lambda name: any(kind.startswith(name[:-1]) for kind in frame_types())),
    (re.compile(r"[a-z_]+\.[a-z_]+"), lambda name: name in frame_types()),
    (re.compile(r"manage\.py \w+"), lambda name: name.split()[1] in get_commands()),
    (re.compile(r"make \w+"), lambda name: name.split()[1] in (ROOT / "Makefile").read_text().split()),
]


def is_there(name: str) -> bool | None:
    """Whether what the page quotes is there; None where it is no name of the code."""
    if name in OUTSIDE:
        return None
    return next((finds(name) for form, finds in FORMS if form.fullmatch(name)), None)


def test_architecture_page_names_what_is_there():
    judged = {name: is_there(name) for name in quoted()}
    assert [name for name, there in judged.items() if there is False] == []
    assert sum(there is True for there in judged.values()) > 70


@pytest.mark.parametrize(
    "name",
    ["BallotBox.cast()", "polls.consumers.nothing()", "opendev/room/nothing.py", "poll.nothing", "Nothing"],
)
def test_name_that_is_not_there_would_be_noticed(name: str):
    assert is_there(name) is False


def test_way_of_a_vote_has_five_steps_each_with_its_functions():
    steps = PAGE.partition("## The way of a vote")[2].partition("\n## ")[0]
    numbered = re.split(r"^\d\. ", steps, flags=re.MULTILINE)[1:]
    assert len(numbered) == 5
    assert all(any(is_there(name) for name in re.findall(r"`([^`\n]+)`", step)) for step in numbered)


# --- files that texts point at

POINTERS = re.compile(r"(?<![\w/.-])((?:[\w-]+/)*[\w-]+\.md)(?![\w/])|\b(docs/adr/\d{4})\b|\bADR (\d+)\b")
CHANGING = {"CHANGELOG.md"}  # tells of files as they were
NAMES_OF_NO_FILE = {"NNNN-short-name.md"}


def product_texts() -> Iterator[Path]:
    for folder in (
        "opendev",
        "sessions",
        "polls",
        "etherpad_links",
        "tools",
        "bench",
        "docs",
        "deploy",
        "tests",
    ):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".md", ".html", ".js", ".css", ".yaml", ".toml"} and path.is_file():
                yield path
    yield from (path for path in sorted(ROOT.glob("*.md")) if path.name not in CHANGING)


def is_in_the_repository(path: Path, pointer: re.Match[str]) -> bool:
    name, record, number = pointer.groups()
    if record or number:
        start = record.rpartition("/")[2] if record else f"{int(number):04}"
        return any((ROOT / "docs" / "adr").glob(f"{start}-*.md"))
    return name in NAMES_OF_NO_FILE or any(
        (folder / name).exists() for folder in (ROOT, ROOT / "docs", path.parent)
    )


def test_texts_point_at_documents_that_are_there():
    lost = [
        f"{path.relative_to(ROOT)}: {pointer[0]}"
        for path in product_texts()
        for pointer in POINTERS.finditer(path.read_text())
        if not is_in_the_repository(path, pointer)
    ]
    assert lost == []


# --- decision records

RECORDS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
STATUS = re.compile(r"Date: \d{4}-\d\d-\d\d\. Status: accepted\.( \S.*\.)?")
SECTIONS = ["Context", "Decision", "Alternatives", "Consequences"]
MAY_BE_MISSING = "Alternatives"


def departures(name: str, text: str) -> list[str]:
    """Return where a decision record, whose name begins with its number, departs from the form in the README."""
    lines = text.splitlines()
    headings = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    bodies = [body.partition("\n")[2].strip() for body in text.split("\n## ")[1:]]
    checks = {
        "title": re.fullmatch(rf"# {int(name[:4])}\. \S.*[^.]", lines[0]),
        "status": lines[1] == "" and STATUS.fullmatch(lines[2]) and lines[3:5] == ["", "## Context"],
        "sections": headings in (SECTIONS, [heading for heading in SECTIONS if heading != MAY_BE_MISSING]),
        "content": all(bodies),
    }
    return [f"{name}: {what}" for what, holds in checks.items() if not holds]


def test_decision_records_have_one_form():
    assert len(RECORDS) > 60
    assert [departure for path in RECORDS for departure in departures(path.name, path.read_text())] == []


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("# 2.", "# 3.", "title"),
        ("Status: accepted.", "Accepted.", "status"),
        ("## Context", "## What was the question", "sections"),
        ("## Decision\n\nWe do.\n\n", "", "sections"),
        ("So be it.", "", "content"),
    ],
)
def test_record_in_another_form_would_be_noticed(before: str, after: str, what: str):
    record = (
        "# 2. A decision\n\nDate: 2026-11-23. Status: accepted. Replaces ADR 1.\n\n"
        "## Context\n\nIt was.\n\n## Decision\n\nWe do.\n\n## Consequences\n\nSo be it.\n"
    )
    assert departures("0002", record) == []
    assert f"0002: {what}" in departures("0002", record.replace(before, after))


def test_list_of_decision_records_has_each_with_its_title():
    listed = re.findall(
        r"^- \[(\d{4})\]\((\d{4}-[\w-]+\.md)\): (.+)$",
        (ROOT / "docs" / "adr" / "README.md").read_text(),
        flags=re.MULTILINE,
    )
    titles = {path.name: path.read_text().splitlines()[0].partition(". ")[2] for path in RECORDS}
    assert sorted(listed) == [(name[:4], name, title) for name, title in titles.items()]
