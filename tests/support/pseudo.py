"""A made-up language: every text of ours in letters that English has not, and longer by some 40 %.

Where a page in it shows an English letter, a text is not marked for translation, or somebody's words stand there.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.utils.translation import trans_real

from tools.messages.catalogues import compiled, entries_of
from tools.messages.sources import Source

LANGUAGE = "el"  # from left to right, dates without a Latin letter; nobody offers it
RIGHT_TO_LEFT = "fa"
PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ODD = "áƀçðéƒĝĥíĵķłɱñóþǫŕšţúṽŵẋýžÁɃÇÐÉƑĜĤÍĴĶŁṀÑÓÞǪŔŠŢÚṼŴẊÝŽ"
LETTERS = str.maketrans(dict(zip(PLAIN, ODD, strict=True)))
VOWEL = re.compile(r"([aeiouAEIOU])")
KEPT = re.compile(r"(%\(\w+\)[-#0 +]*\d*(?:\.\d+)?[a-z]|%[sdi%]|\{\w*\}|<[^<>]*>|&#?\w+;|`[^`]*`)")


def pseudo(text: str) -> str:
    """Return a text in the made-up language, its placeholders and tags as they are."""
    pieces = KEPT.split(text)
    return "".join(
        piece if number % 2 else VOWEL.sub(r"\1\1", piece).translate(LETTERS)
        for number, piece in enumerate(pieces)
    )


def write_catalogue(folder: Path, language: str, sources: Sequence[Source]) -> None:
    """Write the language's catalogue for Django, below a folder."""
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for entry in entries_of(sources):
        if entry.msgid_plural:
            entry.msgstr_plural = {0: pseudo(entry.msgid), 1: pseudo(entry.msgid_plural)}
        else:
            entry.msgstr = pseudo(entry.msgid)
        catalogue.append(entry)
    path = folder / language / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(compiled(catalogue))


@contextmanager
def offered(folder: Path, *languages: str) -> Iterator[None]:
    """Offer languages whose catalogues are below the folder, besides English, in this process."""
    before = settings.LANGUAGES, settings.LOCALE_PATHS
    settings.LANGUAGES = [before[0][0], *((language, f"Name of {language}") for language in languages)]
    settings.LOCALE_PATHS = [str(folder)]
    _forget()
    try:
        yield
    finally:
        settings.LANGUAGES, settings.LOCALE_PATHS = before
        _forget()


def _forget() -> None:
    django: Any = trans_real
    django._translations = {}
    django.get_languages.cache_clear()
