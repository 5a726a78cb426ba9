"""Who may open a room's socket, what it is told first, and what of the acts in the room it hears."""

import asyncio
import json

import pytest

from opendev.core.attendance import AttendeePass, sign_pass
from opendev.core.text import time_text
from opendev.room.services import set_session_state
from polls.models import Poll
from polls.services import edit_poll, set_poll_state
from sessions.programme.services.changes import cancel_session, move_session, restore_session
from tests.factories import (
    NOW,
    make_moderator,
    make_poll,
    make_session,
    options_of,
    record,
    vote_for,
)
from tests.factories.sessions import organiser_of
from tests.room.sockets import act, at_path, choose, counts, room_of, signed_in_cookie, withdraw

pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")


async def test_own_answer_is_in_the_snapshot_after_coming_back(poll, ada, bob, options):
    async with room_of(poll.session, ada) as client:
        await client.ask(choose(poll, options["b"], seq=3))
    for attendee, mine, seen in (
        (ada, {"voted": True, "options": [options["b"]], "seq": 3}, [0, 1, 0]),
        (bob, {"voted": False, "options": None, "seq": 0}, [None] * 3),
        (None, {"voted": False, "options": None, "seq": 0}, [None] * 3),
    ):
        async with room_of(poll.session, attendee) as client:
            snapshot = await client.next("snapshot")
            [shown] = snapshot["polls"]
            assert shown["mine"] == mine
            assert counts(shown) == seen
            assert shown["ballots"] == 1
            assert snapshot["me"]["moderator"] is False


async def test_visitor_hears_the_room_and_cannot_vote(poll, ada, options):
    async with room_of(poll.session) as visitor, room_of(poll.session, ada) as attendee:
        assert (await visitor.next("snapshot"))["me"] == {
            "attendee": None,
            "moderator": False,
            "helper": False,
        }
        assert (await visitor.ask(choose(poll, options["a"])))["code"] == "not_joined"
        assert (await visitor.ask(withdraw(poll)))["code"] == "not_joined"
        assert (await attendee.ask(choose(poll, options["a"])))["type"] == "ok"
        assert (await visitor.next("poll.tally"))["ballots"] == 1


async def test_every_act_is_heard_by_those_it_concerns(session, ada):
    draft = await act(make_poll, session, state="draft")
    organiser = await act(organiser_of, session.event)
    moderator = await act(make_moderator, session)
    sign_in = await act(signed_in_cookie, moderator)

    async def move(state):
        await act(set_poll_state, poll_id=draft.pk, caller=organiser, state=state, now=NOW)

    async with (
        room_of(session, ada) as attendee,
        room_of(session, query="view=control", cookie=sign_in) as control,
    ):
        assert (await attendee.next("snapshot"))["polls"] == []
        snapshot = await control.next("snapshot")
        assert [shown["state"] for shown in snapshot["polls"]] == ["draft"]
        assert snapshot["me"] == {"attendee": None, "moderator": True, "helper": False}
        for state in ("live", "closed", "published"):
            await move(state)
            for client in (attendee, control):
                assert (await client.next("poll.changed"))["poll"]["state"] == state
        await move("archived")
        assert (await control.next("poll.changed"))["poll"]["state"] == "archived"
        assert (await attendee.next("poll.gone"))["poll"] == str(draft.pk)
        await act(set_session_state, session_id=session.pk, caller=organiser, state="over", now=NOW)
        for client in (attendee, control):
            assert (await client.next("session.changed"))["session"] == {
                "id": str(session.pk),
                "state": "over",
                "cancelled": False,
                "starts_at": time_text(session.starts_at),
                "questions": {"named": True, "moderated": False},
                "suggestions": {"taken": True, "moderated": False},
                "reactions": {"taken": False, "on_screen": True},
                "screen": {"shows": "on_air", "theme": "dark"},
            }


async def test_reveal_while_live_shows_everybody_the_counts(poll, ada, bob, options):
    await act(record, await act(vote_for, poll, ada, "b"))
    organiser = await act(organiser_of, poll.session.event)
    async with room_of(poll.session, bob) as client:
        [shown] = (await client.next("snapshot"))["polls"]
        assert counts(shown) == [None, None, None]
        given = {"visibility": "always"}
        await act(edit_poll, poll_id=poll.pk, caller=organiser, given=given, now=NOW)
        assert counts((await client.next("poll.changed"))["poll"]) == [0, 1, 0]


async def test_control_view_is_for_those_who_moderate_this_session(session):
    neighbour = await act(make_session, session.event)
    allowed, other = await act(make_moderator, session), await act(make_moderator, neighbour)
    away = await act(make_moderator, session)
    away_cookie = await act(signed_in_cookie, away)
    away.is_active = False
    await act(away.save)
    for cookie, accepted in (
        (await act(signed_in_cookie, allowed), True),
        (await act(signed_in_cookie, other), False),
        (away_cookie, False),
        ("sessionid=made-up", False),
        ("sessionid=", False),
        ("sessionid=\0", False),
        ("", False),
    ):
        async with room_of(session, query="view=control", cookie=cookie) as client:
            assert client.accepted == accepted, cookie


async def test_token_opens_the_socket_of_its_event_alone(session, ada):
    elsewhere = await act(make_session)
    good = sign_pass(ada)
    expired = sign_pass(AttendeePass(ada.event_id, ada.attendee_id, ada.device_secret, 1_000_000))
    for room, token, accepted in (
        (session, good, True),
        (elsewhere, good, False),
        (session, expired, False),
        (session, good[:-1] + ("0" if good[-1] != "0" else "1"), False),
        (session, "made-up", False),
        (session, "é", False),
        (session, "", False),
    ):
        async with room_of(room, origin=None, authorization=f"Bearer {token}") as client:
            assert client.accepted == accepted, token
            if accepted:
                assert (await client.next("snapshot"))["me"]["attendee"] == str(ada.attendee_id)


async def test_cookie_that_is_no_pass_makes_a_visitor(session, ada):
    elsewhere = await act(make_session)
    async with room_of(elsewhere, ada) as client:
        assert (await client.next("snapshot"))["me"]["attendee"] is None
    async with room_of(session, cookie=f"attendee-{session.event_id}=made.up") as client:
        assert (await client.next("snapshot"))["me"]["attendee"] is None
    async with room_of(session, ada) as client:
        assert (await client.next("snapshot"))["me"]["attendee"] == str(ada.attendee_id)


@pytest.mark.parametrize(
    "path", ["/ws/sessions/404/", "/ws/sessions/99999999999999999999/", "/ws/sessions/x/", "/ws/"]
)
async def test_session_that_does_not_exist_is_refused_before_the_accept(session, path):
    async with room_of(session) as client:
        assert client.accepted
    async with at_path(path) as client:
        assert not client.accepted


async def test_poll_closes_by_itself_with_nobody_connected_and_is_finalised(session):
    poll = await act(make_poll, session, visibility="moderators")
    await act(Poll.objects.filter(pk=poll.pk).update, closes_at=NOW)
    async with asyncio.timeout(20):
        while not await act(lambda: Poll.objects.get(pk=poll.pk).closed_at):
            await asyncio.sleep(0.1)
    later = Poll.objects.filter(pk=poll.pk)
    await act(later.update, closed_at=NOW)  # five seconds ago, and more
    async with asyncio.timeout(20):
        while not await act(lambda: Poll.objects.get(pk=poll.pk).finalised_at):
            await asyncio.sleep(0.1)


async def test_snapshot_of_hidden_results_is_the_same_for_all_votes(session, ada, bob):
    """The snapshot's text itself, so that nothing leaks through a field that this test does not know."""
    poll = await act(make_poll, session, visibility="moderators")
    ids = {text: str(pk) for text, pk in (await act(options_of, poll)).items()}
    texts = []
    async with room_of(session, ada) as voter:
        for seq, text in enumerate("ab", 1):
            await voter.ask(choose(poll, ids[text], seq=seq))
            async with room_of(session, bob) as watcher:
                snapshot = await watcher.next("snapshot")
                [shown] = snapshot["polls"]
                assert shown["ballots"] == 1
                shown.pop("version")  # public: that somebody voted or changed
                texts.append(json.dumps(shown))
    assert texts[0] == texts[1]


async def test_open_room_hears_of_a_cancellation_and_of_its_end():
    session = await act(make_session, state="upcoming")
    organiser = await act(organiser_of, session.event)
    async with room_of(session) as visitor:
        shown = (await visitor.next("snapshot"))["session"]
        assert (shown["state"], shown["cancelled"]) == ("upcoming", False)
        for deed, is_cancelled in ((cancel_session, True), (restore_session, False)):
            await act(deed, session_id=session.pk, caller=organiser, now=NOW)
            told = (await visitor.next("session.changed"))["session"]
            assert (told["id"], told["state"], told["cancelled"]) == (
                str(session.pk),
                "upcoming",
                is_cancelled,
            )
            async with room_of(session) as later:
                assert (await later.next("snapshot"))["session"]["cancelled"] is is_cancelled
        await act(move_session, session_id=session.pk, caller=organiser, starts_at=NOW, now=NOW)
        told = (await visitor.next("session.changed"))["session"]
        assert told["starts_at"] == "2020-04-28T15:00:00.000Z"
