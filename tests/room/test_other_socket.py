"""Own words by socket: told as a count before they are approved, and made an option."""

import pytest

from polls.selectors import moderated_answers
from tests.factories import make_moderator, make_poll
from tests.room.sockets import act, room_of, signed_in_cookie

pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")


async def test_words_are_sent_moderated_and_promoted_by_socket(session, ada, bob):
    poll = await act(make_poll, session, rules={"other": True}, visibility="always")
    cookie = await act(lambda: signed_in_cookie(make_moderator(session)))
    vote = {"type": "poll.vote", "ref": 1, "poll": str(poll.pk), "other": "Zanzibar"}
    async with (
        room_of(session, ada) as phone,
        room_of(session, bob) as neighbour,
        room_of(session, query="view=control", cookie=cookie) as control,
    ):
        for client in (neighbour, control):
            await client.next("snapshot")
        done = await phone.ask(vote)
        assert (done["mine"]["other"], len(done["mine"]["options"])) == ("Zanzibar", 1)
        told = await neighbour.next("poll.tally")
        assert ([option["count"] for option in told["options"]], told["other"]) == (
            [0, 0, 0, 1],
            {"answers": [], "different": 0},
        )
        assert "moderation" not in told
        assert (await control.next("poll.tally"))["moderation"] == {"waiting": 1, "hidden": 0}
        [answer] = await act(moderated_answers, poll)
        promote = {"type": "poll.promote", "ref": 2, "poll": str(poll.pk), "answer": str(answer.pk)}
        assert (await phone.ask(promote))["code"] == "not_signed_in"
        assert (await control.ask({**promote, "answer": "999"}))["code"] == "not_found"
        assert (await control.ask({**promote, "answer": None}))["code"] == "malformed"
        assert (await control.ask(promote))["type"] == "ok"
        news = (await neighbour.next("poll.changed"))["poll"]
        assert [(option["text"], option["count"]) for option in news["options"][3:]] == [
            ("Zanzibar", 1),
            ("Other", 0),
        ]
        assert (await phone.ask({**vote, "options": [news["options"][4]["id"]], "other": ""}))["code"] == (
            "other_needs_words"
        )
