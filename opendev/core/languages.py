"""Languages: which one a reader gets, which one a place uses, and the plural forms of each.

A reader's own choice, stored in a cookie, comes before their browser's. Text that is written for everybody, into
the database, a pad or news, is never in the language of the person who caused it: see `shared_language`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError, get_global
from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language, get_language_bidi, ngettext

LONGEST_HEADER = 200  # characters of Accept-Language that are parsed; browsers send some forty
LIKE_CHINESE = {"cmn": "zh", "yue": "zh", "wuu": "zh"}
LIKE_GERMAN = {"gsw": "de", "bar": "de"}
LIKE = LIKE_CHINESE | LIKE_GERMAN  # the best offered language for people who ask for these
ASKED = "lang"  # in an address
NO_LANGUAGE = {"mul", "und", "zxx", "root"}  # CLDR's codes for: several, unknown, none
TRADITIONAL = {"hant", "tw", "hk", "mo"}  # Chinese in a script that we do not offer
TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")
COUNTED = (*range(200), 1_000_000)  # these include each plural form of whole numbers


def negotiated(accepted: str) -> str:
    """Return the offered language that an Accept-Language header asks for (RFC 9110, 12.5.4), or the default."""
    return _negotiated(accepted[:LONGEST_HEADER].lower(), codes())


@lru_cache(maxsize=2_000)
def _negotiated(accepted: str, among: tuple[str, ...]) -> str:
    weights = list(_weights(accepted))
    refused = {tag for tag, weight in weights if weight == 0}
    for tag, weight in sorted(weights, key=lambda pair: -pair[1]):
        if weight == 0:
            break
        if tag == "*":
            allowed = (code for code in among if not {code, code.split("-")[0]} & refused)
            return next(allowed, str(settings.LANGUAGE_CODE))
        if language := offered(tag):
            return language
    return str(settings.LANGUAGE_CODE)


def _weights(accepted: str) -> Iterator[tuple[str, float]]:
    for part in accepted.split(","):
        tag, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        if tag:
            yield tag, weight if 0 <= weight <= 1 else 0.0


def offered(tag: str) -> str:
    """Return the offered language for a tag (BCP 47): itself, or one with the same primary tag, or ""."""
    tag = tag.lower().replace("_", "-")
    if not re.fullmatch(r"[a-z0-9-]{2,40}", tag):
        return ""
    if tag in codes():
        return tag
    name = tag.split("-")[0]
    name = LIKE.get(name, name)
    return next((code for code in codes() if code.split("-")[0] == name), "")


def codes() -> tuple[str, ...]:
    """Return the codes of the offered languages, the default first."""
    return tuple(code for code, _name in settings.LANGUAGES)


@lru_cache(maxsize=2_000)
def language_tag(words: str) -> str:
    """Return the tag (BCP 47) of a language as people and schedules write it; "" for none or several.

    The text may be a tag ("de", "pt_BR", "zh-Hans"), a code of three letters ("ger", "deu"), or a name in one of the
    offered languages ("German", "Deutsch", "Allemand"), with a remark in brackets after it.
    """
    spelling = words.strip().casefold().replace("_", "-")
    if TAG.fullmatch(spelling):
        name, dash, rest = spelling.partition("-")
        name = get_global("language_aliases").get(name, name).partition("_")[0]
        if name in _locale("en").languages and name not in NO_LANGUAGE:
            return f"{name}{dash}{rest}"
    names = _names_of_languages()
    return names.get(spelling) or names.get(spelling.partition("(")[0].strip(), "")


def language_name(words: str) -> str:
    """Return a language's name in the active language (CLDR), or the text itself if it is not a known language."""
    tag = language_tag(words)
    try:
        return (Locale.parse(tag, sep="-").get_display_name(locale()) if tag else "") or words
    except (ValueError, UnknownLocaleError):
        return words


@lru_cache
def _names_of_languages() -> Mapping[str, str]:
    """Return the tags of languages by their names in each offered language; of two meanings the first wins."""
    names: dict[str, str] = {name.casefold(): code for code, name in settings.LANGUAGES}
    for code in codes():
        for tag, name in _locale(code).languages.items():
            if tag not in NO_LANGUAGE:
                names.setdefault(name.casefold(), tag.replace("_", "-").lower())
    return names


def chosen(cookie: str | None) -> str:
    """Return the offered language in a cookie, or ""."""
    return cookie if cookie in codes() else ""


def language_of(cookie: str | None, accepted: str) -> str:
    """Return the language for a reader: the one they chose, otherwise their browser's."""
    return chosen(cookie) or negotiated(accepted)


def chosen_in(query: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """Return the language that a reader has chosen, by an address or the switch; "" if only their browser asks."""
    return offered(query.get(ASKED, "")) or chosen(cookies.get(settings.LANGUAGE_COOKIE_NAME))


def speaking(language: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces of a streamed text, each produced in the language."""
    waiting = iter(pieces)
    while True:
        with translation.override(language):
            piece = next(waiting, None)
        if piece is None:
            return
        yield piece


@contextmanager
def shared_language(language: str) -> Iterator[None]:
    """Activate the language of an event or a session, while something is written for everybody there."""
    with translation.override(offered(language) or settings.LANGUAGE_CODE):
        yield


def direction(language: str | None = None) -> str:
    """Return "rtl" or "ltr"."""
    with translation.override(language or get_language()):
        return "rtl" if get_language_bidi() else "ltr"


def is_foreign(tag: str) -> bool:
    """Return True if a language (by its tag) is not the active one, or is written in another script."""
    page = get_language() or str(settings.LANGUAGE_CODE)
    return tag.split("-")[0] != page.split("-")[0] or bool(TRADITIONAL & set(tag.split("-")))


def locale() -> Locale:
    """Return the active language's CLDR locale: its numbers, country names and plural rules."""
    return _locale(get_language() or settings.LANGUAGE_CODE)


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(translation.to_locale(language))


@lru_cache
def _samples(language: str) -> Mapping[str, int]:
    """Return an example number for each plural form of a language, including "other"."""
    form = _locale(language).plural_form
    samples: dict[str, int] = {}
    for number in sorted(
        COUNTED, key=lambda number: number == 0
    ):  # 0 stands for no form that another number has
        samples.setdefault(form(number), number)
    samples.setdefault("other", 5)  # only for fractions, in some languages: nothing here counts them
    return samples


@dataclass(frozen=True, slots=True)
class Counted:
    """A sentence with {count} that the script fills in: in English two forms, elsewhere as many as the language has."""

    singular: str
    plural: str

    def form(self, count: int) -> str:
        """Return the sentence for a number, with its {placeholders}."""
        return ngettext(self.singular, self.plural, count)

    def forms(self) -> dict[str, str]:
        """Return the sentence of each plural form, by its name in `Intl.PluralRules`."""
        return {
            name: self.form(number)
            for name, number in _samples(get_language() or settings.LANGUAGE_CODE).items()
        }
