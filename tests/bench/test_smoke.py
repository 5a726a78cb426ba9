"""The benchmark plays on a small scale, and measures what can be true. No figure is judged here."""

import pytest

from bench import parts, report
from bench.scale import Scale
from bench.stage import Stage

TINY = Scale(
    runs=1,
    fanout=5,
    fanout_rounds=2,
    rooms=(8,),
    vote_within_s=0.2,
    settle_s=0,
    upvoters=8,
    upvote_within_s=0.2,
    door=((4, 0.2),),
    returning=4,
)


@pytest.mark.timeout(180)
def test_fanout_is_measured_on_a_small_scale(collected_static, sqlite_files):
    with Stage(static=collected_static, sqlite=sqlite_files) as stage:
        told = report.nested(parts.fanout(stage, TINY))
    assert told["fanout"]["cpu_ratio_to_bare_asgi"] > 0


@pytest.mark.timeout(180)
def test_room_and_upvotes_are_measured_on_a_small_scale(monkeypatch, soaks, collected_static, sqlite_files):
    if not soaks:
        pytest.skip("it takes half a minute: `make soak` does it")
    monkeypatch.setattr(parts, "vendors", lambda stage: ["sqlite"])
    with Stage(static=collected_static, sqlite=sqlite_files) as stage:
        told = report.nested({**parts.room(stage, TINY), **parts.upvotes(stage, TINY)})
    room = told["room"]["8"]
    assert 0 < room["ack_p50_ms"] <= room["ack_p95_ms"] <= room["ack_p99_ms"]
    assert (room["lost"], room["unanswered"], room["errors"], room["forgotten"]) == (0, 0, 0, 0)
    assert room["settled_s"] > 0
    assert room["join_s"] > 0
    assert room["cpu_per_vote_us"] > 0
    asked = told["upvotes"]
    assert 0 < asked["ack_p50_ms"] <= asked["ack_p99_ms"]
    assert (asked["miscounted"], asked["unanswered"], asked["errors"]) == (0, 0, 0)
    assert asked["most_in_a_second"] > 0


@pytest.mark.timeout(180)
def test_phones_come_through_the_door_of_both_servers(collected_static, sqlite_files):
    with Stage(static=collected_static, sqlite=sqlite_files) as stage:
        door = report.nested(parts.door(stage, TINY))["door"]
    assert (door["errors"], door["4"]["bare"]["errors"], door["4"]["again"]["errors"]) == (0, 0, 0)
    assert door["4"]["bare"]["requests"] == 8
    assert door["requests"] >= 7
    assert 0 < door["p50_s"] <= door["p95_s"] <= door["max_s"]
    assert door["cpu_ms_a_phone"] > 0
    assert door["4"]["again"]["requests"] < door["requests"]
    assert door["4"]["again"]["bytes"] < door["bytes"]
    assert door["4"]["again"]["bytes"] <= 8 * 1024
    assert (door["requests"], door["bytes"]) <= (12, 64 * 1024)
    assert {"ratio_to_bare_asgi", "ratio_to_bare_asgi_spread"} <= door.keys()
