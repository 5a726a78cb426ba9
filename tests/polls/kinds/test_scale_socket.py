"""A scale by socket: the vote, and what each audience hears of the result."""

import pytest

from tests.factories import make_attendee, make_poll, options_of
from tests.room.conftest import committing_sqlite
from tests.room.sockets import choose, room_of

__all__ = ["committing_sqlite"]
pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")


@pytest.fixture
def poll(session):
    return make_poll(session, kind="scale", options=["1", "2", "3"])


@pytest.fixture
def ids(poll):
    return {text: str(pk) for text, pk in options_of(poll).items()}


@pytest.fixture
def bob(session):
    return make_attendee(session)


async def test_socket_takes_a_point_and_tells_the_result(session, poll, ids, ada, bob):
    async with room_of(session, ada) as voter, room_of(session, bob) as waiting:
        await waiting.next("snapshot")
        [shown] = (await voter.next("snapshot"))["polls"]
        assert [option["value"] for option in shown["options"]] == [1, 2, 3]
        assert shown["rules"]["to"] == 3
        answer = await voter.ask(choose(poll, ids["3"], seq=1))
        assert (answer["type"], answer["mine"]["options"]) == ("ok", [ids["3"]])
        told = await voter.next("poll.tally")
        while "result" not in told:
            told = await voter.next("poll.tally")
        assert told["result"] == {"answers": 1, "no_opinion": 0, "mean": 3.0, "median": 3, "spread": 0.0}
        heard = await waiting.next("poll.tally")
        assert heard["ballots"] == 1
        assert "result" not in heard
        wrong = await voter.ask({**choose(poll, ids["1"], ids["2"], seq=2)})
        assert wrong["code"] == "wrong_number_of_options"
