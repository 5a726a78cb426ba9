"""Countries as people and systems write them."""

import pytest
from babel import Locale

from opendev.core.countries import LANGUAGES, country_code, country_names

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
