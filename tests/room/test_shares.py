"""Shares and bar widths: what the server prints and what the script paints are the same, and they add up."""

import base64
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import opendev
from polls.kinds.shares import AXES, bar_widths, whole_shares

SCRIPT = Path(opendev.__file__).parent / "static" / "companion" / "shares.js"
COUNTS = st.lists(st.integers(0, 40) | st.integers(0, 10**6), min_size=2, max_size=20)
TALLIES = st.tuples(COUNTS, st.integers(0, 10_000))


@pytest.fixture(scope="module")
def script(browser_thread):
    """`script(function, *arguments)` calls a function of shares.js in the browser."""
    source = base64.b64encode(SCRIPT.read_bytes()).decode()

    def open_page(chromium):
        page = chromium.new_context().new_page()
        page.evaluate(
            "async (s) => { self.shares = await import('data:text/javascript;base64,' + s) }", source
        )
        return page

    page = browser_thread(open_page)
    call = "([name, values]) => self.shares[name](...values)"
    yield lambda name, *values: browser_thread(lambda _chromium: page.evaluate(call, [name, list(values)]))
    browser_thread(lambda _chromium: page.context.close())


def same_in_both(script, counts, ballots, *, single):
    assert script("wholeShares", counts, ballots, single) == whole_shares(counts, ballots, single=single)
    assert script("barWidths", counts, ballots) == bar_widths(counts, ballots)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(counts=COUNTS)
@example(counts=[1, 1, 1])
@example(counts=[0, 0])
@example(counts=[1, 799])  # 0.125 %: an exact half of the last digit
def test_single_choice_is_shared_out_alike_by_server_and_script(script, counts):
    same_in_both(script, counts, sum(counts), single=True)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tally=TALLIES)
@example(tally=([1, 1], 199))
@example(tally=([1, 3], 5))
def test_several_choices_are_shared_out_alike_by_server_and_script(script, tally):
    counts, more = tally
    same_in_both(script, counts, max(counts) + more, single=False)


@given(counts=COUNTS)
def test_shares_of_a_single_choice_add_up_to_100_where_no_tie_forbids_it(counts):
    shares = whole_shares(counts, sum(counts), single=True)
    assert sum(shares) <= 100
    if any(counts) and len(set(counts)) == len(counts):
        assert sum(shares) == 100
    if any(counts):
        assert sum(shares) > 100 - len(counts)


@given(counts=COUNTS)
def test_equal_counts_have_equal_shares_and_widths(counts):
    for single in (True, False):
        shown = zip(
            whole_shares(counts, sum(counts), single=single), bar_widths(counts, sum(counts)), strict=True
        )
        assert len(set(zip(counts, shown, strict=True))) == len(set(counts))


@given(counts=COUNTS)
def test_share_is_less_than_one_from_the_truth_and_never_against_the_order(counts):
    shares = whole_shares(counts, sum(counts), single=True)
    for count, share in zip(counts, shares, strict=True):
        assert abs(share - 100 * count / max(sum(counts), 1)) < 1
    for earlier in range(len(counts)):
        for later in range(len(counts)):
            if counts[earlier] > counts[later]:
                assert shares[earlier] >= shares[later]


def test_tie_looks_like_a_tie():
    assert whole_shares([1, 1, 1], 3, single=True) == [33, 33, 33]
    assert whole_shares([0, 1, 1, 1], 3, single=True) == [0, 33, 33, 33]
    assert whole_shares([6, 1, 1], 8, single=True) == [75, 12, 12]
    assert whole_shares([2, 2, 3], 7, single=True) == [28, 28, 43]
    assert whole_shares([5, 2, 2, 2], 11, single=True) == [46, 18, 18, 18]


def test_shares_of_several_choices_are_rounded_each_alone():
    assert whole_shares([1, 2, 3], 3, single=False) == [33, 67, 100]
    assert whole_shares([1, 199], 200, single=False) == [1, 100]  # halves go up


@pytest.mark.parametrize("single", [True, False])
def test_nobody_voted_is_nothing_for_everybody(single):
    assert whole_shares([0, 0, 0], 0, single=single) == [0, 0, 0]
    assert bar_widths([0, 0, 0], 0) == ["0.0%"] * 3


@given(counts=COUNTS.filter(any))
def test_longest_bar_ends_within_the_axis_and_keeps_the_proportions(counts):
    widths = [float(width.removesuffix("%")) for width in bar_widths(counts, sum(counts))]
    leader = max(counts) * 100 / sum(counts)
    axis = min(axis for axis in AXES if leader <= axis)
    assert max(widths) == pytest.approx(leader * 100 / axis, abs=0.06)
    for count, width in zip(counts, widths, strict=True):
        assert width == pytest.approx(count / max(counts) * max(widths), abs=0.11)
