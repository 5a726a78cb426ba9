"""Texts that people send are made clean or refused by one rule, with the field's name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opendev.core.errors import Malformed
from opendev.core.text import MAX_ID, clean_id, clean_line, clean_text


def refused(work, *values, **options):
    with pytest.raises(Malformed) as error:
        work(*values, field="name", **options)
    assert error.value.code == "malformed"
    assert set(error.value.fields) == {"name"}
    return str(error.value.fields["name"])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada", "Ada"),
        ("  Ada \t Lovelace\r\n", "Ada Lovelace"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("a\u00a0b\u2003c", "a b c"),
        ("日本語 👩‍💻 <b>&amp;'\"--", "日本語 👩‍💻 <b>&amp;'\"--"),
        ("x" * 10, "x" * 10),
        ("e\u0301" * 10, "\u00e9" * 10),
    ],
)
def test_line_is_trimmed_folded_and_composed(typed, kept):
    assert clean_line(typed, field="name", most=len(kept)) == kept


@pytest.mark.parametrize("value", ["a\0b", "\x01", "a\x1b[0m", "\x7f", "\x85", "\ud800", "a\udfffb"])
def test_line_with_characters_that_cannot_be_shown_is_refused(value):
    assert "displayed" in refused(clean_line, value, most=20)
    assert "displayed" in refused(clean_line, value, most=20, required=False)


@pytest.mark.parametrize("value", [1, 1.5, True, [], {}, b"Ada", ["Ada"], object()])
def test_line_that_is_no_text_is_refused(value):
    assert "text" in refused(clean_line, value, most=20)
    assert "text" in refused(clean_line, value, most=20, required=False)


@pytest.mark.parametrize("value", ["", "   ", "\n\t"])
def test_empty_line_is_refused_only_where_one_is_required(value):
    assert "empty" in refused(clean_line, value, most=20)
    assert clean_line(value, field="name", most=20, required=False) == ""


def test_missing_line_is_empty_where_none_is_required():
    assert clean_line(None, field="name", most=20, required=False) == ""
    refused(clean_line, None, most=20)


def test_line_may_be_as_long_as_the_limit_and_no_longer():
    assert clean_line("é" * 20, field="name", most=20) == "é" * 20
    sentence = refused(clean_line, "é" * 21, most=20)
    assert "20" in sentence
    assert "21" in sentence


@given(st.text())
def test_any_text_is_refused_or_comes_out_clean(text):
    try:
        kept = clean_line(text, field="name", most=50, required=False)
    except Malformed:
        return
    assert (
        kept == clean_line(kept, field="name", most=50, required=False) == unicodedata.normalize("NFC", kept)
    )
    assert len(kept) <= 50
    kept.encode("utf-8")  # a lone surrogate could not be
    assert not any(unicodedata.category(character) == "Cc" for character in kept)


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("0", 0), ("007", 7), (str(MAX_ID), MAX_ID)])
def test_id_is_read_from_its_digits(text, number):
    assert clean_id(text, field="name") == number


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-1",
        "+1",
        "1.0",
        "1e3",
        " 1",
        "1 ",
        "0x1",
        "١",
        "²",
        "1\0",
        str(MAX_ID + 1),
        "9" * 5000,
        1,
        1.0,
        True,
        None,
        ["1"],
        b"1",
    ],
)
def test_id_that_is_no_id_is_refused(value):
    refused(clean_id, value)


INVISIBLE = [
    "\u200b",
    "\u2800",
    "\u3164",
    "\u115f",
    "\u00ad",
    "\u202e",
    "\u2066\u2069",
    "\ufeff \u2060",
    "\u200d",
    "\u0301",
    "\ufe0f",
]


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
@pytest.mark.parametrize("clean", [clean_line, clean_text])
@pytest.mark.parametrize("required", [True, False])
def test_text_that_shows_as_nothing_is_refused(clean, text, required):
    with pytest.raises(Malformed) as refused:
        clean(text, field="name", most=20, required=required)
    assert set(refused.value.fields) == {"name"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202eevil", "evil"),
        ("a\u200d", "a"),
        ("a\u200db", "ab"),
        ("Bob\u2800Better", "Bob Better"),
        ("\u2066Ada\u2069", "Ada"),
        ("soft\u00adhyphen", "softhyphen"),
        *[
            (kept, kept)
            for kept in (
                "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627",  # Persian
                "\u0915\u094d\u200d\u0937",  # Devanagari, a half form
                "\u0d28\u0d4d\u200d",  # Malayalam, at the end of a word
                "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family
                "\U0001f469\U0001f3fd\u200d\U0001f680",  # with a colour of skin
                "\u2764\ufe0f\u200d\U0001f525",
                "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # England's flag
                "\u05d0\u200f!",
                "José Núñez",
            )
        ],
    ],
    ids=ascii,
)
def test_signs_that_are_invisible_or_turn_others_go_and_joiners_stay_where_they_matter(typed, kept):
    assert clean_line(typed, field="name", most=40) == kept
