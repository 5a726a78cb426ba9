"""The similarity of two short texts by the words that they share. Simple enough to explain in one sentence.

Words are compared without case, accents and plural endings; stop words do not count. The similarity is twice
the number of shared words divided by the number of words in both (Dice): 0 for nothing in common, 1 for the same words.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")

SIMILAR_FROM = 0.5
MOST_SIMILAR = 3

_WORD = re.compile(r"\w+")
_LITTLE_WORDS = """
    a about an and any are as at be been but by can could did do does for from had has have how i if
    in is it its me my of on or our should so than that the their them then there these they this to
    us was we were what when where which who why will with would you your
"""
_LITTLE = frozenset(_LITTLE_WORDS.split())


def words_of(text: str) -> frozenset[str]:
    """Return the words by which a text is compared; all of its words if it only has stop words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))
    telling = [word for word in words if word not in _LITTLE]
    return frozenset(_stem(word) for word in telling or words)


def _stem(word: str) -> str:
    """Return the word without a plural ending: "clusters" and "cluster" are equal, "kubernetes" stays."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "aeius" else word


def similarity(text: str, other: str) -> float:
    """Return the similarity of two texts, from 0 to 1."""
    mine, theirs = words_of(text), words_of(other)
    if not mine or not theirs:
        return 0.0
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def nearest(text: str, things: Iterable[Thing], words: Callable[[Thing], str]) -> list[Thing]:
    """Return up to three items with nearly the same words as the text, the most similar first."""
    scored = [(similarity(text, words(thing)), thing) for thing in things]
    near = [pair for pair in scored if pair[0] >= SIMILAR_FROM]
    return [thing for _score, thing in sorted(near, key=lambda pair: -pair[0])[:MOST_SIMILAR]]
