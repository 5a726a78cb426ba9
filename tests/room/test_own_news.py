"""What is an attendee's own reaches all of their sockets: the window beside, the other device, after a form or REST."""

from typing import Any

import pytest

from opendev.core.attendance import new_pass, sign_pass
from sessions.follow_ups.services.lines import remove_name, restore_name
from sessions.questions.models import Question
from tests.factories import make_attendee, make_line, make_poll, make_question, options_of
from tests.factories.sessions import organiser_of
from tests.room.sockets import act, choose, room_of, withdraw

pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")

NOT_VOTED = {"voted": False, "options": None, "seq": 0}


def rest(browser_of: Any, attendee: Any, method: str, path: str, body: Any = None) -> Any:
    """What REST answers to the holder of the attendee's token."""
    call = getattr(browser_of(), method)
    authorization = f"Bearer {sign_pass(attendee)}"
    answer = call(f"/api/v1/{path}", body, "application/json", headers={"Authorization": authorization})
    assert answer.status_code < 300, answer.content
    return answer


async def test_vote_its_change_and_its_withdrawal_reach_the_other_window(poll, ada, bob, options):
    async with (
        room_of(poll.session, ada) as first,
        room_of(poll.session, ada) as second,
        room_of(poll.session, bob) as neighbour,
    ):
        await first.ask(choose(poll, options["b"], seq=1))
        mine = {"voted": True, "options": [options["b"]], "seq": 1}
        assert await second.next("poll.mine") == {"type": "poll.mine", "poll": str(poll.pk), "mine": mine}
        await second.ask(choose(poll, options["a"], seq=2))
        assert (await first.next("poll.mine"))["mine"]["options"] == [options["a"]]
        await first.ask(withdraw(poll, seq=3))
        assert (await second.next("poll.mine"))["mine"] == {"voted": False, "options": None, "seq": 3}
        assert (await neighbour.ask(choose(poll, options["c"])))["type"] == "ok"
        for client in (first, second, neighbour):
            types = [frame["type"] for frame in client.dropped]
            assert "poll.mine" not in types, "nobody is told twice, and nobody else is told at all"


async def test_other_device_hears_of_an_anonymous_vote_only_that_it_was_cast(poll, ada, options):
    laptop = new_pass(ada.event_id, ada.attendee_id)
    async with room_of(poll.session, ada) as phone, room_of(poll.session, laptop) as other:
        await phone.ask(choose(poll, options["b"]))
        assert (await other.next("poll.mine"))["mine"] == {**NOT_VOTED, "voted": True}


async def test_other_device_hears_the_answer_to_a_named_poll(session, ada):
    poll = await act(make_poll, session, anonymous=False, may_change=False)
    option = str((await act(options_of, poll))["b"])
    laptop = new_pass(ada.event_id, ada.attendee_id)
    async with room_of(session, ada) as phone, room_of(session, laptop) as other:
        await phone.ask(choose(poll, option, seq=4))
        assert (await other.next("poll.mine"))["mine"] == {"voted": True, "options": [option], "seq": 4}


@pytest.mark.parametrize("way", ["form", "rest"])
async def test_vote_without_a_socket_reaches_all_of_the_attendees(way, poll, ada, options, browser_of):
    path = f"/{poll.session.event.slug}/sessions/{poll.session.slug}/polls/{poll.pk}/vote/"

    def cast() -> None:
        if way == "rest":
            rest(browser_of, ada, "put", f"polls/{poll.pk}/ballot/", {"options": [options["c"]]})
        else:
            assert browser_of(ada).post(path, {"option": options["c"]}).status_code == 302

    async with room_of(poll.session, ada) as first, room_of(poll.session, ada) as second:
        await act(cast)
        for client in (first, second):
            assert (await client.next("poll.mine"))["mine"]["options"] == [options["c"]]


async def test_upvote_reaches_the_other_window_by_socket_and_by_rest(session, ada, browser_of):
    question = await act(make_question, session)
    async with room_of(session, ada) as first, room_of(session, ada) as second:
        await first.ask({"type": "question.upvote", "ref": 1, "question": str(question.pk)})
        told = {"type": "question.mine", "question": str(question.pk)}
        assert await second.next("question.mine") == {**told, "mine": {"author": False, "upvoted": True}}
        await act(rest, browser_of, ada, "delete", f"questions/{question.pk}/upvote/")
        for client in (first, second):
            mine = {"author": False, "upvoted": False}
            assert await client.next("question.mine") == {**told, "mine": mine}


async def test_own_question_is_known_as_ones_own_in_the_other_window(session, ada, bob):
    async with (
        room_of(session, ada) as first,
        room_of(session, ada) as second,
        room_of(session, bob) as neighbour,
    ):
        await first.ask({"type": "question.ask", "ref": 1, "text": "Why?"})
        question = await act(Question.objects.get)
        for client, is_own in ((second, True), (neighbour, False)):
            shown = (await client.next("question.changed"))["question"]
            assert (shown["id"], "is_merged" in shown) == (str(question.pk), is_own)


async def test_sign_up_withdrawal_and_removal_reach_every_window(session, browser_of):
    ada = await act(make_attendee, session, name="Ada")
    line = await act(make_line, session)
    organiser = await act(organiser_of, session.event)
    async with room_of(session, ada) as first, room_of(session, ada) as second:
        await first.ask({"type": "line.sign_up", "ref": 1, "line": str(line.pk), "shown": True})
        told = await second.next("line.mine")
        assert (told["line"], told["mine"]["signed_up"], told["mine"]["name"]) == (str(line.pk), True, "Ada")
        sign_up = await act(line.sign_ups.get)
        from_now = {"caller": organiser, "sign_up_id": sign_up.pk}
        await act(remove_name, now=sign_up.signed_up_at, **from_now)
        for client in (first, second):
            assert (await client.next("line.mine"))["mine"]["removed"] is True
        await act(restore_name, **from_now)
        for client in (first, second):
            assert (await client.next("line.mine"))["mine"]["signed_up"] is True
        await act(rest, browser_of, ada, "delete", f"sign-up-lines/{line.pk}/sign-ups/mine/")
        for client in (first, second):
            assert (await client.next("line.mine"))["mine"] == {"signed_up": False, "removed": False}


async def test_late_read_never_overtakes_the_answer_to_ones_own_vote(poll, ada, options):
    async with room_of(poll.session, ada) as first, room_of(poll.session, ada) as second:
        for seq, (client, text) in enumerate([(first, "a"), (second, "b")] * 6, 1):
            client.send(choose(poll, options[text], seq=seq, ref=seq))
        for client, last_ref in ((first, 11), (second, 12)):
            mine, refs = {}, set()
            while last_ref not in refs or mine["seq"] < 12:
                frame = await client.next()
                mine = frame.get("mine", mine)
                refs.add(frame.get("ref"))
            assert mine == {"voted": True, "options": [options["b"]], "seq": 12}
