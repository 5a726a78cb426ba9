"""Places of words in a cloud; static/companion/kinds/cloud.js does the same, and a test compares the two.

Words keep their places while the cloud grows: a word is first tried where it was. All lengths are
whole units of the picture's own box, so that two readers never differ by rounding.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import isqrt
from typing import Any, NamedTuple

FULL = 58  # percent of the box that words may cover
NARROW = frozenset("fijlrtI.,:;!|'()[]{}/ ")
BROAD = frozenset("mwMW@%&")
STEPS = 3


class Box(NamedTuple):
    """The size of a picture, its largest and smallest letters, and its maximum number of words."""

    width: int
    height: int
    greatest: int
    smallest: int
    least: int  # for a word that is too long for the smallest
    most: int
    gap: int


ROOM = Box(360, 320, 64, 18, 14, 40, 5)  # a phone's column, 288 pixels wide at 320
SCREEN = Box(1280, 540, 150, 40, 34, 60, 14)  # 34 units are 32 pixels of a full-HD wall


class Place(NamedTuple):
    """A word's middle and its extent."""

    x: int
    y: int
    width: int
    height: int


@lru_cache(maxsize=4_000)
def units_of(text: str) -> int:
    """Return the approximate width of a text, in hundredths of its font size."""
    return sum(_units(sign) for sign in text)


def _units(sign: str) -> int:
    code = ord(sign)
    if code < 0x80:
        if sign in NARROW:
            return 36
        if sign in BROAD:
            return 92
        return 76 if "A" <= sign <= "Z" else 62
    if unicodedata.category(sign).startswith("M"):
        return 0
    if code >= 0x1F000:
        return 135
    return 104 if 0x1100 <= code < 0x1160 or 0x2E80 <= code < 0xFFA0 else 66


def sizes_of(words: Sequence[tuple[str, int]], box: Box) -> list[int]:
    """Return the font size of each word, by the square root of its count; 0 for the last ones if there are too many.

    The first word has at least twice the smallest letters, so that a cloud of many words still has a shape.
    """
    top = words[0][1]
    weights = [isqrt(1_000_000 * count // top) for _text, count in words]
    sizes: list[int] = []
    for shown in range(len(words), 0, -2):
        for greatest in range(box.greatest, 2 * box.smallest - 1, -4):
            sizes = [
                _size(text, box.smallest + (greatest - box.smallest) * weight // 1000, box)
                for (text, _count), weight in zip(words[:shown], weights, strict=False)
            ]
            area = sum(
                (units_of(text) * size // 100 + box.gap) * (_height(size) + box.gap)
                for (text, _count), size in zip(words, sizes, strict=False)
            )
            if 100 * area <= FULL * box.width * box.height:
                return sizes + [0] * (len(words) - shown)
    return sizes + [0] * (len(words) - len(sizes))


def _size(text: str, size: int, box: Box) -> int:
    """Return an even size at which the word takes at most nine tenths of the width, or 0."""
    fitting = 9 * box.width * 10 // max(1, units_of(text))
    size = min(size, fitting) // 2 * 2
    return size if size >= box.least else 0


def _height(size: int) -> int:
    return size * 11 // 10


def places_of(
    words: Sequence[tuple[str, int]], sizes: Sequence[int], box: Box, standing: Mapping[str, tuple[int, int]]
) -> list[tuple[int, Place] | None]:
    """Return (size, place) of each word, the most frequent first; None for those that do not fit."""
    taken: list[Place] = []
    spots: list[tuple[int, Place] | None] = []
    for (text, _count), size in zip(words, sizes, strict=True):
        placed = _place(text, size, box, taken, standing.get(text)) if size else None
        spots.append(placed)
        if placed:
            taken.append(placed[1])
    return spots


def _place(
    text: str, size: int, box: Box, taken: Sequence[Place], before: tuple[int, int] | None
) -> tuple[int, Place] | None:
    for step in range(STEPS):
        smaller = (size - (size - box.least) * step // (STEPS - 1)) // 2 * 2
        width, height = units_of(text) * smaller // 100, _height(smaller)
        for x, y in _candidates(width, height, box, taken, before):
            if _is_free(x, y, width, height, box.gap, taken):
                return smaller, Place(x, y, width, height)
    return None


def _candidates(
    width: int, height: int, box: Box, taken: Sequence[Place], before: tuple[int, int] | None
) -> list[tuple[int, int]]:
    """Return centres inside the box: where the word was, then next to placed words, the nearest first."""
    x, y = before or (box.width // 2, box.height // 2)
    around = [(x, y)]
    for at_x, at_y, other_width, other_height in taken:
        aside, over = (other_width + width) // 2 + box.gap, (other_height + height) // 2 + box.gap // 2
        inset = (other_width - width) // 2
        around += [(at_x + aside, at_y), (at_x - aside, at_y)]
        for dx in (0, inset, -inset):
            around += [(at_x + dx, at_y + over), (at_x + dx, at_y - over)]
    across, down = box.height * box.height, box.width * box.width
    inside = [
        ((left - x) * (left - x) * across + (top - y) * (top - y) * down, top, left)
        for left, top in around
        if width <= 2 * left <= 2 * box.width - width and height <= 2 * top <= 2 * box.height - height
    ]
    return [(left, top) for _far, top, left in sorted(inside)]


def _is_free(x: int, y: int, width: int, height: int, gap: int, taken: Sequence[Place]) -> bool:
    for at_x, at_y, other_width, other_height in taken:
        if (
            2 * abs(x - at_x) < width + other_width + gap
            and 2 * abs(y - at_y) < height + other_height + gap // 2
        ):
            return False
    return True


def cloud_of(
    words: Sequence[tuple[str, str, int]], different: int, *, box: Box = ROOM
) -> dict[str, Any] | None:
    """Return the cloud of (id, text, count), most frequent first: `{width, height, words, left}`; None without words.

    `words` are `{id, text, x, y, size, tier}`; `left` is how many of the `different` words are not in the picture.
    """
    return _cloud(tuple(words), different, box) if words else None


@lru_cache(maxsize=256)
def _cloud(words: tuple[tuple[str, str, int], ...], different: int, box: Box) -> dict[str, Any]:
    shown = [(text, count) for _id, text, count in words[: box.most]]
    placed = places_of(shown, sizes_of(shown, box), box, {})
    drawn = [
        {
            "id": words[rank][0],
            "text": words[rank][1],
            "x": spot[1].x,
            "y": spot[1].y,
            "size": spot[0],
            "tier": tier_of(rank),
        }
        for rank, spot in enumerate(placed)
        if spot
    ]
    return {"width": box.width, "height": box.height, "words": drawn, "left": different - len(drawn)}


def tier_of(rank: int) -> int:
    """Return 0 for the three most frequent words, 1 for the next seven, 2 for the rest."""
    return 0 if rank < 3 else 1 if rank < 10 else 2
