"""Parse the brackets after the question of a quick poll: "Question? [scale 1-5: never … always]".

A backslash before a slash or a square bracket makes it literal: "Which \\[old\\] one? / TCP \\/ IP / UDP".
Before any other character a backslash is literal, so "C:\\Users" needs no escaping.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from opendev.core.text import ascii_digits

# Longest bracket, in characters. The longest that we write, a scale's rules as JSON, has about 250.
# The patterns that read a bracket take quadratic time.
MAX_BRACKET = 500
_BRACKET = re.compile(r"^(?P<question>.*\S)\s*\[(?P<bracket>[^\[\]]*)\]$", re.DOTALL)
_WORDS = re.compile(
    r"^(?P<name>[a-z]+)(?:\s+(?P<low>[-\u2212]?\d{1,3})\s*(?:-|–|\u2026|\.\.\.?)\s*(?P<high>[-\u2212]?\d{1,3}))?"
    r"\s*(?P<more>(?:,[a-z\s]+)*)(?:\s*:\s*(?P<labels>.+))?$",
    re.IGNORECASE | re.DOTALL,
)
# Characters that split a line, and their stand-ins: control characters, which no text may contain.
_PLAIN = {"/": "\x01", "／": "\x02", "[": "\x03", "]": "\x04"}
_SIGNS = {stand_in: sign for sign, stand_in in _PLAIN.items()}
_BEFORE_SIGN = re.compile(r"(?<!\\)(\\*)([/／\[\]])")
_STAND_IN = re.compile("[\x01-\x04]")
_BETWEEN_LABELS = re.compile(r"\s*(?:\u2026|\.\.\.|\s-\s|\s–\s)\s*")


class Words(NamedTuple):
    """A bracket's contents: two numbers, words after commas, labels of both ends. Any may be missing."""

    numbers: tuple[int, int] | None
    labels: list[str] | None
    more: frozenset[str] = frozenset()


def protect(line: str) -> str:
    """Replace escaped separators in a line, so that it is not split there; `restore` puts them back."""
    if _STAND_IN.search(line):
        return line  # the reader refuses control characters

    def stand_in(match: re.Match[str]) -> str:
        slashes, sign = match.groups()
        return "\\" * (len(slashes) // 2) + (_PLAIN[sign] if len(slashes) % 2 else sign)

    return _BEFORE_SIGN.sub(stand_in, line)


def restore(value: Any) -> Any:
    """Return a text, or JSON, from a protected line with its original characters."""
    if isinstance(value, str):
        return _STAND_IN.sub(lambda match: _SIGNS[match[0]], value)
    if isinstance(value, Mapping):
        return {name: restore(item) for name, item in value.items()}
    return [restore(item) for item in value] if isinstance(value, list) else value


def escape(text: str) -> str:
    """Escape a text, so that a line is not split inside it."""
    return _BEFORE_SIGN.sub(lambda match: "\\" * (2 * len(match[1]) + 1) + match[2], text)


def split_line(line: str) -> tuple[str, str] | None:
    """Return the question and the bracket of a line that ends with a bracket, else None."""
    match = _BRACKET.match(line.strip())
    if match is None or len(match["bracket"]) > MAX_BRACKET:
        return None
    return match["question"], match["bracket"].strip()


def words_of(name: str, bracket: str) -> Words | None:
    """Return the contents of a bracket that begins with this kind's name; None if it does not."""
    match = _WORDS.match(bracket)
    if match is None or match["name"].casefold() != name:
        return None
    numbers = (_number(match["low"]), _number(match["high"])) if match["low"] else None
    labels = (
        [part.strip() for part in _BETWEEN_LABELS.split(match["labels"], maxsplit=1)]
        if match["labels"]
        else None
    )
    more = frozenset(" ".join(word.casefold().split()) for word in match["more"].split(",") if word.strip())
    return Words(numbers, [*labels, ""][:2] if labels else None, more)


def _number(text: str) -> int:
    sign = -1 if text[0] in "-\u2212" else 1
    return sign * int(ascii_digits(text))
