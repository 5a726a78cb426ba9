"""The leak matrix of every kind: what a kind makes of its tally is as secret as the counts, and so are moderated words.

tests/leaks/test_matrix.py goes through every role and channel with the usual kind. Here are fewer of them, and all that
a kind has of its own: averages, places, points, bins, texts. Leaks that are planted are found.
"""

from collections.abc import Callable, Iterator, Sequence

import pytest

from polls import selectors, serializers
from polls.kinds import KINDS
from polls.models import Option
from polls.written_store import Written
from tests.leaks.channels import HIDDEN, SOME, Texts, traces
from tests.leaks.kind_channels import LET_IN_NOBODY_ELSE, MODERATED_IN, OF_KINDS, ROWS, WHOLE, publish
from tests.leaks.news import faults_of_a_life
from tests.leaks.world import LAUNCHED, World, may_see, numbers_in
from tests.support.inner_server import InnerServer

pytestmark = pytest.mark.usefixtures("nobody_waits")

ON_AIR = [name for name in SOME if name in LAUNCHED]
CHANGES_BY_ITSELF = {"logs"}  # the look before is in the audit log

WorldOf = Callable[..., World]


@pytest.fixture
def world_of(inner: InnerServer) -> Iterator[WorldOf]:
    worlds: list[World] = []

    def make(kind: str, on_air: Sequence[str] = ()) -> World:
        worlds.append(World(inner, kind, on_air=on_air))
        publish(worlds[-1])
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()


def audience(role: str, channel: str) -> str:
    return OF_KINDS[channel].audiences.get(role, "everybody")


def look(world: World, role: str, channel: str) -> Texts:
    return OF_KINDS[channel].look(world, role)


def faults(world: World, role: str, channel: str, texts: Texts) -> dict[str, str]:
    """What is there that must not be, or not there though it must, by combination."""
    found = {}
    is_let_in = channel not in LET_IN_NOBODY_ELSE or role == "moderator"
    polls = world.alone if "on air" in channel or channel == "screen" else world.polls
    for combination, text in texts.items():
        poll, seen = polls[combination], numbers_in(text)
        numbers, moderated = set(world.tallies[poll.pk]), world.moderated.get(poll.pk, set())
        sees = is_let_in and may_see(audience(role, channel), combination)
        secret = set() if sees else numbers
        if not (is_let_in and channel in MODERATED_IN):
            secret = secret | moderated
        if leaked := seen & secret:
            found[combination] = f"leaked {sorted(leaked)}"
        shows = sees and numbers and combination in OF_KINDS[channel].shows
        if shows and not (numbers <= seen if channel in WHOLE else numbers & seen):
            found[combination] = f"lacks {sorted(numbers - seen)}"
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_result_is_told_to_who_may_see_it_and_leaves_no_trace_elsewhere(world_of, kind):
    world = world_of(kind, ON_AIR)
    plain = {row: look(world, *row) for row in ROWS}
    wrong = {row: faults(world, *row, texts) for row, texts in plain.items()}
    assert {row: said for row, said in wrong.items() if said} == {}
    for hidden_from in ("everybody", "voted"):
        world.shift_hidden(hidden_from)
        rows = [row for row in ROWS if audience(*row) == hidden_from and row[1] not in CHANGES_BY_ITSELF]
        moved = {row: traces(plain[row], look(world, *row)) for row in rows}
        assert {row: said for row, said in moved.items() if said} == {}


@pytest.mark.parametrize("kind", KINDS)
def test_news_of_every_kind_carry_a_result_to_who_may_see_it_and_to_nobody_else(world_of, kind):
    assert faults_of_a_life(world_of(kind)) == {}


@pytest.mark.parametrize("kind", KINDS)
def test_result_that_is_shown_to_all_is_found(world_of, monkeypatch, kind):
    world = world_of(kind)
    monkeypatch.setattr(serializers, "may_see_tally", lambda poll, **who: True)
    found = faults(world, "visitor", "REST list", look(world, "visitor", "REST list"))
    assert found.keys() >= set(HIDDEN)
    assert all(text.startswith("leaked") for text in found.values())


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.is_written])
def test_moderated_answers_that_are_shown_are_found(world_of, monkeypatch, kind):
    def everything(poll_id, *, most):
        return [Written(row.pk, row.text, row.total) for row in Option.objects.filter(poll=poll_id)]

    world = world_of(kind)
    monkeypatch.setattr(selectors.written_store, "shown_answers", everything)
    for channel in ("REST list", "notes"):
        found = faults(world, "visitor", channel, look(world, "visitor", channel))
        assert bool(found) is bool(world.kind.moderated([0] * 9)), channel
