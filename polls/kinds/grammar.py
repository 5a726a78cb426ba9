"""What stands in brackets behind the question of a quick poll: "Question? [scale 1-5: never … always]"."""

import re
from typing import NamedTuple

from opendev.core.text import ascii_digits

_BRACKET = re.compile(r"^(?P<question>.*\S)\s*\[(?P<bracket>[^\[\]]*)\]$", re.DOTALL)
_WORDS = re.compile(
    r"^(?P<name>[a-z]+)(?:\s+(?P<low>[-\u2212]?\d{1,3})\s*(?:-|–|\u2026|\.\.\.?)\s*(?P<high>[-\u2212]?\d{1,3}))?"
    r"(?:\s*:\s*(?P<labels>.+))?$",
    re.IGNORECASE | re.DOTALL,
)
_BETWEEN_LABELS = re.compile(r"\s*(?:\u2026|\.\.\.|\s-\s|\s–\s)\s*")


class Words(NamedTuple):
    """What a bracket says: two numbers, and the labels of both ends; either may be missing."""

    numbers: tuple[int, int] | None
    labels: list[str] | None


def split_line(line: str) -> tuple[str, str] | None:
    """Return question and bracket of a line that ends with one."""
    match = _BRACKET.match(line.strip())
    return (match["question"], match["bracket"].strip()) if match else None


def words_of(name: str, bracket: str) -> Words | None:
    """Return what a bracket says that begins with a kind's name; None where it begins with another."""
    match = _WORDS.match(bracket)
    if match is None or match["name"].casefold() != name:
        return None
    numbers = (_number(match["low"]), _number(match["high"])) if match["low"] else None
    labels = (
        [part.strip() for part in _BETWEEN_LABELS.split(match["labels"], maxsplit=1)]
        if match["labels"]
        else None
    )
    return Words(numbers, [*labels, ""][:2] if labels else None)


def _number(text: str) -> int:
    sign = -1 if text[0] in "-\u2212" else 1
    return sign * int(ascii_digits(text))
