"""A scale: its rules, its figures and picture, alike on the server and in the script."""

import base64
import dataclasses
import statistics
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import opendev
from opendev.core.errors import Malformed
from polls.kinds import KINDS, Counted, Tally, read_quick_line
from polls.services.reading import read_draft

SCALE = KINDS["scale"]
SCRIPT = Path(opendev.__file__).parent / "static" / "companion" / "kinds" / "scale_result.js"
COUNTS = st.lists(st.integers(0, 30) | st.integers(0, 10**5), min_size=2, max_size=11)
FIVE = SCALE.read_rules(None, {}, None)


def tally(counts, *, low=1, without=None):
    options = [Counted("", count, low + place) for place, count in enumerate(counts)]
    options += [] if without is None else [Counted("", without)]
    return Tally({}, sum(counts) + (without or 0), options)


@pytest.mark.parametrize(
    ("counts", "mean", "median", "spread"),
    [
        ([0, 0, 0, 0, 0], None, None, None),
        ([0, 0, 0, 0, 1], 5, 5, 0),
        ([1, 0, 0, 0, 1], 3, 3, 2),
        ([1, 1, 0, 0, 0], 1.5, 1.5, 0.5),
        ([0, 1, 2, 3, 4], 4, 4, 1),
        ([0, 0, 1, 0, 7], 4.75, 5, 0.66),
    ],
)
def test_figures_are_those_of_the_answers(counts, mean, median, spread):
    said = SCALE.result(tally(counts))
    assert (said["mean"], said["median"], said["spread"]) == (mean, median, spread)
    assert said["answers"] == sum(counts)


def test_no_opinion_is_counted_beside_the_scale():
    said = SCALE.result(tally([0, 0, 0, 0, 4], without=96))
    assert (said["mean"], said["answers"], said["no_opinion"]) == (5, 4, 96)
    assert SCALE.picture_of(tally([0, 0, 0, 0, 4], without=96))["bars"][4]["width"] == "50.00%"


@given(counts=COUNTS.filter(any), low=st.integers(-100, 90))
def test_figures_equal_those_of_pythons_statistics(counts, low):
    counts = [min(count, 50) for count in counts]
    answers = [low + place for place, count in enumerate(counts) for _ in range(count)]
    said = SCALE.result(tally(counts, low=low))
    assert said["mean"] == pytest.approx(statistics.fmean(answers), abs=0.0051)
    assert said["median"] == statistics.median(answers)
    assert said["spread"] == pytest.approx(statistics.pstdev(answers), abs=0.0051)


@given(counts=COUNTS.filter(any))
def test_bars_stand_end_to_end_around_the_middle_and_hold_everybody(counts):
    picture = SCALE.picture_of(tally(counts))
    bars = [(float(bar["x"][:-1]), float(bar["width"][:-1])) for bar in picture["bars"]]
    assert sum(width for _x, width in bars) == pytest.approx(50, abs=0.1)
    for (x, width), (following, _width) in pairwise(bars):
        assert x + width == pytest.approx(following, abs=0.02)
    left = sum(counts[: len(counts) // 2]) + (counts[len(counts) // 2] / 2 if len(counts) % 2 else 0)
    assert bars[0][0] == pytest.approx(50 - 50 * left / sum(counts), abs=0.01)
    assert 0 <= float(picture["mean_at"][:-1]) <= 100


def test_without_answers_there_is_nothing_to_draw_and_nothing_to_say():
    nothing = tally([0, 0, 0])
    assert SCALE.picture_of(nothing) is None
    assert SCALE.note(FIVE, SCALE.result(nothing)) == ""
    assert SCALE.sentences(FIVE, SCALE.result(nothing)) == ["Nobody gave an opinion."]


# --- the Net Promoter Score

NPS = SCALE.read_rules({"from": 0, "to": 10, "nps": True}, {}, None)


def scored(answers, *, without=None):
    """The tally of these answers from 0 to 10, on a scale that asks for the score."""
    made = tally([answers.count(value) for value in range(11)], low=0, without=without)
    return dataclasses.replace(made, rules=NPS)


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        ([], None),
        ([10], 100),
        ([9, 9], 100),
        ([8, 7], 0),
        ([6], -100),
        ([0, 10], 0),
        ([10, 9, 9, 10, 9, 8, 8, 7, 6, 0], 30),
        ([9, 8, 8], 33),
        ([9, 9, 8], 67),
        ([10, *[8] * 7], 13),  # 12.5
        ([6, *[8] * 7], -12),  # -12.5
        ([6, *[8] * 199], 0),  # -0.5
    ],
)
def test_score_is_promoters_less_detractors(answers, score):
    said = SCALE.result(scored(answers))["nps"]
    assert said["score"] == score
    assert said["promoters"] == sum(answer >= 9 for answer in answers)
    assert said["detractors"] == sum(answer <= 6 for answer in answers)
    assert sum(said[name] for name in ("promoters", "passives", "detractors")) == len(answers)


def test_score_is_said_above_the_rows_and_in_the_recap_and_without_those_who_have_no_opinion():
    made = scored([10, 9, 9, 10, 9, 8, 8, 7, 6, 0], without=5)
    assert SCALE.note_of(made) == ("NPS +30 (promoters 5, detractors 2). Average 7.6 of 10, median 8.5.")
    assert SCALE.sentences_of(made)[1] == (
        "The Net Promoter Score is +30: of 10 people, 5 are promoters (9 or 10) and 2 are detractors (0 to 6)."
    )
    assert SCALE.note_of(scored([6, 6, 9])).startswith("NPS −33 (")
    assert SCALE.note_of(scored([])) == ""
    assert SCALE.sentences_of(scored([])) == ["Nobody gave an opinion."]


def test_other_scales_have_no_score():
    made = tally([1, 0, 4], low=0)
    assert "nps" not in SCALE.result(made)
    assert "NPS" not in SCALE.note_of(dataclasses.replace(made, rules=FIVE))


@pytest.mark.parametrize("rules", [{"from": 1, "to": 10}, {"from": 0, "to": 5}, {}])
def test_score_of_another_scale_is_refused(rules):
    with pytest.raises(Malformed) as refused:
        draft(**rules, nps=True)
    assert list(refused.value.fields) == ["nps"]


def test_score_is_yes_or_no():
    with pytest.raises(Malformed):
        draft(**{"from": 0, "to": 10, "nps": "yes"})


def test_score_comes_and_goes_without_making_the_options_anew():
    words = [{"text": f"{value} points"} for value in range(11)]
    given = {"question": "How?", "kind": "scale", "rules": {"from": 0, "to": 10}, "options": words}
    plain = read_draft(given)
    with_score = read_draft({"rules": {"nps": True}}, over=plain)
    assert with_score.options == plain.options
    assert with_score.rules == {**plain.rules, "nps": True}
    assert read_draft({"rules": {"nps": False}}, over=with_score) == plain


@pytest.fixture(scope="module")
def script(browser_thread):
    """`script(function, *arguments)` calls a function of scale_result.js in the browser."""
    source = base64.b64encode(SCRIPT.read_bytes()).decode()

    def open_page(chromium):
        page = chromium.new_context().new_page()
        page.evaluate(
            "async (s) => { self.scale = await import('data:text/javascript;base64,' + s) }", source
        )
        return page

    page = browser_thread(open_page)
    call = "([name, values]) => self.scale[name](...values)"
    yield lambda name, *values: browser_thread(lambda _chromium: page.evaluate(call, [name, list(values)]))
    browser_thread(lambda _chromium: page.context.close())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(counts=COUNTS, low=st.integers(-100, 90), without=st.none() | st.integers(0, 9))
@example(counts=[1, 0, 1], low=-2, without=0)
@example(counts=[0, 0], low=0, without=None)
@example(counts=[1, 7], low=-1, without=None)
def test_server_and_script_say_and_draw_the_same(script, counts, low, without):
    made = tally(counts, low=low, without=without)
    options = [
        {"count": option.count, **({} if option.value is None else {"value": option.value})}
        for option in made.options
    ]
    assert script("resultOf", options) == SCALE.result(made)
    assert same_picture(script("barsOf", options), SCALE.picture_of(made))


@pytest.mark.parametrize("answers", [[], [0, 10], [6, 6, 9], [9, 8, 8], [6, *[8] * 7], [10, 9, 0, 7]])
def test_server_and_script_say_the_same_score(script, answers):
    made = scored(answers, without=2)
    options = [
        {"count": option.count, **({} if option.value is None else {"value": option.value})}
        for option in made.options
    ]
    said = SCALE.result(made)["nps"]
    assert script("npsOf", options) == said
    if answers:
        assert f"NPS {script('signed', said['score'])} (" in SCALE.note_of(made)


def same_picture(one, other):
    """Lengths may differ by the last digit: the two round halves differently."""
    if one is None or other is None:
        return one == other
    lengths = [[bar[name] for bar in picture["bars"] for name in ("x", "width")] for picture in (one, other)]
    marks = [
        [(bar["side"], bar["strength"]) for bar in picture["bars"]] + [len(picture["bars"])]
        for picture in (one, other)
    ]
    apart = [abs(float(a[:-1]) - float(b[:-1])) for a, b in zip(*lengths, strict=True)]
    return marks[0] == marks[1] and max(apart) < 0.02


# --- rules


def draft(**rules):
    return read_draft({"question": "How?", "kind": "scale", "rules": rules})


def test_points_follow_from_the_rules():
    made = draft(**{"from": 0, "to": 3, "labels": ["never", "always"], "no_opinion": True})
    assert [text for _id, text in made.options] == ["0 never", "1", "2", "3 always", "No opinion"]
    assert [SCALE.value_of(made.rules, place) for place in range(1, 6)] == [0, 1, 2, 3, None]
    assert [text for _id, text in draft().options] == ["1", "2", "3", "4", "5"]


def test_points_may_have_words_of_their_own():
    words = ["strongly against", "against", "for", "strongly for"]
    made = read_draft({"question": "How?", "kind": "scale", "options": [{"text": word} for word in words]})
    assert [text for _id, text in made.options] == words
    assert (made.rules["from"], made.rules["to"]) == (1, 4)


@pytest.mark.parametrize(
    ("field", "rules"),
    [
        ("rules", []),
        ("rules", {"step": 2}),
        ("from", {"from": "1"}),
        ("from", {"from": True}),
        ("to", {"to": 101}),
        ("to", {"from": 5, "to": 5}),
        ("to", {"from": 0, "to": 11}),
        ("labels", {"labels": ["one"]}),
        ("labels", {"labels": ["x" * 41, ""]}),
        ("no_opinion", {"no_opinion": 1}),
    ],
)
def test_rules_that_make_no_scale_are_refused_by_their_field(field, rules):
    with pytest.raises(Malformed) as refused:
        read_draft({"question": "How?", "kind": "scale", "rules": rules})
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    ("more", "field"),
    [({"options": [{"text": "a"}]}, "options"), ({"max": 2}, "max"), ({"min": 2, "max": 2}, "max")],
)
def test_options_and_range_have_to_fit_the_scale(more, field):
    with pytest.raises(Malformed) as refused:
        read_draft({"question": "How?", "kind": "scale", "rules": {"to": 5}, **more})
    assert set(refused.value.fields) == {field}


def test_other_kinds_have_no_rules():
    with pytest.raises(Malformed) as refused:
        read_draft({"question": "Q", "options": [{"text": "a"}, {"text": "b"}], "rules": {"from": 1}})
    assert set(refused.value.fields) == {"rules"}


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("How often? [scale]", {}),
        ("How often? [scale 0-10]", {"from": 0, "to": 10}),
        ("How often? [Scale -2 – 2]", {"from": -2, "to": 2}),
        ("How often?\n[scale 1…5: never … always]", {"from": 1, "to": 5, "labels": ["never", "always"]}),
        ("How often? [scale: low ... high]", {"labels": ["low", "high"]}),
        ("How often? [scale ١-٥]", {"from": 1, "to": 5}),
    ],
)
def test_quick_line_says_a_scale(line, rules):
    assert read_quick_line(line) == {"question": "How often?", "kind": "scale", "rules": rules}


@pytest.mark.parametrize(
    "line", ["How often?", "How often? [maybe]", "[scale]", "How often? [scale 1]", "A? / [b]"]
)
def test_line_without_a_kind_in_brackets_says_none(line):
    assert read_quick_line(line) is None
