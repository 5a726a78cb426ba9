"""Unit texts: a `str` in which every element is one UTF-16 code unit.

JavaScript counts those, and so do Etherpad's lengths and positions. An emoji is one element of a Python text and two of
a unit text (a pair of lone surrogates). Texts are converted on input and on output, and nowhere else.
"""

import struct

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def to_units(text: str) -> str:
    """Return the unit text of an ordinary text; a unit text is returned unchanged."""
    if text.isascii():
        return text
    coded = text.encode("utf-16-le", "surrogatepass")
    return "".join(map(chr, struct.unpack(f"<{len(coded) // 2}H", coded)))


def from_units(text: str) -> str:
    """Return the ordinary text. Half an emoji, which an edit can leave behind, stays a lone surrogate."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def readable(text: str) -> str:
    """Return the ordinary text with lone surrogates shown as U+FFFD, so that it can be stored and sent as UTF-8."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def base36(number: int) -> str:
    """Return a non-negative number in the notation of changesets."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits or "0"
