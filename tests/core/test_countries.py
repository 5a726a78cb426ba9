"""Countries as people and systems write them."""

import pytest
from babel import Locale
from django.conf import settings
from django.utils import translation

from opendev.core.countries import LANGUAGES, country_code, country_name, country_names, named_countries

SPELLINGS = {
    "AE": ["UAE", "U.A.E.", "United Arab Emirates (UAE)"],
    "BA": ["Bosnia & Herzegovina", "Bosnia and Herzegovina", "BOSNIA-HERZEGOVINA", "Bosnien und Herzegowina"],
    "BN": ["Brunei"],
    "CD": ["DR Congo", "Congo (DRC)", "Congo, The Democratic Republic of the"],
    "CI": [
        "Ivory Coast",
        "Cote d'Ivoire",
        "Côte d’Ivoire",
        "Cote d`Ivoire",
        "COTE DIVOIRE",
        "Elfenbeinküste",
    ],
    "CN": ["People's Republic of China", "China"],
    "CV": ["Cape Verde"],
    "CZ": ["Czech Republic", "Czechia"],
    "DE": [
        "Deutschland",
        "Germany",
        "germany ",
        "DE",
        "deu",
        "Allemagne",
        "Alemania",
        "DE - Germany",
        "Germany (DE)",
    ],
    "GB": [
        "UK",
        "U.K.",
        "Great Britain",
        "England",
        "Scotland",
        "Wales",
        "Northern Ireland",
        "United Kingdom (UK)",
    ],
    "HK": ["Hong Kong SAR", "Hong Kong (SAR)", "Hong Kong, China", "Hong Kong S.A.R."],
    "KR": ["South Korea", "Korea (South)", "Korea, Republic of", "Republic of Korea"],
    "MO": ["Macau", "Macao SAR China"],
    "NA": ["NA", "Namibia"],
    "NL": ["The Netherlands", "Netherlands", "Holland", "Pays-Bas"],
    "PS": ["Palestine"],
    "RU": ["Russia", "Russian Federation", "Россия"],
    "TR": ["Turkey", "Türkiye", "Tuerkei"],
    "TW": ["Taiwan, Province of China", "Taiwan (China)"],
    "US": ["U.S.A.", "USA", "U.S.", "United States", "United States of America", "Vereinigte Staaten"],
    "XK": ["Kosovo"],
    "": ["", "N/A", "n.a.", "-", "Atlantis", "Other", "Korea", "Georgia (US)", "D.E.", "Bavaria"],
}


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in SPELLINGS.items() for text in texts]
)
def test_country_is_known_by_this_spelling(code, text):
    assert country_code(text) == code


def test_every_name_of_cldr_means_its_country():
    others = {
        (language, name, country_code(name), code)
        for language in LANGUAGES
        for code, name in Locale.parse(language).territories.items()
        if code in country_names() and country_code(name) != code
    }
    # Norwegian alone says "Kongo" for the larger of the two.
    assert {(language, name) for language, name, *_codes in others} <= {("nb", "Kongo")}


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_country_has_a_name_in_each_language(language):
    with translation.override(language):
        names = dict(named_countries())
        assert names.keys() == country_names().keys()
        assert not [code for code, name in names.items() if name in ("", code)]
        assert len(set(names.values())) == len(names)


FOLLOW = {
    "en-gb": ["Afghanistan", "Åland Islands", "Albania"],
    "de": ["Afghanistan", "Ägypten", "Ålandinseln", "Albanien"],
    "pl": ["Luksemburg", "Łotwa", "Macedonia Północna"],
    "es": ["Emiratos Árabes Unidos", "Eslovaquia", "España"],
    "zh-hans": ["德国", "法国", "斐济", "韩国", "美国", "瑙鲁", "日本", "中国"],
    "ko": ["독일", "미국", "일본", "중국"],
    "ja": ["アイスランド", "インド", "ドイツ", "フランス"],
}


@pytest.mark.parametrize(("language", "names"), FOLLOW.items())
def test_countries_stand_where_their_readers_look(language, names):
    with translation.override(language):
        placed = [name for _code, name in named_countries()]
    assert sorted(names, key=placed.index) == names


def test_a_country_is_named_as_the_reader_names_it():
    named = {}
    for language in ("en-gb", "de", "ar"):
        with translation.override(language):
            named[language] = [country_name(code) for code in ("KR", "XK", "", "ZZZ")]
    assert named["en-gb"] == ["South Korea", "Kosovo", "", "ZZZ"]
    assert named["de"] == ["Südkorea", "Kosovo", "", "ZZZ"]
    assert named["ar"][0] == "كوريا الجنوبية"
