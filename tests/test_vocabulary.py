"""The words of the code: what the live core may not know, and one word for a thing everywhere."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

LIVE = ["live", "fan_out", "groups", "sweep", "rights", "bus", "writing", "sending", "batching", "consumers"]
WORDS_OF_APPS = re.compile(
    r"(?<![a-z])(polls?|vot(e|es|ed|ers?)|questions?|upvot(e|es|ed)|moderators?|helpers?|displays?|authors?)(?![a-z])"
)


def names_and_texts(path: Path) -> set[str]:
    """The identifiers and one-line texts of a file, without its comments and docstrings."""
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    return {
        token.string
        for token in tokens
        if token.type == tokenize.NAME
        or (token.type == tokenize.STRING and not token.string.startswith(('"""', "'''")))
    }


def test_live_core_names_no_app_and_none_of_their_audiences_and_rights():
    core = ROOT / "opendev" / "core"
    assert {
        f"{name}.py: {word}"
        for name in LIVE
        for word in names_and_texts(core / f"{name}.py")
        if WORDS_OF_APPS.search(word)
    } == set()


# --- one word a thing

# They read what others wrote, or hold what a migration has written.
MAY_SAY_MORE = {"sessions/registrations/lists"}


def glossary() -> list[list[str]]:
    """The rows of the table: term, meaning, in code, on pages, in REST, words that it bans."""
    table = (ROOT / "docs" / "architecture.md").read_text().partition("## Glossary")[2]
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row[1:-1].split("|")] for row in rows[2:]]


def texts_of_the_product() -> Iterator[tuple[Path, str]]:
    """Templates and docs whole, but for the glossary; of the code its comments and texts."""
    for path in [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        yield path, path.read_text().partition("## Glossary")[0]
    for path in sorted((ROOT / "opendev" / "templates").rglob("*.html")):
        yield path, path.read_text()
    for package in ("opendev", "sessions", "polls", "etherpad_links"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts and str(path.parent.relative_to(ROOT)) not in MAY_SAY_MORE:
                tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
                words = [t.string for t in tokens if t.type in {tokenize.COMMENT, tokenize.STRING}]
                yield path, "\n".join(words)


def test_every_thing_is_called_by_its_one_word():
    banned = [word.strip() for row in glossary() for word in row[5].split(",") if word.strip()]
    assert len(banned) > 20
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, banned))})s?\b", re.IGNORECASE)
    assert [
        f"{path.relative_to(ROOT)}: {word[0]}"
        for path, text in texts_of_the_product()
        for word in pattern.finditer(text)
    ] == []


def test_names_of_the_glossary_are_in_the_code():
    sources = "\n".join(
        path.read_text()
        for package in ("opendev", "sessions", "polls", "etherpad_links")
        for path in (ROOT / package).rglob("*.py")
    )
    named = {name for row in glossary() for name in re.findall(r"`([^`]+)`", row[2])}
    missing = {
        name
        for name in named
        if "/" not in name
        and not re.search(rf"\b{re.escape(name.split('.')[-1].removesuffix('()'))}\b", sources)
    }
    assert len(named) > 30
    assert missing == set()


# --- docstrings say what a function does, as a native would

ODD_BEGINNINGS = re.compile(r'"""(Tell whether|Have |Whoever )')


def test_docstrings_begin_with_what_is_done():
    assert [
        f"{path.relative_to(ROOT)}: {line.strip()[:60]}"
        for package in ("opendev", "sessions", "polls", "etherpad_links")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
        for line in path.read_text().splitlines()
        if ODD_BEGINNINGS.search(line)
    ] == []
