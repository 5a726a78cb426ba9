"""Countries: the known codes, and the code of a country from the ways in which people and systems write it."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import pycountry
from babel import Locale
from django.conf import settings
from django.utils.translation import get_language

from opendev.core.languages import locale

# Kosovo has no code of ISO 3166-1; CLDR, the EU and the IMF write this one.
ADDED = {"XK": "Kosovo"}
# Languages with known country names, besides English. If a name has two meanings, the earlier language wins.
LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sk", "sl", "hr", "sv", "da", "nb", "fi", "hu"),
    *("ro", "bg", "ru", "uk", "tr", "el", "et", "lv", "lt", "ja", "zh", "zh_Hant", "ko", "ar", "he", "fa"),
)
# What CLDR and ISO do not have: short names, former names, parts of countries, abbreviations.
BY_NAMES = {
    "AE": ("UAE", "Emirates", "VAE"),
    "BA": ("Bosnia", "BiH"),
    "BY": ("Weißrussland", "Weissrussland", "White Russia"),
    "BN": ("Brunei Darussalam",),
    "CD": (
        *("DRC", "DR Congo", "D.R. Congo", "Congo DRC", "Congo DR", "Congo-Kinshasa", "Democratic Congo"),
        *("Congo, Dem. Rep.", "Zaire"),
    ),
    "CG": ("Congo Republic", "Republic of the Congo", "Congo-Brazzaville", "Congo, Rep."),
    "CI": ("Ivory Coast", "Elfenbeinküste", "Elfenbeinkueste", "Costa de Marfil", "Costa d'Avorio"),
    "CN": (
        "PRC",
        "P.R. China",
        "PR of China",
        "People's Republic of China",
        "Mainland China",
        "China mainland",
    ),
    "CV": ("Cape Verde",),
    "CZ": ("Czech Republic", "Czech Rep.", "Tschechische Republik", "République tchèque", "República Checa"),
    "EG": ("Arab Republic of Egypt", "Egypt, Arab Rep."),
    "FK": ("Falklands",),
    "FM": ("Micronesia",),
    "GB": (
        *("UK", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland"),
        *("GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR", "United Kingdom of Great Britain", "Großbritannien"),
        *("Grande-Bretagne", "Gran Bretaña", "Angleterre", "Inglaterra", "Schottland", "Écosse", "Escocia"),
    ),
    "DE": ("GER", "Federal Republic of Germany", "BRD"),
    "CH": ("SUI",),
    "GR": ("EL", "Hellas", "Hellenic Republic"),
    "HK": ("Hong Kong", "Hong Kong SAR", "Hongkong", "HKSAR", "Hong Kong, China"),
    "IE": ("Republic of Ireland", "Eire"),
    "KP": ("North Korea", "DPRK", "Korea North"),
    "KR": ("South Korea", "ROK", "Korea South", "Korea Rep.", "Republic of South Korea"),
    "LA": ("Lao PDR",),
    "MK": ("Macedonia", "FYROM", "FYR Macedonia", "Mazedonien", "Macédoine"),
    "MD": ("Moldawien", "Moldavie"),
    "MM": ("Burma", "Birma", "Birmanie"),
    "MO": ("Macau", "Macao", "Macau SAR", "Macao SAR", "Macao, China", "Macau, China"),
    "NL": ("Holland", "NED"),
    "PS": ("Palestine", "Palestinian Territory"),
    "RU": ("Russia",),
    "SK": ("Slovak Republic",),
    "ST": ("Sao Tome",),
    "SY": ("Syria",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Republic of Turkey", "Republic of Türkiye"),
    "TW": ("Taiwan", "Taiwan ROC", "Taiwan R.O.C.", "Republic of China", "Chinese Taipei", "Taiwan China"),
    "US": (
        "U.S.",
        "U.S.A.",
        "America",
        "United States of America",
        "EE.UU.",
        "EEUU",
        "Etats-Unis d'Amerique",
    ),
    "VA": ("Vatican", "Holy See"),
    "VI": ("US Virgin Islands", "United States Virgin Islands"),
    "XK": ("Republic of Kosovo",),
}
# Letters of their own, each after all words with the plain one.
POLISH = str.maketrans(
    dict(zip("ąćęłńóśźż", ("a~", "c~", "e~", "l~", "n~", "o~", "s~", "z~", "z~~"), strict=True))
)
# Rare Chinese characters at the beginning of names, and common ones with the same sound.
RARE = str.maketrans({"瑙": "闹", "梵": "泛", "斐": "菲"})
_LITTLE_WORDS = {"the", "and", "und", "et", "y", "e", "en", "of", "de", "la"}
_IGNORED = re.compile(r"['’‘ʼ´`ʹ.]")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_PARTED = re.compile(r"\s+[-–—]\s+|[/|()\[\]]")


@lru_cache
def country_names() -> dict[str, str]:
    """Return the English names by two-letter code (ISO 3166-1, and Kosovo)."""
    return {country.alpha_2: country.name for country in pycountry.countries} | ADDED


def country_name(code: str) -> str:
    """Return a country's name in the active language (CLDR), or the code itself if it is unknown."""
    return str(locale().territories.get(code) or country_names().get(code, code))


def named_countries() -> tuple[tuple[str, str], ...]:
    """Return every code with its name in the active language, in the order in which its readers look for them."""
    return _named_countries(get_language() or settings.LANGUAGE_CODE)


@lru_cache
def _named_countries(language: str) -> tuple[tuple[str, str], ...]:
    """Return codes and names in a language, which must be the active one."""
    names = ((code, country_name(code)) for code in country_names())
    return tuple(sorted(names, key=lambda pair: _place_of(pair[1], language)))


def _place_of(name: str, language: str) -> bytes:
    """Return the sort key of a name: letters without their marks, Polish ones in their own places, Chinese by sound.

    The Chinese national standard orders common characters by sound (pinyin), and puts rare ones after them.
    """
    if language.startswith("zh"):
        return name.translate(RARE).encode("gb18030")
    own = name.casefold().translate(POLISH) if language.startswith("pl") else name.casefold()
    signs = unicodedata.normalize("NFKD", own)
    return "".join(sign for sign in signs if not unicodedata.combining(sign)).encode()


def country_code(text: str) -> str:
    """Return the two-letter code of a country, or "" if it is unknown.

    The input may be a code of two or three letters, a name in one of many languages (CLDR), or a short or former name,
    with or without accents, apostrophes and articles; or two of these, as in "DE - Germany".
    """
    last, _comma, first = text.partition(",")  # "Korea, Republic of"
    opened, _bracket, inside = text.partition("(")  # "Korea (Republic of)"
    for form in (text, f"{first} {last}", f"{inside} {opened}"):
        if code := _code(form):
            return code
    parts = {_code(part) for part in _PARTED.split(text) if len(_key(part)) > 1}
    return parts.pop() if len(parts) == 1 else ""


def _code(spelling: str) -> str:
    key = _key(spelling)
    is_cut = len(key) == 2 and not spelling.strip().isalpha() and key not in {"us", "uk"}
    return "" if is_cut else _codes().get(key, "")  # "N/A" is not Namibia


def _key(text: str) -> str:
    """Return a spelling without the differences that do not matter: case, accents, apostrophes, dots, little words."""
    folded = unicodedata.normalize("NFKD", _IGNORED.sub("", text).casefold())
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign)).replace("&", " and ")
    words = ["saint" if word == "st" else word for word in re.findall(r"\w+", plain)]
    return "".join([word for word in words if word not in _LITTLE_WORDS] or words)


@lru_cache
def _codes() -> dict[str, str]:
    """Return the codes by `_key` of every spelling. The first entry of a key wins."""
    known: dict[str, str] = {}
    for spelling, code in _spellings():
        known.setdefault(_key(spelling), code)
    return known


def _spellings() -> Iterator[tuple[str, str]]:
    """Return every spelling with its code, most certain first."""
    countries = list(pycountry.countries)
    for country in countries:
        yield country.alpha_2, country.alpha_2
        yield country.alpha_3, country.alpha_2
    for code, names in BY_NAMES.items():
        yield from ((name, code) for name in (code, *names))
    for country in countries:
        for kind in ("name", "common_name", "official_name"):
            name = getattr(country, kind, "")
            last, _comma, first = name.partition(", ")
            yield from ((form, country.alpha_2) for form in (name, f"{first} {last}") if form.strip())
    codes = country_names()
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in codes:
                yield name, code
                yield name.translate(_UMLAUTS), code
