"""Readable addresses from titles and names in any script."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii
from django.utils.text import slugify

# Scripts that leave out vowels, or whose reading depends on the language: they cannot be transcribed letter by letter.
_UNREADABLE = ("ARABIC", "HEBREW", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
_KANA = ("HIRAGANA", "KATAKANA")
_HAN = "CJK UNIFIED"
_APOSTROPHES = "’‘ʼ"


def readable_slug(text: str) -> str:
    """Return a text's form in an address, "kai-chang" for 开场; "" if nothing of it can be transcribed.

    Chinese characters are written by sound, one word each. Next to kana they are Japanese, and their sound is unknown.
    """
    # Full-width marks separate words like spaces elsewhere; NFKC would make plain ones of them, which `slugify` drops.
    parted = "".join(" " if _is_foreign_mark(letter) else letter for letter in text)
    composed = unicodedata.normalize("NFKC", parted)
    is_japanese = any(_script_of(letter).startswith(_KANA) for letter in composed)
    return slugify("".join(_written(letter, is_japanese=is_japanese) for letter in composed))


def _is_foreign_mark(letter: str) -> bool:
    is_mark = not letter.isascii() and unicodedata.category(letter)[0] not in "LMN"
    return is_mark and letter not in _APOSTROPHES


@lru_cache(maxsize=4_000)
def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "")


def _written(letter: str, *, is_japanese: bool) -> str:
    """Return one letter in ASCII; a space if it cannot be transcribed."""
    if letter.isascii():
        return letter
    script = _script_of(letter)
    if script.startswith((*_UNREADABLE, *_KANA)) or (is_japanese and script.startswith(_HAN)):
        return " "
    if script.startswith(_HAN):
        return f" {anyascii(letter)} "
    return re.sub(r"[^A-Za-z0-9]", "", anyascii(letter))
