"""Languages: which one a reader gets, which one a place speaks, and how a language counts.

A reader's own choice, kept in a cookie, comes before what their browser asks for. What is written for everybody, into
the database, a pad or a frame of news, is never in the language of whoever caused it: see `shared_language`.
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

LONGEST_HEADER = 200  # characters of Accept-Language that are read; browsers send some forty
LIKE_CHINESE = {"cmn": "zh", "yue": "zh", "wuu": "zh"}
LIKE_GERMAN = {"gsw": "de", "bar": "de"}
LIKE = LIKE_CHINESE | LIKE_GERMAN  # what people who ask for these read most easily
ASKED = "lang"  # in an address
NO_LANGUAGE = {"mul", "und", "zxx", "root"}  # of CLDR's codes: several, unknown, none
TRADITIONAL = {"hant", "tw", "hk", "mo"}  # Chinese in signs that we do not offer
TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")
COUNTED = (*range(200), 1_000_000)  # among these is one of each plural form that whole numbers have


def negotiated(accepted: str) -> str:
    """Return the offered language that an Accept-Language header asks for (RFC 9110, 12.5.4), else the usual one."""
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
    """Return the offered language of a tag (BCP 47): itself, else one of the same name; "" where there is none."""
    tag = tag.lower().replace("_", "-")
    if not re.fullmatch(r"[a-z0-9-]{2,40}", tag):
        return ""
    if tag in codes():
        return tag
    name = tag.split("-")[0]
    name = LIKE.get(name, name)
    return next((code for code in codes() if code.split("-")[0] == name), "")


def codes() -> tuple[str, ...]:
    """Return the codes of the languages that are offered, the usual one first."""
    return tuple(code for code, _name in settings.LANGUAGES)


@lru_cache(maxsize=2_000)
def language_tag(words: str) -> str:
    """Return the tag (BCP 47) of a language as people and schedules write it; "" where it names none, or several.

    It may be a tag ("de", "pt_BR", "zh-Hans"), a code of three letters ("ger", "deu"), or a name in one of the offered
    languages ("German", "Deutsch", "Allemand"), with a remark in brackets behind it.
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
    """Return a language's name in the active one (CLDR); what people wrote where it names none."""
    tag = language_tag(words)
    try:
        return (Locale.parse(tag, sep="-").get_display_name(locale()) if tag else "") or words
    except (ValueError, UnknownLocaleError):
        return words


@lru_cache
def _names_of_languages() -> Mapping[str, str]:
    """Return the tags of languages by their names in each offered language; of two meanings the first one's counts."""
    names: dict[str, str] = {name.casefold(): code for code, name in settings.LANGUAGES}
    for code in codes():
        for tag, name in _locale(code).languages.items():
            if tag not in NO_LANGUAGE:
                names.setdefault(name.casefold(), tag.replace("_", "-").lower())
    return names


def chosen(cookie: str | None) -> str:
    """Return the language that a cookie names; "" where it names none that is offered."""
    return cookie if cookie in codes() else ""


def language_of(cookie: str | None, accepted: str) -> str:
    """Return the language for a reader: the one they chose, else what their browser asks for."""
    return chosen(cookie) or negotiated(accepted)


def chosen_in(query: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    """Return the language that a reader has chosen, by an address or the switch; "" where their browser alone asks."""
    return offered(query.get(ASKED, "")) or chosen(cookies.get(settings.LANGUAGE_COOKIE_NAME))


def speaking(language: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what is written while it is sent, each piece made in the language."""
    waiting = iter(pieces)
    while True:
        with translation.override(language):
            piece = next(waiting, None)
        if piece is None:
            return
        yield piece


@contextmanager
def shared_language(language: str) -> Iterator[None]:
    """Speak the language of a place, an event's or a session's, while something is written for all who come there."""
    with translation.override(offered(language) or settings.LANGUAGE_CODE):
        yield


def direction(language: str | None = None) -> str:
    """Return "rtl" or "ltr"."""
    with translation.override(language or get_language()):
        return "rtl" if get_language_bidi() else "ltr"


def is_foreign(tag: str) -> bool:
    """Return True if words in a language (by its tag) are not of the active one, or are written in other signs."""
    page = get_language() or str(settings.LANGUAGE_CODE)
    return tag.split("-")[0] != page.split("-")[0] or bool(TRADITIONAL & set(tag.split("-")))


def locale() -> Locale:
    """Return how the active language writes numbers and names of countries, and how it counts (CLDR)."""
    return _locale(get_language() or settings.LANGUAGE_CODE)


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(translation.to_locale(language))


@lru_cache
def _samples(language: str) -> Mapping[str, int]:
    """Return a number for each plural form that a language has, "other" among them."""
    form = _locale(language).plural_form
    samples: dict[str, int] = {}
    for number in sorted(
        COUNTED, key=lambda number: number == 0
    ):  # 0 stands for no form that another number has
        samples.setdefault(form(number), number)
    samples.setdefault("other", 5)  # of fractions alone, in some languages: nobody counts them here
    return samples


@dataclass(frozen=True, slots=True)
class Counted:
    """A sentence with {count} that the script fills in: in English two forms, elsewhere as many as the language has."""

    singular: str
    plural: str

    def form(self, count: int) -> str:
        """Return the sentence for a number, still with its {words}."""
        return ngettext(self.singular, self.plural, count)

    def forms(self) -> dict[str, str]:
        """Return the sentence of each plural form, by the names that `Intl.PluralRules` gives them."""
        return {
            name: self.form(number)
            for name, number in _samples(get_language() or settings.LANGUAGE_CODE).items()
        }
