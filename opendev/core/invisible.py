"""Characters that are invisible or change the direction of their neighbours: removed from people's texts.

Unicode's format characters (category Cf) and its fillers make texts differ that look alike, and make empty-looking
texts count. Two of them carry meaning, the joiners, and stay where scripts and emoji need them (UAX 31, 2.3; UTS 51).
"""

import unicodedata
from itertools import pairwise

ZWNJ, ZWJ = "\u200c", "\u200d"
MARKS = {"\u200e", "\u200f", "\u061c"}  # of direction: they only affect the character next to them
# Fillers that are letters or marks by their category: of Hangul, Khmer, Mongolian and Braille, and the joiner CGJ.
FILLERS = {*"\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"}
SELECTORS = {*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0))}
BLACK_FLAG = "\U0001f3f4"  # followed by tags it is a flag, such as England's
VIRAMA = 9  # the combining class of the character that joins consonants
# Scripts whose letters change shape by a joiner: Arabic to Sinhala, Tibetan and Myanmar, Khmer and Mongolian, others.
JOINED = ((0x0600, 0x0DFF), (0x0F00, 0x109F), (0x1700, 0x18AF), (0x1900, 0x1CFF), (0xA800, 0xABFF))
JOINED_BEYOND = (0x10A00, 0x11FFF)


def without_invisible(text: str) -> str:
    """Return a text without characters that are invisible or change direction; joiners stay where they matter."""
    signs: list[str] = []
    for sign, following in pairwise([*text, ""]):
        if sign in FILLERS:
            if sign == "\u2800":
                signs.append(" ")  # the blank Braille pattern is one
        elif unicodedata.category(sign) != "Cf" or sign in MARKS or _matters(sign, signs, following):
            signs.append(sign)
    return "".join(signs)


def _matters(sign: str, before: list[str], following: str) -> bool:
    """Return True if a format character belongs to its neighbours."""
    if 0xE0020 <= ord(sign) <= 0xE007F:
        return BLACK_FLAG in before
    base = next(
        (earlier for earlier in reversed(before) if earlier not in SELECTORS and not _is_skin(earlier)), ""
    )
    if sign not in {ZWJ, ZWNJ}:
        return unicodedata.category(sign) == "Cf" and unicodedata.bidirectional(sign) in {"AN", "AL"}
    if not base:
        return False
    if unicodedata.combining(base) == VIRAMA:
        return True
    return bool(following.strip()) and (_is_joined(base) or (sign == ZWJ and _is_picture(base)))


def _is_skin(sign: str) -> bool:
    return "\U0001f3fb" <= sign <= "\U0001f3ff"


def _is_picture(sign: str) -> bool:
    return unicodedata.category(sign) == "So"


def _is_joined(sign: str) -> bool:
    return any(first <= ord(sign) <= last for first, last in (*JOINED, JOINED_BEYOND))


def is_visible(text: str) -> bool:
    """Return True if a text has a visible character: not just spaces, marks and fillers."""
    return any(
        unicodedata.category(sign) not in {"Cf", "Cc", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"}
        and sign not in FILLERS
        for sign in text
    )


def look_of(text: str) -> str:
    """Return the common form of texts that look alike: without case, joiners, marks and selectors."""
    seen = (s for s in text if unicodedata.category(s) != "Cf" and s not in SELECTORS and s not in FILLERS)
    return " ".join("".join(seen).casefold().split())
