"""When two spellings are the same word: case, width, accents and spaces do not matter; meaning is never considered.

The key never depends on a reader's language, since two readers would then see different counts. Accents are only
removed after Latin and Greek letters, since elsewhere they make a different letter: か and が, й and и.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from hashlib import blake2b

MAX_KEY_LENGTH = 120
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h", "ς": "σ"}
    | {"’": "'", "‘": "'", "‐": "-", "‑": "-", "–": "-"}
)
_SENTENCE_SIGNS = "\"'“”„«»,;:!?、。，！？…"
_ENDS = re.compile(rf"^[\s{_SENTENCE_SIGNS}]+|[\s{_SENTENCE_SIGNS}.]+$")
_DOT_BEFORE_NO_LETTER = re.compile(r"^\.(?![^\W\d_])")
# Unicode's Default_Ignorable_Code_Point: invisible characters.
_IGNORED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_ARABIC_SIGNS = re.compile("[\u064b-\u0652\u0670\u0640]+")
CYRILLIC_E, DIAERESIS = "\u0435", "\u0308"
# Scripts that put no space between words: Thai, Lao, Myanmar, Khmer, kana, Han, Hangul.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@lru_cache(maxsize=20_000)
def merge_key(text: str) -> str:
    """Return the key that equal spellings share; never "" for a visible text."""
    if text.isascii():
        key = " ".join(text.lower().split())
        if not key.replace(" ", "").isalnum():
            key = _trimmed(key)
    else:
        folded = _IGNORED.sub("", unicodedata.normalize("NFKC", text).casefold())
        plain = _without_accents(unicodedata.normalize("NFD", folded))
        key = _trimmed(unicodedata.normalize("NFC", plain).translate(_LETTERS))
    key = key or text.strip()
    if len(key) <= MAX_KEY_LENGTH:
        return key
    return f"{key[:80]}#{blake2b(key.encode(), digest_size=16).hexdigest()}"


def _trimmed(text: str) -> str:
    before, text = None, " ".join(text.split())
    while before != text:  # what one rule uncovers at an end may be subject to the other
        before, text = text, _DOT_BEFORE_NO_LETTER.sub("", _ENDS.sub("", text))
    return text


def _without_accents(text: str) -> str:
    """Return decomposed text without the marks that do not make a different letter."""
    signs: list[str] = []
    base = ""
    for sign in _ARABIC_SIGNS.sub("", text):
        if unicodedata.category(sign) != "Mn":
            base = sign
        elif _is_latin_or_greek(base) or (base == CYRILLIC_E and sign == DIAERESIS):
            continue
        signs.append(sign)
    return "".join(signs)


@lru_cache(maxsize=4_000)
def _is_latin_or_greek(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith(("LATIN ", "GREEK ")) if sign else False


def is_blocked(key: str, blocked: Collection[str]) -> bool:
    """Return True if a key contains one of the blocked keys: as whole words, or anywhere if the script has no
    spaces between words.
    """
    spaced = f" {key} "
    bare = " ".join(_trimmed(word) for word in key.split())
    return any(
        f" {word} " in spaced or f" {word} " in f" {bare} " or (word in key and _UNSPACED.search(word))
        for word in blocked
    )
