"""The benchmark's arithmetic, and what it reads of frames."""

import random

import pytest

from bench import frames
from bench.figures import Figure, as_json, figure, figures, percentile, ratios
from opendev.core.groups import EVERYBODY, encode
from polls.news import PollFrames, news_of
from sessions.programme.permissions import MODERATORS
from tests.factories import make_poll, options_of


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 1), (1, 1), (50, 50), (50.5, 51), (95, 95), (99, 99), (100, 100)]
)
def test_percentile_is_the_nearest_rank_in_any_order(percent, expected):
    values = list(range(1, 101))
    random.Random(1).shuffle(values)
    assert percentile(values, percent) == expected


@pytest.mark.parametrize("percent", [0, 50, 99, 100])
def test_percentile_of_one_value_is_that_value(percent):
    assert percentile([7.5], percent) == 7.5


def test_percentile_of_nothing_is_refused():
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 95)


def test_figure_is_the_median_with_the_extremes():
    assert figure([3.0, 100.0, 1.0]) == Figure(3.0, 1.0, 100.0)
    with pytest.raises(ValueError, match="run"):
        figure([])


def test_figures_leave_out_what_a_run_did_not_measure():
    assert figures([{"a": 1, "b": 5}, {"a": 3}]) == {"a": Figure(2, 1, 3)}


def test_ratios_compare_each_run_with_the_limit_beside_it():
    # The machine was half as fast in the second pair: the ratio is the same.
    assert ratios([10, 20], [5, 10]) == Figure(2, 2, 2)
    with pytest.raises(ValueError, match="zip"):
        ratios([1, 2], [1])


def test_json_has_plain_numbers_beside_their_spreads():
    assert as_json({"p95_ms": Figure(12.34567, 1, 98765.4321)}) == {
        "p95_ms": 12.35,
        "p95_ms_spread": [1, 98770],
    }


def test_frames_of_the_server_are_read_as_its_own_encoder_writes_them(db):
    poll = make_poll(options=("a", "b"), visibility="moderators")
    news, kind = news_of(poll, list(poll.options.all())), PollFrames()
    texts = {one: encode(kind.tally(news.states[one] or {}, "now")).encode() for one in news.states}
    assert {frames.kind(text) for text in texts.values()} == {b"poll.tally"}
    assert {frames.number(text, b"ballots") for text in texts.values()} == {0}
    assert frames.number(texts[EVERYBODY], b"version") == poll.version
    assert frames.counts(texts[EVERYBODY]) == {}
    assert frames.counts(texts[MODERATORS]) == {str(pk): 0 for pk in options_of(poll).values()}
    whole = {one: encode(kind.changed(news.states[one] or {}, "now")).encode() for one in news.states}
    assert {frames.kind(text) for text in whole.values()} == {b"poll.changed"}
    assert {frames.number(text, b"ballots") for text in whole.values()} == {0}
    assert frames.counts(whole[EVERYBODY]) == {}
    assert frames.counts(whole[MODERATORS]) == {str(pk): 0 for pk in options_of(poll).values()}


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b'{"ref":1,"type":"ok"}'])
def test_what_is_no_frame_of_ours_has_no_kind_and_no_number(payload):
    assert frames.kind(payload) == b""
    assert frames.number(payload, b"ballots") == -1


def test_vote_of_the_driver_is_the_protocols():
    assert frames.vote(ref=1, poll="3", option="7", seq=2) == (
        b'{"type":"poll.vote","ref":1,"poll":"3","options":["7"],"seq":2}'
    )
