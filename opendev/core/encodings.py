"""Decode files that do not name their encoding. UTF-8 and UTF-16 are recognised by their bytes; the rest is a guess."""

import codecs
import re

from django.utils.translation import gettext as _

# What Windows, old Macs and Russian Unix programs write. If two fit equally well, the first wins.
GUESSES = {
    "cp1252": "Windows-1252",
    "cp1251": "Windows-1251",
    "cp1253": "Windows-1253",
    "cp1250": "Windows-1250",
    "mac_roman": "Mac Roman",
    "koi8_r": "KOI8-R",
}
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
COMMON = set("оеаинтсрвлкмяью" + "αοιετσνηυρπκς")  # the letters that Russian and Greek use most
SIGNS = re.compile("[«»„“”‚‘’–—…•°€£§©®™´\\s-]")
LOOKED_AT = 64 * 1024  # bytes that a guess is based on
WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")


def text_of(content: bytes) -> tuple[str, str]:
    """Return the text of a file, and a sentence about the encoding if it had to be guessed, otherwise "".

    Raises:
        UnicodeDecodeError: UTF-16 that is broken.
    """
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.decode(encoding), ""
    if encoding := _unmarked_utf16(content):
        return content.decode(encoding), ""
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError:
        return _guess(content)


def _unmarked_utf16(content: bytes) -> str:
    """Return the kind of UTF-16, or "": in mostly Latin text, every second byte is zero."""
    sample = content[:2_000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(sample) < 4 or max(even, odd) * 5 < len(sample):  # fewer than two in five pairs
        return ""
    if even == 0:
        return "utf-16-le"
    return "utf-16-be" if odd == 0 else ""


def _guess(content: bytes) -> tuple[str, str]:
    words = [match.group() for match in WORD.finditer(content[:LOOKED_AT])]
    name = max(GUESSES, key=lambda encoding: sum(_fits(word, encoding) for word in words))
    sentence = _(
        "The file is not in UTF-8. It was read as %(encoding)s: “%(word)s”."
        " If that is wrong, save the list as “CSV UTF-8” and import it again."
    )
    example = words[0].decode(name, errors="replace")[:60] if words else ""
    return content.decode(name, errors="replace"), sentence % {"encoding": GUESSES[name], "word": example}


def _fits(word: bytes, encoding: str) -> float:
    """Return how much the bytes look like words in this encoding, from 0 to 1."""
    try:
        parts = [part for part in SIGNS.split(word.decode(encoding)) if part and not part.isascii()]
    except UnicodeDecodeError:
        return 0
    return min(map(_fits_letters, parts), default=0.6)  # a dash or an apostrophe alone


def _fits_letters(text: str) -> float:
    if not text.isalpha():
        return 0
    high = [sign for sign in text if ord(sign) > 127]
    is_latin = all(ord(sign) < 0x250 for sign in text)
    if not is_latin and len(high) < len(text):  # letters of two scripts in one word
        return 0
    shape = 1.0 if text in {text.lower(), text.upper(), text.capitalize()} else 0.4
    if is_latin:
        return shape if 2 * len(high) <= len(text) else 0.2
    return shape * (0.5 + 0.5 * sum(sign in COMMON for sign in text.lower()) / len(text))
