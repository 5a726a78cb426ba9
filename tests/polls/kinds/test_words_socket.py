"""Words by socket: the vote, and what each audience hears of the words."""

import pytest

from tests.factories import make_attendee, make_poll
from tests.room.conftest import committing_sqlite
from tests.room.sockets import room_of

__all__ = ["committing_sqlite"]
pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")


@pytest.fixture
def poll(session):
    return make_poll(session, kind="words", max=2)


@pytest.fixture
def bob(session):
    return make_attendee(session)


async def test_socket_takes_words_and_tells_the_most_named(session, poll, ada, bob):
    async with room_of(session, ada) as voter, room_of(session, bob) as waiting:
        await waiting.next("snapshot")
        [shown] = (await voter.next("snapshot"))["polls"]
        assert (shown["kind"], shown["options"], shown["mine"]["voted"]) == ("words", [], False)
        vote = {"type": "poll.vote", "ref": 1, "poll": str(poll.pk), "seq": 1, "words": ["Etcd", "upgrades"]}
        answer = await voter.ask(vote)
        assert (answer["type"], answer["mine"]["words"]) == ("ok", ["Etcd", "upgrades"])
        told = await voter.next("poll.tally")
        while "answers" not in told:
            told = await voter.next("poll.tally")
        assert {(one["text"], one["count"]) for one in told["answers"]} == {("Etcd", 1), ("upgrades", 1)}
        assert told["result"] == {"different": 2, "more": 0}
        assert {one["id"] for one in told["answers"]} == set(answer["mine"]["options"])
        heard = await waiting.next("poll.tally")
        assert heard["ballots"] == 1
        assert heard.keys().isdisjoint({"answers", "options", "result", "moderation"})
        wrong = await voter.ask({**vote, "seq": 2, "words": ["a", "b", "c"]})
        assert wrong["code"] == "wrong_number_of_words"
    async with room_of(session, ada) as again:
        [shown] = (await again.next("snapshot"))["polls"]
        assert shown["mine"]["words"] == ["Etcd", "upgrades"]
