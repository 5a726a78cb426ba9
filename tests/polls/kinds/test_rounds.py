"""Two rounds beside each other: what rose, what fell, and what is said of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.kinds import KINDS, Counted, Tally
from polls.kinds.pictures.rounds import draw_rounds
from polls.kinds.pictures.sheet import END, PALETTES, Sheet
from polls.kinds.rounds import may_compare, rounds_of, rounds_sentence
from tests.polls.kinds.picture_tallies import tally_of_kind


def tally(**counts: int) -> Tally:
    options = [Counted(text, count) for text, count in counts.items()]
    return Tally({}, sum(counts.values()), options)


def compared(before: Tally, after: Tally, kind: str = "single"):
    return rounds_of(KINDS[kind], (1, before), (2, after))


def test_each_option_has_both_shares_and_by_how_much_it_rose():
    rounds = compared(tally(a=32, b=60, c=8), tally(a=44, b=48, c=8))
    assert [(c.text, *c.figures, c.arrow, c.amount) for c in rounds.changes] == [
        ("a", "32%", "44%", "▲", "+12"),
        ("b", "60%", "48%", "▼", "−12"),
        ("c", "8%", "8%", "=", "0"),
    ]
    assert rounds.heading == "Change in percentage points"
    assert (rounds.before, rounds.after, rounds.voted_before, rounds.voted) == (1, 2, 100, 100)


def test_option_of_one_round_alone_has_a_dash_and_no_arrow():
    rounds = compared(tally(a=1, gone=3), tally(new=2, a=2))
    assert [(c.text, *c.figures, c.arrow, c.amount) for c in rounds.changes] == [
        ("new", "–", "50%", "", ""),
        ("a", "25%", "50%", "▲", "+25"),
        ("gone", "75%", "–", "", ""),
    ]


def test_place_that_is_smaller_has_risen():
    before = tally_of_kind("ranking")
    options = [before.options[1], before.options[0], before.options[2]]
    swapped = [
        Counted(each.text, each.count, id=each.id, above=[each.above[i] for i in (1, 0, 2)])
        for each in options
    ]
    after = Tally({}, before.ballots, swapped)
    assert all(change.by == 0 for change in compared(before, after, "ranking").changes)
    turned = Tally(
        {},
        before.ballots,
        [
            Counted(text, each.count, id=each.id, above=each.above)
            for text, each in zip(("Nova", "Magnum", "Zun"), before.options, strict=True)
        ],
    )
    rounds = compared(before, turned, "ranking")
    risen = {change.text: (change.arrow, change.amount) for change in rounds.changes}
    assert risen == {"Nova": ("▲", "+1"), "Magnum": ("▼", "−1"), "Zun": ("=", "0")}
    assert rounds.heading == "Change in places"
    assert rounds_sentence(rounds) == (
        "Since round 1 (33 voted), these changed places most: "
        "“Nova” (\u20662 → 1\u2069), “Magnum” (\u20661 → 2\u2069)."
    )


def test_sentence_names_what_changed_most_and_parts_no_equals():
    rounds = compared(tally(a=32, b=60, c=8), tally(a=44, b=48, c=8))
    assert rounds_sentence(rounds) == (
        "Since round 1 (100 voted), these changed most: "
        "“a” (\u206632% → 44%\u2069), “b” (\u206660% → 48%\u2069)."
    )
    same = tally(a=5, b=5)
    assert rounds_sentence(compared(same, same)) == "Nothing changed since round 1 (10 voted)."
    many = compared(tally(a=40, b=20, c=20, d=20), tally(a=10, b=30, c=30, d=30))
    assert rounds_sentence(many).endswith("these changed most: “a” (\u206640% → 10%\u2069).")


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=20))
def test_changes_are_the_differences_of_what_is_shown(counts):
    before, after = (
        Tally({}, sum(c[i] for c in counts), [Counted(str(n), c[i]) for n, c in enumerate(counts)])
        for i in (0, 1)
    )
    rounds = compared(before, after)
    shown = [[row.figure for row in KINDS["single"].rows(each)] for each in (before, after)]
    assert [change.by for change in rounds.changes] == [b - a for a, b in zip(*shown, strict=True)]


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if may_compare(kind)])
def test_rounds_of_every_kind_with_options_of_its_own_are_drawn(kind):
    one = tally_of_kind(kind)
    rounds = compared(one, one, kind)
    sheet = Sheet(PALETTES["light"])
    draw_rounds(sheet, rounds, ("round 1: n = 9", "round 2: n = 8"), "Compared with round 1")
    drawing = "".join(sheet.shapes)
    for words in ("Compared with round 1", "round 2: n = 8", rounds.heading, *(o.text for o in one.options)):
        assert words in drawing
    assert drawing.count("= 0<") == len(one.options)
    assert 'x="-' not in drawing
    assert sheet.y > END / 4
