"""Lines of text for a picture: their width, where they can break, and their direction.

An SVG is drawn with the reader's own fonts, so widths are estimates, rather too wide than too narrow.
"""

import unicodedata
from collections.abc import Iterator

from polls.kinds.cloud import units_of

BOLD = 1.15  # how much wider bold letters are
JOINER, SKIN = "\u200d", range(0x1F3FB, 0x1F400)
FLAGS = range(0x1F1E6, 0x1F200)  # two of these letters are a flag
SMALL_KANA = "ーぁぃぅぇぉっゃゅょァィゥェォッャュョ"
NEVER_FIRST = frozenset(f"{SMALL_KANA}、。，．：；？！）］｝」』】〉》〕・…‥々,.!?:;)]}}%")
LONGEST = 12  # characters that combine into one, besides marks; more would leave the sheet
WIDE = ("W", "F")


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return the approximate width of a text, in the unit of its font size."""
    return units_of(text) * size / 100 * (BOLD if bold else 1)


def runs_from_right(text: str) -> bool | None:
    """Return True if the first strong character is right-to-left, None if no character has a direction."""
    for sign in text:
        direction = unicodedata.bidirectional(sign)
        if direction in {"R", "AL"}:
            return True
        if direction == "L":
            return False
    return None


def clusters_of(text: str) -> list[str]:
    """Return the visible characters: marks, joined emoji, flags and closing punctuation stay with what precedes."""
    clusters: list[str] = []
    for sign in text:
        if clusters and _belongs(sign, clusters[-1]):
            clusters[-1] += sign
        else:
            clusters.append(sign)
    return clusters


def _belongs(sign: str, before: str) -> bool:
    if unicodedata.category(sign).startswith("M") or ord(sign) in SKIN:
        return True
    if len(before) >= LONGEST:
        return False
    if sign in NEVER_FIRST or sign == JOINER or before.endswith(JOINER):
        return True
    return ord(sign) in FLAGS and len(before) == 1 and ord(before) in FLAGS


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Return lines no wider than `width`, broken at spaces, between wide characters, and in overlong words."""
    lines, line = [], ""
    for piece in _pieces(text, width, size, bold=bold):
        joined = line + piece
        if line and width_of(joined.rstrip(), size, bold=bold) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line = joined
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str, width: float, size: float, *, bold: bool) -> Iterator[str]:
    """Return the unbreakable pieces, each with the space after it."""
    for word in text.split():
        parts = list(_unbroken(word)) if _has_wide(word) else [word]
        for place, part in enumerate(parts):
            end = " " if place == len(parts) - 1 else ""
            if width_of(part, size, bold=bold) <= width:
                yield part + end
            else:
                yield from clusters_of(part)
                yield end


def _unbroken(word: str) -> Iterator[str]:
    """Return a word's wide characters one by one, and the text between them as a whole."""
    run = ""
    for cluster in clusters_of(word):
        if unicodedata.east_asian_width(cluster[0]) in WIDE:
            if run:
                yield run
            yield cluster
            run = ""
        else:
            run += cluster
    if run:
        yield run


def _has_wide(word: str) -> bool:
    return any(unicodedata.east_asian_width(sign) in WIDE for sign in word)
