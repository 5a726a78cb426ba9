"""The room by socket: a vote is acknowledged after its commit, heard by all, and hidden results stay hidden."""

import asyncio
import sqlite3
from typing import Any

import pytest
from django.db import connections

from polls.ballot_box import ballot_box
from sessions.attendees.models import Attendee
from tests.factories import (
    as_tally,
    make_attendee,
    make_poll,
    options_of,
    record,
    vote_for,
)
from tests.room.pages import chosen_on, code_of
from tests.room.sockets import act, choose, counts, room_of, withdraw

pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")


async def test_vote_is_acknowledged_once_it_is_in_the_database(poll, ada, options):
    async with room_of(poll.session, ada) as client:
        await client.next("snapshot")
        client.send(choose(poll, options["b"], seq=5))
        answer = await client.next("ok")
        assert await act(as_tally, poll) == {"b": 1, "": 1}
        assert answer["ref"] == 1
        assert answer["mine"] == {"voted": True, "options": [options["b"]], "seq": 5}


async def test_vote_is_heard_in_its_session_and_nowhere_else(poll, ada, bob, options):
    elsewhere = await act(make_poll)
    outsider = await act(make_attendee, elsewhere.session)
    async with (
        room_of(poll.session, ada) as voter,
        room_of(poll.session, bob) as neighbour,
        room_of(elsewhere.session, outsider) as other,
    ):
        for client in (neighbour, other):
            await client.next("snapshot")
        assert (await voter.ask(choose(poll, options["a"])))["type"] == "ok"
        assert (await neighbour.next("poll.tally"))["ballots"] == 1
        there = str((await act(options_of, elsewhere))["a"])
        assert (await other.ask(choose(elsewhere, there)))["type"] == "ok"
        assert {frame["poll"] for frame in other.dropped if "poll" in frame} <= {str(elsewhere.pk)}
        assert (await other.next("poll.tally"))["poll"] == str(elsewhere.pk)


async def test_tally_reaches_all_sockets_of_the_voter_and_only_the_turnout_the_others(
    poll, ada, bob, options
):
    async with (
        room_of(poll.session, ada) as phone,
        room_of(poll.session, ada) as laptop,
        room_of(poll.session, bob) as neighbour,
        room_of(poll.session) as visitor,
    ):
        await phone.ask(choose(poll, options["b"], seq=1))
        seen = {client: await client.next("poll.tally") for client in (phone, laptop, neighbour, visitor)}
        assert counts(seen[phone]) == counts(seen[laptop]) == [0, 1, 0]
        assert counts(seen[neighbour]) is counts(seen[visitor]) is None
        assert {frame["ballots"] for frame in seen.values()} == {1}
        await neighbour.ask(choose(poll, options["c"]))
        while counts(frame := await neighbour.next("poll.tally")) is None:
            pass
        assert counts(frame) == [0, 1, 1]


async def test_who_withdraws_sees_the_tally_no_more(poll, ada, bob, options):
    await act(record, await act(vote_for, poll, bob, "a"))
    async with room_of(poll.session, ada) as client:
        await client.ask(choose(poll, options["b"], seq=1))
        assert counts(await client.next("poll.tally")) == [1, 1, 0]
        assert (await client.ask(withdraw(poll, seq=2)))["mine"] == {
            "voted": False,
            "options": None,
            "seq": 2,
        }
        while (frame := await client.next("poll.tally"))["ballots"] != 1:
            pass
        assert counts(frame) is None


async def test_late_retry_is_answered_with_what_stands(poll, ada, options):
    async with room_of(poll.session, ada) as client:
        first = choose(poll, options["a"], seq=1)
        await client.ask(first)
        await client.ask(choose(poll, options["b"], seq=2))
        assert (await client.ask(first))["mine"]["options"] == [options["b"]]
        assert await act(as_tally, poll) == {"b": 1, "": 1}


async def test_votes_sent_in_a_row_count_in_their_order(poll, ada, options):
    async with room_of(poll.session, ada) as client:
        await client.next("snapshot")
        for seq, text in enumerate("abcabc"):
            client.send(choose(poll, options[text], seq=seq))
        answers = [await client.next("ok") for _ in range(6)]
        assert answers[-1]["mine"] == {"voted": True, "options": [options["c"]], "seq": 5}
        assert await act(as_tally, poll) == {"c": 1, "": 1}


async def test_votes_sent_faster_than_they_are_answered_are_slowed_down(poll, ada, options):
    async with room_of(poll.session, ada) as client:
        await client.next("snapshot")
        for seq in range(40):
            client.send(choose(poll, options["a"], seq=seq, ref=seq))
        answers = []
        while len(answers) < 40:
            frame = await client.next()
            if frame["type"] in {"ok", "error"}:
                answers.append(frame)
        codes = {frame.get("code", "ok") for frame in answers}
        assert codes == {"ok", "slow_down"}
        assert {frame["ref"] for frame in answers} == set(range(40))
        assert (await client.ask(choose(poll, options["b"], seq=50)))["type"] == "ok"


WRONG: dict[str, list[Any]] = {
    "poll": [None, 1, "", "x", "-1", "1.5", str(2**63), "9" * 5000, [], {}, True, "\0", "\ud800", "１"],
    "options": [
        None,
        "1",
        1,
        {},
        {"0": "1"},
        [1],
        [None],
        [[]],
        ["x"],
        ["\0"],
        ["\ud800"],
        ["1"] * 21,
        [str(2**63)],
    ],
    "seq": [-1, 1.0, "1", True, [], {}, 2**53, 10**300],
    "ballot": [
        1,
        "",
        "short",
        "x" * 65,
        "with blanks in it",
        "é" * 16,
        "x" * 16 + "\n",
        [],
        {},
        True,
        "\0" * 16,
    ],
}


@pytest.mark.parametrize(
    ("field", "place"), [(field, n) for field in WRONG for n in range(len(WRONG[field]))]
)
async def test_field_of_the_wrong_kind_is_named_and_the_socket_stays_open(poll, ada, options, field, place):
    value = WRONG[field][place]
    async with room_of(poll.session, ada) as client:
        answer = await client.ask(choose(poll, options["a"]) | {field: value})
        assert (answer["type"], answer["code"], set(answer["fields"])) == ("error", "malformed", {field})
        if field != "options":
            answer = await client.ask(withdraw(poll) | {field: value})
            assert (answer["code"], set(answer["fields"])) == ("malformed", {field})
        assert (await client.ask(choose(poll, options["a"])))["type"] == "ok"


async def test_refusals_have_their_own_codes(poll, ada, options):
    closed = await act(make_poll, poll.session, state="closed")
    draft = await act(make_poll, poll.session, state="draft")
    stray = str((await act(options_of, closed))["a"])
    async with room_of(poll.session, ada) as client:
        for frame, code in (
            (choose(poll), "wrong_number_of_options"),
            (choose(poll, options["a"], options["b"]), "wrong_number_of_options"),
            (choose(poll, options["a"], options["a"]), "duplicate_option"),
            (choose(poll, stray), "unknown_option"),
            (choose(closed, stray), "poll_not_live"),
            (choose(draft, stray), "not_found"),
            ({**choose(poll, options["a"]), "poll": "404"}, "not_found"),
            (withdraw(poll), "no_ballot"),
            (choose(poll, options["a"], ballot="a" * 16), None),
            (choose(poll, options["a"]), "already_voted"),
        ):
            assert (await client.ask(frame)).get("code") == code


async def test_vote_by_plain_form_is_heard_by_sockets(poll, ada, bob, options, browser_of):
    page = await act(browser_of, ada)
    address = f"/{poll.session.event.slug}/sessions/{poll.session.slug}/polls/{poll.pk}/vote/"
    async with room_of(poll.session, bob) as neighbour, room_of(poll.session, ada) as own:
        await neighbour.next("snapshot")
        await own.next("snapshot")
        response = await act(page.post, address, {"option": options["c"]})
        assert response.status_code == 302
        assert (await neighbour.next("poll.tally"))["ballots"] == 1
        assert counts(await own.next("poll.tally")) == [0, 0, 1]


async def test_vote_that_the_box_holds_when_the_process_ends_is_recorded(poll, ada, options):
    async with room_of(poll.session, ada) as client:
        await client.next("snapshot")
        client.send(choose(poll, options["a"], seq=1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert ballot_box.waiting
        await ballot_box.stop()
        assert (await client.next("ok"))["ref"] == 1
        assert (await client.ask(choose(poll, options["b"], seq=2)))["code"] == "try_later"
    assert await act(as_tally, poll) == {"a": 1, "": 1}


async def test_full_box_is_told_to_page_and_socket_alike_and_records_nothing(
    poll, ada, bob, options, browser_of, monkeypatch
):
    page = await act(browser_of, bob)
    address = poll.session.address("vote", poll=poll.pk)
    async with room_of(poll.session, ada) as client:
        monkeypatch.setattr(ballot_box, "limit", 0)
        assert (await client.ask(choose(poll, options["a"], seq=1)))["code"] == "try_later"
        refused = await act(page.post, address, {"option": options["b"]})
        assert (refused.status_code, code_of(refused)) == (429, "try_later")
        assert refused["Retry-After"]
        assert chosen_on(refused) == {options["b"]}
        assert await act(as_tally, poll) == {}
        monkeypatch.undo()
        assert (await client.ask(choose(poll, options["a"], seq=1)))["type"] == "ok"
        assert (await act(page.post, address, {"option": options["b"]})).status_code == 302
        assert await act(as_tally, poll) == {"a": 1, "b": 1, "": 2}


async def test_vote_waits_for_another_writer_of_the_same_file(poll, ada, options):
    other = await asyncio.to_thread(
        sqlite3.connect,
        connections["default"].settings_dict["NAME"],
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        async with room_of(poll.session, ada) as client:
            await client.next("snapshot")
            await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
            client.send(choose(poll, options["a"], seq=1))
            await asyncio.sleep(0.3)
            assert client.from_application.empty()
            await asyncio.to_thread(other.execute, "ROLLBACK")
            assert (await client.next("ok"))["mine"]["options"] == [options["a"]]
    finally:
        other.close()


async def test_poll_of_a_deleted_attendee_stops_nobody_elses_vote(session, ada, bob):
    named = await act(make_poll, session, anonymous=False)
    ids = {text: str(pk) for text, pk in (await act(options_of, named)).items()}
    async with room_of(session, ada) as gone, room_of(session, bob) as client:
        await act(Attendee.objects.filter(pk=ada.attendee_id).delete)
        refused = await gone.ask(choose(named, ids["a"]))
        assert refused["code"] == "not_joined"
        assert (await client.ask(choose(named, ids["b"])))["type"] == "ok"
        assert await act(as_tally, named) == {"b": 1, "": 1}
