"""A right answer by socket: a moderator reveals it, all hear it, and nobody else can."""

import pytest

from polls.services import set_poll_state
from tests.factories import NOW, make_moderator, make_poll, record, vote_for
from tests.factories.sessions import organiser_of
from tests.room.sockets import act, room_of, signed_in_cookie

pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")


def reveal(poll):
    return {"type": "poll.reveal_answer", "ref": 7, "poll": str(poll.pk)}


async def until_revealed(client):
    """The poll as it is told with its right answer; the closer finalises it in between."""
    while "right_answer" not in (news := (await client.next("poll.changed"))["poll"]):
        assert news["state"] == "closed"
    return news


async def test_moderator_reveals_by_socket_and_everybody_hears_it(session, ada):
    poll = await act(make_poll, session, visibility="always", right_answer={"options": [2]})
    await act(lambda: record(vote_for(poll, ada, "b")))
    cookie = await act(lambda: signed_in_cookie(make_moderator(session)))
    async with (
        room_of(session, ada) as phone,
        room_of(session) as screen,
        room_of(session, query="view=control", cookie=cookie) as control,
    ):
        for client in (phone, screen):
            [told] = (await client.next("snapshot"))["polls"]
            assert "right_answer" not in told
        [told] = (await control.next("snapshot"))["polls"]
        right = told["options"][1]["id"]
        assert told["right_answer"] == {"revealed_at": None, "options": [right]}
        refused = await control.ask(reveal(poll))
        assert (refused["ref"], refused["code"]) == (7, "poll_not_closed")
        caller = await act(organiser_of, session.event)
        await act(set_poll_state, poll_id=poll.pk, caller=caller, state="closed", now=NOW)
        assert "right_answer" not in (await phone.next("poll.changed"))["poll"]
        assert (await phone.ask(reveal(poll)))["code"] == "not_signed_in"
        done = await control.ask(reveal(poll))
        assert (done["type"], done["ref"]) == ("ok", 7)
        for client in (phone, screen):
            news = await until_revealed(client)
            assert news["version"] >= done["version"]
            assert (news["right_answer"]["options"], news["right_answer"]["count"]) == ([right], 1)
            assert news["right_answer"]["share"] == 100


async def test_command_without_a_poll_is_refused_and_the_socket_stays_open(session):
    await act(make_poll, session)
    cookie = await act(lambda: signed_in_cookie(make_moderator(session)))
    async with room_of(session, query="view=control", cookie=cookie) as control:
        for poll in (None, "x", [1], 7):
            refused = await control.ask({"type": "poll.reveal_answer", "ref": 1, "poll": poll})
            assert refused["code"] in {"malformed", "not_found"}
        assert (await control.ask({"type": "poll.reveal_answer", "ref": 1}))["code"] == "malformed"
