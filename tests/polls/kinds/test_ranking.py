"""A ranking: its figures against ballots counted one by one, alike on the server and in the script."""

import base64
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import opendev
from opendev.core.errors import Malformed
from opendev.room.forms import BadLine, read_line
from polls.kinds import KINDS, Counted, Tally
from polls.kinds.ranking import _circle
from polls.services.reading import read_draft

RANKING = KINDS["ranking"]
SCRIPT = Path(opendev.__file__).parent / "static" / "companion" / "kinds" / "ranking_result.js"
BALLOTS = st.integers(2, 6).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.permutations(range(n)).flatmap(
                lambda order: st.integers(1, len(order)).map(lambda k: tuple(order[:k]))
            ),
            max_size=12,
        ),
    )
)
# 5 × A; 4 × B > C > D; 2 × C > B: what Borda's rules, pairwise counts and first places say of them differs.
PARTIAL = [*[(0,)] * 5, *[(1, 2, 3)] * 4, *[(2, 1)] * 2]
CIRCLE = [(0, 1, 2), (1, 2, 0), (2, 0, 1)]


def tally(n, ballots):
    """The tally of ballots, each a tuple of options in order, as it is kept."""
    above = [[0] * n for _ in range(n)]
    for ballot in ballots:
        above[ballot[0]][ballot[0]] += 1
        for place, one in enumerate(ballot):
            for other in ballot[place + 1 :]:
                above[one][other] += 1
    counts = [sum(option in ballot for ballot in ballots) for option in range(n)]
    options = [Counted("ABCDEFGH"[i], counts[i], above=above[i]) for i in range(n)]
    return Tally({}, len(ballots), options)


def place_in(ballot, n):
    """The place of each option, those left out sharing the mean of the places that are left."""
    shared = (len(ballot) + 1 + n) / 2
    return [ballot.index(option) + 1 if option in ballot else shared for option in range(n)]


def by_hand(n, ballots):
    places = [place_in(ballot, n) for ballot in ballots]
    points = [sum(n - one[option] for one in places) for option in range(n)]
    beaten = [[sum(one[i] < one[j] for one in places) for j in range(n)] for i in range(n)]
    first = [sum(ballot[0] == option for ballot in ballots) for option in range(n)]
    return points, beaten, first


@given(made=BALLOTS)
@example(made=(4, PARTIAL))
def test_figures_equal_those_of_the_ballots_one_by_one(made):
    n, ballots = made
    said = RANKING.result(tally(n, ballots))
    points, beaten, first = by_hand(n, ballots)
    assert (said["points"], said["pairwise"], said["first_places"]) == (points, beaten, first)
    assert said["places"] == [1 + sum(other > one for other in points) for one in points]
    beats_all = [i for i in range(n) if all(beaten[i][j] > beaten[j][i] for j in range(n) if j != i)]
    assert said["winner"] == (beats_all[0] if beats_all and ballots else None)


@given(made=BALLOTS)
def test_from_each_of_a_circle_a_walk_leads_to_each_and_nothing_beats_it(made):
    """Where some of them tie, no walk may meet each only once: A > B > C > A and A > D > E > A are a circle of five."""
    n, ballots = made
    said = RANKING.result(tally(n, ballots))
    circle, beaten = said["circle"], said["pairwise"]
    beats = {(i, j) for i in range(n) for j in range(n) if beaten[i][j] > beaten[j][i]}
    if circle:
        assert said["winner"] is None
        assert len(circle) >= 3
        reached = {i: {i} for i in circle}
        for _ in circle:
            for i, there in reached.items():
                reached[i] = there | {k for j, k in beats if j in there and k in circle}
        assert all(reached[i] == set(circle) for i in circle)
        assert not any(i not in circle and j in circle for i, j in beats)


def test_ballots_that_leave_out_options_weigh_no_less():
    said = RANKING.result(tally(4, PARTIAL))
    assert said["points"] == [16, 21, 19, 10]
    assert said["places"] == [3, 1, 2, 4]
    assert said["first_places"] == [5, 4, 2, 0]
    assert (said["winner"], said["circle"]) == (1, [])


def test_two_circles_that_share_an_option_are_one():
    """A > B > C > A and A > D > E > A, the rest tied: five that beat one another by way of others."""
    beaten = [[0] * 5 for _ in range(5)]
    for i, j in ((0, 1), (1, 2), (2, 0), (0, 3), (3, 4), (4, 0)):
        beaten[i][j] = 1
    assert _circle(beaten) == [0, 1, 2, 3, 4]


def test_circle_is_said_and_ties_share_a_place():
    said = RANKING.result(tally(3, CIRCLE))
    assert (said["points"], said["places"]) == ([3, 3, 3], [1, 1, 1])
    assert (said["winner"], said["circle"]) == (None, [0, 1, 2])
    assert RANKING.note({}, said, "ABC") == (
        "First by points: A, B, C. One to one, nothing beats all the others: A, B, C beat one another in a circle."
    )
    assert RANKING.result(tally(2, [(0, 1), (1, 0)]))["circle"] == []


def test_without_ballots_nothing_leads():
    nothing = tally(3, [])
    said = RANKING.result(nothing)
    assert (said["winner"], said["circle"], RANKING.note({}, said, "ABC")) == (None, [], "")
    assert [row.is_lead for row in RANKING.rows(nothing)] == [False] * 3
    assert RANKING.picture_of(nothing) is None


@pytest.mark.parametrize(
    ("ballots", "said"),
    [
        ([(0, 1, 2)] * 4 + [(1, 0, 2)], ["First by points is “A”; it also has most first places (4 of 5)."]),
        (
            PARTIAL,
            ["First by points is “B”.", "Most first places went to “A” (5 of 11)."],
        ),
        (
            [(0, 1, 2), (1, 0, 2)] * 3,
            [
                "Equal by points are “A” and “B”.",
                "Most first places are shared by “A” and “B” (3 of 6 each).",
            ],
        ),
        (
            [(0, 1, 2)] * 3 + [(1, 2, 0)] * 2,
            [
                "First by points is “B”.",
                "Most first places went to “A” (3 of 5).",
                "One to one, “A” beats each of the others.",
            ],
        ),
    ],
)
def test_recap_sentences(ballots, said):
    made = tally(max(map(max, ballots)) + 1, ballots)
    assert RANKING.sentences({}, RANKING.result(made), "ABCD") == said


def test_rows_stand_by_their_points():
    rows = RANKING.rows(tally(4, PARTIAL))
    assert [(row.index, row.figure, row.amount, row.note) for row in rows] == [
        (1, 1, "21 points", "first for 4 people"),
        (2, 2, "19 points", "first for 2 people"),
        (0, 3, "16 points", "first for 5 people"),
        (3, 4, "10 points", ""),
    ]
    assert rows[0].width == f"{100 * 21 / 33:.1f}%"
    assert rows[0].line == "place 1, 21 points, first for 4 people"


def test_table_of_who_beats_whom_stands_by_points():
    picture = RANKING.picture_of(tally(4, PARTIAL))
    assert picture["names"] == ["B", "C", "A", "D"]
    assert [[cell["count"] for cell in row["cells"]] for row in picture["rows"]] == [
        ["", 4, 6, 6],
        [2, "", 6, 6],
        [5, 5, "", 5],
        [0, 0, 4, ""],
    ]
    assert [cell["beats"] for cell in picture["rows"][0]["cells"]] == [False, True, True, True]


@pytest.fixture(scope="module")
def script(browser_thread):
    """`script(function, *arguments)` calls a function of ranking_result.js in the browser."""
    source = base64.b64encode(SCRIPT.read_bytes()).decode()

    def open_page(chromium):
        page = chromium.new_context().new_page()
        page.evaluate("async (s) => { self.kind = await import('data:text/javascript;base64,' + s) }", source)
        return page

    page = browser_thread(open_page)
    call = "([name, values]) => self.kind[name](...values)"
    yield lambda name, *values: browser_thread(lambda _chromium: page.evaluate(call, [name, list(values)]))
    browser_thread(lambda _chromium: page.context.close())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=BALLOTS)
@example(made=(3, CIRCLE))
@example(made=(2, []))
def test_server_and_script_count_the_same(script, made):
    n, ballots = made
    said = RANKING.result(tally(n, ballots))
    assert script("resultOf", len(ballots), said["first_places"], said["pairwise"]) == said
    rows = RANKING.rows(tally(n, ballots))
    assert script("orderOf", said) == [row.index for row in rows]
    for row in rows:
        width = script("widthOf", said["points"][row.index], len(ballots), n)
        assert abs(float(width[:-1]) - float(row.width[:-1])) < 0.11


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=BALLOTS.filter(lambda made: made[1]))
def test_own_order_shows_in_the_script_as_the_server_will_count_it(script, made):
    n, (*others, mine) = made[0], made[1]
    ids = [str(i) for i in range(n)]
    before, after = RANKING.result(tally(n, others)), RANKING.result(tally(n, [*others, mine]))
    named = [str(option) for option in mine]
    assert script("withRanking", before, ids, len(others) + 1, [], named) == after
    assert script("withRanking", after, ids, len(others), named, []) == before


# --- rules, lines


def draft(**given):
    options = [{"text": text} for text in ("a", "b", "c", "d")]
    return read_draft({"question": "Which first?", "kind": "ranking", "options": options, **given})


def test_ranking_asks_for_as_many_places_as_people_like():
    made = draft()
    assert (made.min, made.max, made.rules) == (1, 4, {})


@pytest.mark.parametrize(
    ("fewest", "most", "asked"),
    [
        (4, 4, "Put all of them in order"),
        (1, 4, "Put as many as you like in order"),
        (3, 3, "Put your first 3 in order"),
        (1, 2, "Put up to 2 in order"),
        (2, 3, "Put 2 to 3 in order"),
    ],
)
def test_form_says_how_many_it_asks_for(fewest, most, asked):
    assert RANKING.ask({}, fewest, most, 4) == asked


@pytest.mark.parametrize(
    ("given_", "field"), [({"max": 5}, "max"), ({"min": 3, "max": 2}, "max"), ({"rules": {"k": 3}}, "rules")]
)
def test_range_has_to_fit_the_options(given_, field):
    with pytest.raises(Malformed) as refused:
        draft(**given_)
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("Which first? [rank] / a / b / c", {}),
        ("Which first? [Ranking] / a / b / c", {}),
        ("Which first? [rank 2] / a / b / c", {"max": 2}),
        ("Which first?\n[rank ٢] / a / b / c", {"max": 2}),
    ],
)
def test_quick_line_says_a_ranking(line, more):
    options = [{"text": text} for text in "abc"]
    assert read_line(line) == {"question": "Which first?", "kind": "ranking", "options": options, **more}


@pytest.mark.parametrize("line", ["Which first? [rank]", "Which first? [rank] / a"])
def test_ranking_needs_options(line):
    with pytest.raises(BadLine):
        read_line(line)


def test_other_brackets_belong_to_the_question():
    assert read_line("Which [of these]? / a / b")["question"] == "Which [of these]?"
