"""A number: its rules, its figures, its bins, alike on the server and in the script."""

import base64
import json
import statistics
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import opendev
from opendev.core.errors import Malformed
from polls.kinds import KINDS, Tally, read_answer, read_quick_line
from polls.kinds.number import bins_of, histogram, quantile
from polls.services.reading import read_draft

NUMBER = KINDS["number"]
SCRIPT = Path(opendev.__file__).parent / "static" / "companion" / "kinds" / "histogram.js"
SPREADSHEET = [
    ([1, 2, 3, 4], "1.75", "2.5", "3.25"),
    ([1, 2, 3, 4, 5, 6, 7], "2.5", "4", "5.5"),
    ([5], "5", "5", "5"),
    ([1, 9], "3", "5", "7"),
    ([3] * 50 + [1, 2, 8], "3", "3", "3"),
    ([0, 5, 10, 15, 20, 50, 90, 100], "8.75", "17.5", "60"),
]


def rules(**more):
    return NUMBER.read_rules(more, {}, None)


def tally(values, **more):
    counted = [(str(value), values.count(value)) for value in sorted(set(values))]
    return Tally(rules(**more), len(values), [], values=counted)


@pytest.mark.parametrize(("values", "q1", "median", "q3"), SPREADSHEET)
def test_quartiles_are_those_of_a_spreadsheet(values, q1, median, q3):
    said = NUMBER.result(tally(values))
    assert (said["q1"], said["median"], said["q3"], said["answers"]) == (q1, median, q3, len(values))


@given(st.lists(st.integers(0, 100), min_size=2, max_size=40))
def test_quartiles_equal_those_of_pythons_statistics(values):
    counted = [(Decimal(value), values.count(value)) for value in sorted(set(values))]
    wanted = statistics.quantiles([Fraction(value) for value in values], n=4, method="inclusive")
    assert [quantile(counted, Fraction(part, 4)) for part in (1, 2, 3)] == wanted


@pytest.mark.parametrize(
    ("more", "width", "count"),
    [
        ({"from": "1", "to": "5"}, 1, 5), ({"from": "0", "to": "20"}, 1, 21), ({"from": "0", "to": "21"}, 2, 11),
        ({}, 5, 20), ({"to": "10000"}, 500, 20), ({"to": "1", "step": "0.1"}, 1, 11),
        ({"to": "1", "step": "0.01"}, 5, 20),
    ],
)  # fmt: skip
def test_bins_follow_from_the_rules_alone(more, width, count):
    assert bins_of(rules(**more)) == (width, count)


def test_last_bin_holds_its_upper_end_and_every_answer_is_in_one():
    told = NUMBER.told(rules(unit="%"), [("0", 1), ("4", 1), ("5", 2), ("95", 1), ("100", 3)])
    assert (told[0], told[1], told[-1]) == (("0–4%", 2), ("5–9%", 2), ("95–100%", 4))
    assert sum(count for _label, count in told) == 8


def test_what_is_said_names_the_unit():
    made = tally([3, 5, 8], unit="clusters")
    assert NUMBER.note_of(made) == "Median 5 clusters; half of the answers are from 4 to 6.5 clusters."
    assert NUMBER.sentences_of(made) == [
        "Half of the room is between 4 and 6.5 clusters (median 5, 3 people)."
    ]
    assert NUMBER.note_of(tally([])) == ""


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("from", {"from": 1}), ("from", {"from": "1e3"}), ("to", {"to": "0"}), ("step", {"step": "0"}),
        ("step", {"step": "7"}), ("step", {"to": "20000"}), ("unit", {"unit": "x" * 13}), ("rules", {"most": 3}),
        ("rules", []),
    ],
)  # fmt: skip
def test_rules_that_make_no_range_are_refused_by_their_field(field, more):
    with pytest.raises(Malformed) as refused:
        read_draft({"question": "Q", "kind": "number", "rules": more})
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.5", "1.5"),
        ("1.50", "1.5"),
        (" 5 ", "5"),
        ("−5", "-5"),
        ("٣", "3"),
        ("١٫٥", "1.5"),
        ("３.5", "3.5"),
        ("-0", "0"),
    ],
)
def test_numbers_are_read_in_digits_of_any_script(typed, number):
    assert read_answer({"number": typed}) == ("number", (number,))


@pytest.mark.parametrize("typed", ["1,5", "1e3", "1_000", "NaN", "٪5", "", "½", 5, None, ["5"], "1" * 13])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(Malformed) as refused:
        read_answer({"number": typed})
    assert set(refused.value.fields) == {"number"}


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("How many? [number]", {}),
        ("How many? [number 0-100 %]", {"from": "0", "to": "100", "unit": "%"}),
        ("How many? [Number -5 – 5.5]", {"from": "-5", "to": "5.5"}),
        ("How many? [number 1…9 clusters]", {"from": "1", "to": "9", "unit": "clusters"}),
    ],
)
def test_quick_line_asks_for_a_number(line, wanted):
    assert read_quick_line(line) == {"question": "How many?", "kind": "number", "rules": wanted}


@pytest.fixture(scope="module")
def script(browser_thread):
    source = base64.b64encode(SCRIPT.read_bytes()).decode()

    def open_page(chromium):
        page = chromium.new_context().new_page()
        page.evaluate("async (s) => { self.made = await import('data:text/javascript;base64,' + s) }", source)
        return page

    page = browser_thread(open_page)
    call = "(given) => self.made.histogramOf(...given)"
    yield lambda *values: browser_thread(
        lambda _chromium: page.evaluate(call, json.loads(json.dumps(values)))
    )
    browser_thread(lambda _chromium: page.context.close())


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    values=st.lists(st.integers(0, 60), min_size=1, max_size=30), high=st.sampled_from(["60", "100", "997"])
)
def test_server_and_script_draw_the_same_histogram(script, values, high):
    made = tally(values, to=high)
    counts = [count for _label, count in NUMBER.told(made.rules, made.values)]
    median = NUMBER.result(made)["median"]
    ours, theirs = histogram(made.rules, counts, median), script(made.rules, counts, median)
    lengths = [
        [float(bar[name][:-1]) for bar in one["bars"] for name in ("x", "y", "width", "height")]
        + [float(one["median_at"][:-1])]
        for one in (ours, theirs)
    ]
    assert lengths[0] == pytest.approx(lengths[1], abs=0.011)


def test_open_answer_longer_than_its_poll_allows_is_refused_with_its_own_code():
    rules = {"approve": True, "length": 20}
    KINDS["text"].check(("x" * 20,), (), fewest=1, most=1, rules=rules)
    with pytest.raises(Malformed) as refused:
        KINDS["text"].check(("x" * 21,), (), fewest=1, most=1, rules=rules)
    assert (refused.value.code, set(refused.value.fields)) == ("answer_too_long", {"text"})
