"""A right answer leaves no trace before it is revealed: whoever does not moderate gets the same bytes with and without.

Each look is compared with the one before the polls had a right answer, and with one of another right answer.
A leak that is planted is found.
"""

from collections.abc import Iterator, Sequence

import pytest

from polls import serializers
from polls.kinds import KINDS
from polls.models import Poll
from polls.services import reveal_right_answer
from tests.factories import NOW
from tests.factories.sessions import organiser_of
from tests.leaks.channels import SOME, Texts, traces
from tests.leaks.kind_channels import LOOKS, OF_KINDS, publish
from tests.leaks.test_kinds import CHANGES_BY_ITSELF
from tests.leaks.world import LAUNCHED, World
from tests.support.inner_server import InnerServer

pytestmark = pytest.mark.usefixtures("nobody_waits")

ON_AIR = [name for name in SOME if name in LAUNCHED]
RIGHT: dict[str, tuple[list[object], list[object]]] = {
    "single": ([2], [1, 3]),
    "multiple": ([1, 2], [3]),
    "scale": ([2], [3]),
    "ranking": ([2, 1, 3], [3, 1]),
    "number": (["6"], ["4"]),
}
FILES = [("moderator", "files"), ("moderator", "files with what is hidden")]
ROWS = [
    *[
        (role, channel)
        for role in ("visitor", "voted")
        for channel in LOOKS[role]
        if channel not in CHANGES_BY_ITSELF
    ],
    *FILES,
]
KNOWN_TO = [("moderator", "REST list"), ("moderator", "socket for moderators")]


@pytest.fixture
def world(inner: InnerServer, request: pytest.FixtureRequest) -> Iterator[World]:
    made = World(inner, request.param, on_air=ON_AIR)
    publish(made)
    yield made
    made.close()


def look(world: World, rows: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Texts]:
    return {(role, channel): OF_KINDS[channel].look(world, role) for role, channel in rows}


def set_right(world: World, right: object) -> None:
    polls = [poll.pk for _, poll in world.every_poll()]
    Poll.objects.filter(pk__in=polls).update(right_answer=right)
    world.retell()


def test_every_kind_that_may_have_a_right_answer_is_tried_here() -> None:
    assert RIGHT.keys() == {name for name, kind in KINDS.items() if kind.may_have_right}


@pytest.mark.parametrize("world", RIGHT, indirect=True)
def test_right_answer_leaves_no_trace_before_it_is_revealed(world: World) -> None:
    without = look(world, ROWS)
    known = [look(world, KNOWN_TO)]
    for right in RIGHT[world.kind.kind]:
        set_right(world, right)
        found = {row: traces(without[row], texts) for row, texts in look(world, ROWS).items()}
        assert {row: said for row, said in found.items() if said} == {}
        known.append(look(world, KNOWN_TO))
    for row in KNOWN_TO:  # or the test would look for something that is nowhere
        assert traces(known[0][row], known[1][row])
        assert traces(known[1][row], known[2][row])


@pytest.mark.parametrize("world", ["single"], indirect=True)
def test_right_answer_that_is_told_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("visitor", "REST list"), ("visitor", "socket"), ("voted", "socket"), ("voted", "REST list")]
    without = look(world, rows)
    monkeypatch.setattr(serializers, "may_see_right_answer", lambda poll, **who: True)
    set_right(world, RIGHT["single"][0])
    assert all(traces(without[row], texts) for row, texts in look(world, rows).items())


@pytest.mark.parametrize("world", ["multiple"], indirect=True)
def test_revealed_answer_of_a_hidden_result_tells_no_count(world: World) -> None:
    """How many had it right is a tally like any other."""
    set_right(world, RIGHT["multiple"][0])
    poll = world.polls["closed/after_publishing"]
    reveal_right_answer(poll_id=poll.pk, caller=organiser_of(world.event), now=NOW)
    before = look(world, ROWS)
    Poll.objects.filter(pk=poll.pk).update(right_count=987)
    world.retell()
    seen = [row for row in ROWS if row != ("moderator", "files with what is hidden")]
    found = {row: traces(before[row], texts) for row, texts in look(world, seen).items()}
    assert {row: said for row, said in found.items() if said} == {}
