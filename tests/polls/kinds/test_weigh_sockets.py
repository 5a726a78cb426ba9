"""Rankings and points by socket: the vote, and what each audience hears of the result."""

import pytest

from tests.factories import make_attendee, make_poll, options_of
from tests.room.conftest import committing_sqlite
from tests.room.sockets import room_of

__all__ = ["committing_sqlite"]
pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")


@pytest.fixture
def poll(session):
    return make_poll(session, kind="ranking", options=["a", "b", "c"])


@pytest.fixture
def ids(poll):
    return {text: str(pk) for text, pk in options_of(poll).items()}


@pytest.fixture
def bob(session):
    return make_attendee(session)


async def test_socket_takes_an_order_and_tells_the_places(session, poll, ids, ada, bob):
    frame = {"type": "poll.vote", "ref": 1, "poll": str(poll.pk)}
    async with room_of(session, ada) as voter, room_of(session, bob) as waiting:
        await waiting.next("snapshot")
        [shown] = (await voter.next("snapshot"))["polls"]
        assert (shown["kind"], shown["max"]) == ("ranking", 3)
        order = [ids["c"], ids["a"]]
        answer = await voter.ask({**frame, "ranking": order, "seq": 1})
        assert (answer["type"], answer["mine"]["ranking"], answer["mine"]["options"]) == ("ok", order, order)
        told = await voter.next("poll.tally")
        while "result" not in told:
            told = await voter.next("poll.tally")
        assert told["result"] == {
            "points": [1, 0, 2],
            "first_places": [0, 0, 1],
            "places": [2, 3, 1],
            "pairwise": [[0, 1, 0], [0, 0, 0], [1, 1, 0]],
            "winner": 2,
            "circle": [],
        }
        heard = await waiting.next("poll.tally")
        assert heard["ballots"] == 1
        assert "result" not in heard
        wrong = await voter.ask({**frame, "ref": 2, "ranking": [ids["a"], ids["a"]], "seq": 2})
        assert wrong["code"] == "duplicate_option"
        both = await voter.ask({**frame, "ref": 3, "ranking": [], "options": [], "seq": 3})
        assert both["code"] == "malformed"
    async with room_of(session, ada) as later:
        [shown] = (await later.next("snapshot"))["polls"]
        assert shown["mine"]["ranking"] == order


@pytest.fixture
def shared_out(session):
    return make_poll(session, kind="points", options=["a", "b"], rules={"total": 10})


@pytest.fixture
def both(shared_out):
    return [str(pk) for pk in options_of(shared_out).values()]


async def test_socket_takes_points_and_tells_their_sums(session, shared_out, both, ada, bob):
    poll, (one, two) = shared_out, both
    frame = {"type": "poll.vote", "ref": 1, "poll": str(poll.pk)}
    async with room_of(session, ada) as voter, room_of(session, bob) as waiting:
        await waiting.next("snapshot")
        [shown] = (await voter.next("snapshot"))["polls"]
        assert shown["rules"] == {"total": 10, "exact": False}
        answer = await voter.ask({**frame, "points": {two: 7, one: 3}, "seq": 1})
        assert (answer["type"], answer["mine"]["points"]) == ("ok", {one: 3, two: 7})
        told = await voter.next("poll.tally")
        while "result" not in told:
            told = await voter.next("poll.tally")
        assert told["result"] == {"points": [3, 7], "mean": [3.0, 7.0], "given": 10}
        heard = await waiting.next("poll.tally")
        assert "result" not in heard
        wrong = await voter.ask({**frame, "ref": 2, "points": {one: 11}, "seq": 2})
        assert wrong["code"] == "wrong_answer"
