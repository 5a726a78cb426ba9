"""A language's punctuation: full stops, commas, brackets, quotation marks, and the gap after a sentence.

CLDR joins the items of a list and formats numbers; it does not cover the others. Chinese and Japanese marks are
full-width, without a space before or after them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from babel.lists import format_list
from babel.numbers import format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opendev.core.languages import locale

SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "．", "।", "؟", "۔")
HAN = "[\u4e00-\u9fff]"
ODD_BLANK = re.compile(f"(?<={HAN}) (?={HAN}|“)|(?<=”) (?={HAN})")
ENDS_WIDE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]$")
WIDE = "，、。；：？！（）「」『』《》"  # characters that include their own gap


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a language, with their spaces."""

    stop: str = "."
    comma: str = ", "
    item: str = ", "  # between the names of a list
    semicolon: str = "; "
    colon: str = ": "
    opening: str = " ("
    closing: str = ")"


_CHINESE = Marks("。", "，", "、", "；", "：", "（", "）")
_MARKS = {
    "zh": _CHINESE,
    "ja": replace(_CHINESE, comma="、"),
    "ar": Marks(comma="، ", item="، ", semicolon="؛ "),
    "hi": Marks(stop="।"),
    "fr": Marks(semicolon="\u202f; ", colon="\u00a0: "),
}


def marks() -> Marks:
    """Return the marks of the active language."""
    return _MARKS.get((get_language() or "").split("-")[0], Marks())


def in_brackets(text: str, about: str) -> str:
    """Return "text (about)"; only the text if `about` is empty."""
    return f"{text}{marks().opening}{about}{marks().closing}" if about else text


def as_sentence(text: str) -> str:
    """Return a text with a full stop at its end, unless it already ends in a mark."""
    return text if not text or text.endswith(SENTENCE_ENDS) else f"{text}{marks().stop}"


def gap_after(text: str) -> str:
    """Return the separator between a text and the next one: nothing after a full-width mark, else a space.

    It only depends on the text: texts in one language are read, and compared, in another.
    """
    return "" if text.rstrip("”’").endswith(tuple(WIDE)) else " "


def headed(head: str, text: str) -> str:
    """Return "head: text" for somebody else's text; the colon is full-width if the head ends in Han or kana."""
    return f"{head}{'：' if ENDS_WIDE.search(head) else ': '}{text}"


def join_sentences(texts: Iterable[str]) -> str:
    """Return texts one after the other."""
    joined = ""
    for text in texts:
        joined = f"{joined}{gap_after(joined)}{text}" if joined else text
    return joined


def quoted(text: str) -> str:
    """Return somebody else's text in quotation marks."""
    # Translators: the marks of a quotation
    return _("“%(text)s”") % {"text": text}


def join_words(words: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c", as the active language joins them (CLDR)."""
    if is_chinese() and len(words) > 1:  # CLDR puts no spaces between Latin names and 和
        before = " " if words[-2][-1:].isascii() else ""
        after = " " if words[-1][:1].isascii() else ""
        return f"{'、'.join(words[:-1])}{before}和{after}{words[-1]}"
    return str(format_list(words, locale=locale()))


def in_figures(number: int) -> str:
    """Return a number with thousands separators, in the active language's format (CLDR)."""
    return str(format_decimal(number, locale=locale()))


def decimal_words(figure: str) -> str:
    """Return a figure such as "4.1" with the decimal sign of the active language, without thousands separators."""
    try:
        return str(
            format_decimal(
                Decimal(figure), locale=locale(), group_separator=False, decimal_quantization=False
            )
        )
    except ArithmeticError:  # "24½"
        return figure


def is_chinese() -> bool:
    """Return True if the active language is Chinese, which separates Latin letters and figures from Han by spaces."""
    return (get_language() or "").startswith("zh")


def without_odd_blanks(sentence: str) -> str:
    """Return one of our sentences without the extra spaces next to Han that a filled placeholder may leave."""
    return ODD_BLANK.sub("", sentence) if is_chinese() else sentence
