"""Marks between words, as languages set them."""

import pytest
from django.utils import translation

from opendev.core.punctuation import as_sentence, gap_after, headed, in_brackets, join_sentences, marks


@pytest.mark.parametrize(
    ("language", "sentence", "bracketed"),
    [
        ("en-gb", "Magnum.", "Magnum (52)"),
        ("de", "Magnum.", "Magnum (52)"),
        ("zh-hans", "Magnum。", "Magnum（52）"),
        ("ja", "Magnum。", "Magnum（52）"),
        ("hi", "Magnum।", "Magnum (52)"),
    ],
)
def test_marks_are_those_of_the_active_language(language: str, sentence: str, bracketed: str):
    with translation.override(language):
        assert as_sentence("Magnum") == as_sentence(sentence) == sentence
        assert in_brackets("Magnum", "52") == bracketed
        assert in_brackets("Magnum", "") == "Magnum"
        assert marks().comma.strip() in {",", "，", "、"}


@pytest.mark.parametrize("text", ["Really?", "现在？", "Wait…", ""])
def test_a_text_that_ends_in_a_mark_gets_no_other(text: str):
    assert as_sentence(text) == text


def test_sentences_are_parted_by_what_they_end_in_whoever_reads():
    for language in ("en-gb", "zh-hans"):
        with translation.override(language):
            assert join_sentences(["One.", "Two."]) == "One. Two."
            assert join_sentences(["一。", "二。"]) == "一。二。"
            assert join_sentences(["“几个？”", "三个。"]) == "“几个？”三个。"
            assert join_sentences([]) == ""
    assert (gap_after("“Magnum”"), gap_after("Nova：")) == (" ", "")


def test_heads_of_other_peoples_words_have_the_colon_of_their_own_script():
    assert headed("Part Two", "Who runs it?") == "Part Two: Who runs it?"
    assert headed("第一部分", "OpenStack") == "第一部分：OpenStack"
    assert headed("제1부", "OpenStack") == "제1부: OpenStack"
