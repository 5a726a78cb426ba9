"""Which language a reader gets, and how a language counts."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from opendev.core.languages import (
    Counted,
    direction,
    language_of,
    language_tag,
    negotiated,
    offered,
    shared_language,
)
from tests.support import pseudo

TWELVE = ("en-gb", "zh-hans", "pt-br", "es", "ar", "de", "fr", "pl", "it", "ja", "ko", "hi")
WANTED = {
    "": "en-gb",
    "*": "en-gb",
    "en-US,en;q=0.9": "en-gb",
    "zh-Hans-CN": "zh-hans",
    "zh-CN,zh;q=0.9,en;q=0.8": "zh-hans",
    "zh-TW,zh;q=0.9,en;q=0.8": "zh-hans",
    "yue,en;q=0.5": "zh-hans",
    "pt-PT,pt;q=0.9,en;q=0.5": "pt-br",
    "es-419": "es",
    "ar-EG-u-nu-arab": "ar",
    "de-CH": "de",
    "de_CH": "de",
    "gsw,en;q=0.8": "de",
    "nb,de;q=0.5": "de",
    "de;q=0": "en-gb",
    "de;q=0,*": "en-gb",
    "en;q=0,*": "zh-hans",
    "fr-CA;q=0.3,pt-br;q=0.7": "pt-br",
    "de;q=much,fr": "fr",
    "de;q=nan": "en-gb",
    "\udcff\n,;;=,": "en-gb",
    "x" * 100_000: "en-gb",
}


CALLED = {
    "en": "en",
    " EN ": "en",
    "de-AT": "de-at",
    "pt_BR": "pt-br",
    "ger": "de",
    "deu": "de",
    "cmn": "zh",
    "German": "de",
    "Deutsch": "de",
    "allemand": "de",
    "Niederländisch": "nl",
    "日本語": "ja",
    "Portuguese (Brazil)": "pt",
    "Brazilian Portuguese": "pt-br",
    "nl": "nl",
    "zh-Hant": "zh-hant",
    "": "",
    "English/German": "",
    "tba": "",
    "und": "",
    "mul": "",
    "none": "",
    "<b>": "",
    "de\0": "",
    "x" * 20: "",
}


@pytest.fixture
def twelve(settings):
    settings.LANGUAGES = [(code, code) for code in TWELVE]


@pytest.mark.parametrize(("header", "language"), WANTED.items())
def test_what_a_browser_asks_for(twelve: None, header: str, language: str):
    assert negotiated(header) == language


@pytest.mark.parametrize("header", ["de", "de-CH,de;q=0.9", "zh-hans", "*"])
def test_a_language_that_is_not_offered_is_not_shown(settings, header: str):
    settings.LANGUAGES = [("en-gb", "English")]
    assert negotiated(header) == "en-gb"


@pytest.mark.parametrize(
    ("cookie", "language"),
    [("fr", "fr"), ("", "de"), (None, "de"), ("xx", "de"), ("FR", "de"), ("fr; path=/", "de")],
)
def test_a_choice_comes_before_the_browser(twelve: None, cookie: str | None, language: str):
    assert language_of(cookie, "de-DE") == language


@pytest.mark.parametrize("tag", ["", "x", "../de", "de\n", "d e", "nb"])
def test_a_tag_that_names_nothing(twelve: None, tag: str):
    assert offered(tag) == ""


def test_direction():
    assert (direction("ar"), direction("de"), direction()) == ("rtl", "ltr", "ltr")


def test_a_shared_text_is_in_nobodys_own_language():
    with translation.override("de"):
        with shared_language("en-gb"):
            assert translation.get_language() == settings.LANGUAGE_CODE
        assert translation.get_language() == "de"


VOTES = Counted("{count} vote", "{count} votes")


def test_english_counts_in_two_forms():
    assert VOTES.forms() == {"one": "{count} vote", "other": "{count} votes"}
    assert [VOTES.form(count) for count in (0, 1, 2)] == ["{count} votes", "{count} vote", "{count} votes"]


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("pl", {"one", "few", "many", "other"}),
        ("ar", {"zero", "one", "two", "few", "many", "other"}),
        ("fr", {"one", "many", "other"}),
        ("ja", {"other"}),
    ],
)
def test_every_form_that_a_browser_asks_for_is_there(language: str, forms: set[str]):
    with translation.override(language):
        assert VOTES.forms().keys() == forms


def test_the_made_up_language_has_no_english_letter(tmp_path: Path):
    texts = ["Vote", "Poll %(number)d of <b>{count}</b>", "5%% &nbsp; `id`"]
    assert [pseudo.pseudo(text) for text in texts] == [
        "Ṽóóţéé",
        "Þóółł %(number)d óóƒ <b>{count}</b>",
        "5%% &nbsp; `id`",
    ]


@pytest.mark.parametrize(("words", "tag"), CALLED.items())
def test_a_language_is_known_by_what_people_call_it(words: str, tag: str):
    assert language_tag(words) == tag


def test_a_place_whose_language_is_not_offered_speaks_the_usual_one():
    for language in ("nl", "", "xx", "<script>"):
        with shared_language(language):
            assert translation.get_language() == "en-gb"
