"""Suggested follow-ups by socket: acknowledged after the commit, heard by those who may know of them."""

import asyncio

import pytest

from sessions.follow_ups.models import SignUp
from sessions.programme.models import Session
from sessions.suggestions.models import Suggestion
from sessions.suggestions.services.suggesting import set_suggestion_rules
from tests.factories import (
    make_attendee,
    make_helper,
    make_moderator,
    make_session,
    make_suggestion,
    support,
    supporters_of,
)
from tests.factories.sessions import organiser_of
from tests.room.sockets import act, room_of, signed_in_cookie

pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")


@pytest.fixture
def session(committing_sqlite):
    return make_session()


def say(name, suggestion=None, **fields):
    about = {} if suggestion is None else {"suggestion": str(suggestion.pk)}
    return {"type": f"suggestion.{name}", "ref": 1, **about, **fields}


async def control_of(session, make=make_moderator):
    user = await act(make, session)
    return room_of(session, query="view=control", cookie=await act(signed_in_cookie, user))


async def test_suggestion_is_made_edited_and_withdrawn_by_its_author(session, ada, bob):
    async with room_of(session, ada) as author, room_of(session, bob) as neighbour:
        assert (await author.next("snapshot"))["suggestions"] == []
        answer = await author.ask(say("suggest", title="Rancher"))
        assert (answer["type"], answer["mine"]) == ("ok", {"author": True, "supported": False})
        suggestion = await act(Suggestion.objects.get)
        shown = (await neighbour.next("suggestion.changed"))["suggestion"]
        assert (shown["id"], shown["title"], shown["state"]) == (answer["suggestion"], "Rancher", "open")
        assert "undo_until" not in shown
        assert (await author.ask(say("edit", suggestion, title="Rancher 2")))["type"] == "ok"
        assert (await neighbour.next("suggestion.changed"))["suggestion"]["title"] == "Rancher 2"
        assert (await neighbour.ask(say("withdraw", suggestion)))["code"] == "not_your_suggestion"
        assert (await author.ask(say("support", suggestion)))["code"] == "own_suggestion"
        assert (await author.ask(say("withdraw", suggestion)))["type"] == "ok"
        assert (await neighbour.next("suggestion.gone"))["suggestion"] == str(suggestion.pk)


async def test_support_is_acknowledged_after_the_commit_and_ones_own_after_coming_back(session, ada, bob):
    suggestion = await act(make_suggestion, session)
    async with (
        room_of(session, ada) as supporter,
        room_of(session, ada) as window,
        room_of(session, bob) as neighbour,
    ):
        answer = await supporter.ask(say("support", suggestion))
        assert await act(supporters_of, suggestion) == 1
        assert answer["mine"] == {"author": False, "supported": True}
        [told] = (await neighbour.next("suggestion.tally"))["suggestions"]
        assert told == {"id": str(suggestion.pk), "supporters": 1, "version": answer["version"]}
        mine = (await window.next("suggestion.mine"))["mine"]
        assert mine == {"author": False, "supported": True}
    for attendee, supported in ((ada, True), (bob, False), (None, False)):
        async with room_of(session, attendee) as client:
            [shown] = (await client.next("snapshot"))["suggestions"]
            assert (shown["supporters"], shown["mine"]["supported"]) == (1, supported)


async def test_waiting_suggestion_reaches_its_author_and_moderators_not_helpers(session, ada, bob):
    await act(Session.objects.update, suggestions_moderated=True)
    async with (
        room_of(session, ada) as author,
        room_of(session, bob) as neighbour,
        await control_of(session) as control,
        await control_of(session, make_helper) as helper,
    ):
        for client in (neighbour, helper):
            await client.next("snapshot")
        await author.ask(say("suggest", title="Whispered"))
        shown = (await control.next("suggestion.changed"))["suggestion"]
        assert (shown["state"], shown["undo_until"]) == ("waiting", None)
        suggestion = await act(Suggestion.objects.get)
        assert (await helper.ask(say("state", suggestion, state="open")))["code"] == "not_found"
        assert (await control.ask(say("state", suggestion, state="open", seen="waiting")))["type"] == "ok"
        for client in (neighbour, helper):
            heard = await client.next("suggestion.changed")
            assert (heard["suggestion"]["title"], heard["suggestion"]["state"]) == ("Whispered", "open")
        assert (await control.ask(say("state", suggestion, state="dismissed")))["type"] == "ok"
        assert (await neighbour.next("suggestion.gone"))["suggestion"] == str(suggestion.pk)


async def heard_of(client, kinds):
    """Return the newest frame of each of these types, in whatever order they come."""
    heard = {}
    while kinds - heard.keys():
        frame = await client.next()
        heard[frame["type"]] = frame
    return heard


async def test_supporters_hear_of_the_line_and_nobody_is_signed_up(session, ada, bob):
    suggestion = await act(make_suggestion, session)
    await act(support, suggestion, ada)
    async with room_of(session, ada) as supporter, await control_of(session) as control:
        await supporter.next("snapshot")
        assert (await control.ask(say("state", suggestion, state="opened")))["type"] == "ok"
        heard = await heard_of(supporter, {"line.changed", "suggestion.changed"})
        told, line = heard["suggestion.changed"]["suggestion"], heard["line.changed"]["line"]
        assert (told["state"], told["line"]) == ("opened", line["id"])
        assert not await act(SignUp.objects.exists)
        assert (await control.ask(say("undo", suggestion)))["type"] == "ok"
        heard = await heard_of(supporter, {"line.gone", "suggestion.changed"})
        assert heard["line.gone"]["line"] == line["id"]
        assert heard["suggestion.changed"]["suggestion"]["line"] is None


async def test_storm_of_supports_is_exact_and_told_in_few_frames(session, bob):
    suggestions = [await act(make_suggestion, session, f"Topic {n}") for n in range(3)]
    people = [await act(make_attendee, session) for _ in range(30)]
    async with room_of(session, bob) as neighbour:
        await neighbour.next("snapshot")
        clients = [room_of(session, attendee) for attendee in people]
        opened = [await client.__aenter__() for client in clients]
        try:
            for suggestion in suggestions:
                said = await asyncio.gather(*(client.ask(say("support", suggestion)) for client in opened))
                assert {answer["type"] for answer in said} == {"ok"}
        finally:
            for client in clients:
                await client.__aexit__(None, None, None)
    assert [await act(supporters_of, suggestion) for suggestion in suggestions] == [30] * 3


async def test_change_of_the_rules_is_news_of_the_session(session, ada):
    caller = await act(organiser_of, session.event)
    async with room_of(session, ada) as client:
        rules = (await client.next("snapshot"))["session"]["suggestions"]
        assert rules == {"taken": True, "moderated": False}
        await act(set_suggestion_rules, session_id=session.pk, caller=caller, taken=False)
        told = (await client.next("session.changed"))["session"]["suggestions"]
        assert told == {"taken": False, "moderated": False}
        assert (await client.ask(say("suggest", title="More")))["code"] == "suggestions_are_off"
