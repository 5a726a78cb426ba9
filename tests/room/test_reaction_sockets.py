"""Reactions and pace by socket: answered at once, told once a second to those who show them, and to nobody else."""

import asyncio

import pytest
from django.db.backends.utils import CursorWrapper

from opendev.core import limits
from opendev.room.services import set_session_state
from sessions.attendees.services.passes import set_pass
from sessions.reactions import broadcasts
from sessions.reactions.services import set_reaction_rules
from tests.factories import NOW, make_attendee, make_helper, make_moderator, make_session
from tests.factories.sessions import organiser_of
from tests.room.sockets import act, room_of, signed_in_cookie

pytestmark = pytest.mark.usefixtures("quick", "committing_sqlite", "live")

NEWS = {"reaction.tally", "pace.changed"}
OK = {"type": "ok", "ref": 1}


@pytest.fixture
def quick(monkeypatch):
    """A round of telling is a tenth of a second."""
    monkeypatch.setattr(broadcasts, "TELL_EVERY_S", 0.1)
    limits.forget_all()


@pytest.fixture
def session(committing_sqlite):
    return make_session(reactions_open=True)


def applaud(reaction="applause"):
    return {"type": "reaction.send", "ref": 1, "reaction": reaction}


def say(pace):
    return {"type": "pace.set", "ref": 1, "pace": pace}


async def control_of(session, make=make_moderator):
    user = await act(make, session)
    return room_of(session, query="view=control", cookie=await act(signed_in_cookie, user))


async def crowd_says(session, pace, people):
    """Several attendees signal it, each with a socket of their own that is closed afterwards."""
    for attendee in people:
        async with room_of(session, attendee) as phone:
            assert await phone.ask(say(pace)) == OK


async def kinds_heard(client):
    """The types of all frames that come until it is quiet for some rounds."""
    heard = {frame["type"] for frame in client.dropped}
    while True:
        try:
            async with asyncio.timeout(0.5):
                heard.add((await client.next())["type"])
        except TimeoutError:
            return heard


async def test_applause_reaches_moderators_and_screens_in_one_frame(session):
    people = [await act(make_attendee, session) for _ in range(5)]
    async with await control_of(session) as control, room_of(session, query="view=screen") as screen:
        phones = [room_of(session, attendee) for attendee in people]
        opened = [await phone.__aenter__() for phone in phones]
        try:
            assert await asyncio.gather(*(phone.ask(applaud()) for phone in opened)) == [OK] * 5
        finally:
            for phone in phones:
                await phone.__aexit__(None, None, None)
        for client in (control, screen):
            total = 0
            while total < 5:
                total += (await client.next("reaction.tally"))["reactions"]["applause"]
            assert total == 5


async def test_attendees_strangers_and_helpers_hear_nothing_of_it(session, ada, bob):
    async with (
        room_of(session, ada) as phone,
        room_of(session, bob) as neighbour,
        room_of(session) as stranger,
        await control_of(session, make_helper) as helper,
        room_of(session, query="view=screen") as screen,
    ):
        assert await phone.ask(applaud()) == OK
        await crowd_says(session, "lost", [await act(make_attendee, session) for _ in range(3)])
        for client in (phone, neighbour, stranger, helper):
            assert not await kinds_heard(client) & NEWS
        assert await kinds_heard(screen) & NEWS == {"reaction.tally"}


async def test_moderator_sees_how_many_are_lost_and_of_one_or_two_only_a_few(session):
    people = [await act(make_attendee, session) for _ in range(4)]
    async with await control_of(session) as control:
        assert (await control.next("snapshot"))["pace"] == {"slower": 0, "lost": 0}
        await crowd_says(session, "lost", people[:1])
        assert (await control.next("pace.changed"))["pace"] == {"slower": 0, "lost": None}
        await crowd_says(session, "lost", people[1:])
        while (told := await control.next("pace.changed"))["pace"]["lost"] != 4:
            assert told["pace"]["lost"] in {None, 3}
        await crowd_says(session, None, people[:1])
        assert (await control.next("pace.changed"))["pace"] == {"slower": 0, "lost": 3}
        async with await control_of(session) as later:
            assert (await later.next("snapshot"))["pace"] == {"slower": 0, "lost": 3}


async def test_snapshot_of_others_has_no_pace(session, ada):
    for client in (room_of(session, ada), room_of(session), await control_of(session, make_helper)):
        async with client as opened:
            assert "pace" not in await opened.next("snapshot")


async def test_pace_fades(session, ada, monkeypatch):
    monkeypatch.setattr("sessions.reactions.counters.FADES_S", 0.3)
    async with await control_of(session) as control:
        await crowd_says(session, "slower", [ada])
        assert (await control.next("pace.changed"))["pace"]["slower"] is None
        assert (await control.next("pace.changed"))["pace"]["slower"] == 0
        assert not broadcasts.board.told


async def test_end_of_the_session_ends_pace_and_refuses_more(session, ada):
    caller = await act(organiser_of, session.event)
    async with await control_of(session) as control, room_of(session, ada) as phone:
        assert await phone.ask(say("slower")) == OK
        assert (await control.next("pace.changed"))["pace"]["slower"] is None
        await act(set_session_state, session_id=session.pk, state="over", caller=caller, now=NOW)
        assert (await control.next("pace.changed"))["pace"]["slower"] == 0
        assert (await phone.ask(applaud()))["code"] == "session_is_over"
        assert (await phone.ask(say("lost")))["code"] == "session_is_over"
        assert not broadcasts.board.told


async def test_moderator_turns_it_off_and_keeps_it_off_the_screen(session, ada):
    caller = await act(organiser_of, session.event)
    async with (
        room_of(session, ada) as phone,
        await control_of(session) as control,
        room_of(session, query="view=screen") as screen,
    ):
        await act(set_reaction_rules, session_id=session.pk, caller=caller, on_screen=False)
        told = (await phone.next("session.changed"))["session"]["reactions"]
        assert told == {"taken": True, "on_screen": False}
        assert await phone.ask(applaud()) == OK
        assert (await control.next("reaction.tally"))["reactions"] == {"applause": 1, "thumbs_up": 0}
        assert not await kinds_heard(screen) & NEWS
        await act(set_reaction_rules, session_id=session.pk, caller=caller, taken=False)
        await phone.next("session.changed")
        assert (await phone.ask(applaud()))["code"] == "reactions_are_off"


async def test_taps_that_are_refused_leave_the_socket_open(session, ada):
    async with room_of(session, ada) as phone, room_of(session) as stranger:
        assert (await stranger.ask(applaud()))["code"] == "not_joined"
        assert (await stranger.ask(say("lost")))["code"] == "not_joined"
        refused = await phone.ask(applaud("boo"))
        assert (refused["code"], set(refused["fields"])) == ("malformed", {"reaction"})
        assert (await phone.ask(say("faster")))["fields"].keys() == {"pace"}
        assert await phone.ask(applaud()) == OK
        assert (await phone.ask(applaud("thumbs_up")))["code"] == "too_often"
        assert await phone.ask(say("slower")) == OK


async def test_revoked_pass_reacts_no_more(session, ada):
    caller = await act(organiser_of, session.event)
    async with room_of(session, ada) as phone:
        await phone.next("snapshot")
        await act(set_pass, attendee_id=ada.attendee_id, caller=caller, revoked=True, now=NOW)
    async with room_of(session, ada) as phone:
        assert (await phone.ask(applaud()))["code"] == "not_joined"


async def test_nothing_is_written(session, monkeypatch):
    written = []
    execute = CursorWrapper.execute

    def watch(cursor, sql, params=None):
        if str(sql).lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(str(sql))
        return execute(cursor, sql, params)

    people = [await act(make_attendee, session) for _ in range(3)]
    async with await control_of(session) as control:
        monkeypatch.setattr(CursorWrapper, "execute", watch)
        for attendee in people:
            async with room_of(session, attendee) as phone:
                assert await phone.ask(applaud()) == OK
                assert await phone.ask(say("lost")) == OK
        await control.next("pace.changed")
    assert written == []
