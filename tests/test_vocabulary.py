"""The words of the code: what the floor may not know."""

import io
import re
import tokenize
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
