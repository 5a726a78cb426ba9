"""What a poll said, in words: every number counted, no tie cut, nothing said of too few."""

import pytest

from opendev.core.punctuation import join_words
from opendev.recap.wording import poll_words


def said(counts, *, voted=None, single=True):
    options = [(chr(ord("A") + place), count) for place, count in enumerate(counts)]
    return " ".join(poll_words(options, sum(counts) if voted is None else voted, single=single))


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([0, 0], "Nobody voted."),
        ([1, 0], "Fewer than five people voted: too few to say more."),
        ([3, 1], "Fewer than five people voted: too few to say more."),
        ([0, 12, 0], "All 12 who voted chose “B”."),
        (
            [97, 31, 19, 16, 13],
            "The majority of the 176 who voted, 97 (55%), chose “A”. Next came “B” (31) and “C” (19).",
        ),
        ([60, 40], "The majority of the 100 who voted, 60 (60%), chose “A”. Next came “B” (40)."),
        ([51, 49], "The majority of the 100 who voted, 51 (51%), chose “A”. Next came “B” (49)."),
        ([50, 30, 20], "Half of the 100 who voted chose “A”. Next came “B” (30) and “C” (20)."),
        ([50, 50], "The 100 who voted were split evenly between “A” and “B”, 50 each."),
        (
            [52, 38, 31, 20, 14, 9],
            "The three most named by the 164 who voted were “A” (52), “B” (38) and “C” (31).",
        ),
    ],
)
def test_single_choice_is_said_as_it_was_counted(counts, words):
    assert said(counts) == words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([40, 30, 30, 30], "Of the 130 who voted, more named “A” (40) than anything else."),
        ([40, 40, 20, 20], "“A” and “B” were named equally often by the 120 who voted, 40 times each."),
        ([30, 30, 25, 15], "The three most named by the 100 who voted were “A” (30), “B” (30) and “C” (25)."),
        ([40, 30, 20, 20], "The two most named by the 110 who voted were “A” (40) and “B” (30)."),
        (
            [10, 10, 10, 10],
            "Of the 40 who voted, none was ahead: “A”, “B”, “C” and “D” were named most, 10 times each.",
        ),
        ([60, 20, 20, 20], "Half of the 120 who voted chose “A”."),
        ([61, 20, 20, 20], "The majority of the 121 who voted, 61, chose “A”."),
    ],
)
def test_tie_is_never_cut(counts, words):
    assert said(counts) == words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([3, 2, 1], "Half of the 6 who voted chose “A”."),
        ([4, 2], "The majority of the 6 who voted chose “A”."),
        ([2, 2, 2], "The answers of the 6 who voted are spread out: no option was chosen by five or more."),
        ([60, 30, 4], "The majority of the 94 who voted, 60 (64%), chose “A”. Next came “B” (30)."),
        ([30, 25, 20, 20, 4], "The two most named by the 99 who voted were “A” (30) and “B” (25)."),
    ],
)
def test_answer_of_fewer_than_five_has_no_number(counts, words):
    assert said(counts) == words


@pytest.mark.parametrize(
    ("counts", "voted", "words"),
    [
        (
            [45, 30, 10],
            60,
            "The majority of the 60 who voted, 45 (75%), chose “A”. Next came “B” (30) and “C” (10).",
        ),
        ([60, 60], 60, "“A” and “B” were named equally often by the 60 who voted, 60 times each."),
        ([30, 30], 60, "“A” and “B” were named equally often by the 60 who voted, 30 times each."),
        (
            [20, 15, 12, 5],
            50,
            "The three most named by the 50 who voted were “A” (20), “B” (15) and “C” (12).",
        ),
    ],
)
def test_several_choices_are_counted_by_people(counts, voted, words):
    assert said(counts, voted=voted, single=False) == f"{words} People could pick several."


def test_names_are_joined_as_in_a_sentence():
    assert [join_words(list(names)) for names in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]
