"""Questions by socket: acknowledged after the commit, heard by those who may know of them, a storm by few frames."""

import asyncio
import json

import pytest

from opendev.core.attendance import sign_pass
from sessions.programme.models import Session
from sessions.questions.models import Question
from sessions.questions.services.asking import ask_question, set_question_rules, withdraw_question
from sessions.questions.services.queue import merge_question, set_question_state
from tests.factories import (
    NOW,
    make_attendee,
    make_helper,
    make_moderator,
    make_poll,
    make_question,
    make_session,
    upvote,
    votes_of,
)
from tests.factories.sessions import organiser_of
from tests.room.sockets import act, room_of, signed_in_cookie

pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")


@pytest.fixture
def session(committing_sqlite):
    return make_session()


def say(deed, question=None, **fields):
    about = {} if question is None else {"question": str(question.pk)}
    return {"type": f"question.{deed}", "ref": 1, **about, **fields}


async def control_of(session, make):
    user = await act(make, session)
    return room_of(session, query="view=control", cookie=await act(signed_in_cookie, user))


async def test_question_is_asked_edited_and_withdrawn_by_its_author(session, ada, bob):
    async with room_of(session, ada) as author, room_of(session, bob) as neighbour:
        assert (await author.next("snapshot"))["questions"] == []
        answer = await author.ask(say("ask", text="Why?", name="Ada"))
        assert (answer["type"], answer["mine"]) == ("ok", {"author": True, "upvoted": False})
        question = await act(Question.objects.get)
        assert answer["question"] == str(question.pk)
        shown = (await neighbour.next("question.changed"))["question"]
        assert (shown["text"], shown["name"], shown["state"]) == ("Why?", "Ada", "open")
        assert "is_merged" not in shown
        assert (await author.ask(say("edit", question, text="Why not?")))["type"] == "ok"
        assert (await neighbour.next("question.changed"))["question"]["text"] == "Why not?"
        assert (await neighbour.ask(say("edit", question, text="Mine")))["code"] == "not_your_question"
        assert (await neighbour.ask(say("withdraw", question)))["code"] == "not_your_question"
        assert (await author.ask(say("withdraw", question)))["type"] == "ok"
        assert (await neighbour.next("question.gone"))["question"] == str(question.pk)


async def test_upvote_is_acknowledged_after_the_commit_and_is_ones_own_after_coming_back(session, ada, bob):
    question = await act(make_question, session)
    async with room_of(session, ada) as voter, room_of(session, bob) as neighbour:
        answer = await voter.ask(say("upvote", question))
        assert await act(votes_of, question) == 1
        assert answer["mine"] == {"author": False, "upvoted": True}
        [told] = (await neighbour.next("question.tally"))["questions"]
        assert told == {"id": str(question.pk), "votes": 1, "version": answer["version"]}
    for attendee, mine in ((ada, True), (bob, False), (None, False)):
        async with room_of(session, attendee) as client:
            [shown] = (await client.next("snapshot"))["questions"]
            assert (shown["votes"], shown["mine"]["upvoted"]) == (1, mine)
    async with room_of(session, ada) as voter:
        assert (await voter.ask(say("take_back", question)))["mine"]["upvoted"] is False
    assert await act(votes_of, question) == 0


async def test_waiting_question_reaches_its_author_and_those_who_keep_the_queue(session, ada, bob):
    await act(Session.objects.update, questions_moderated=True)
    async with (
        room_of(session, ada) as author,
        room_of(session, ada) as authors_laptop,
        room_of(session, bob) as neighbour,
        await control_of(session, make_moderator) as moderator,
        await control_of(session, make_helper) as helper,
    ):
        for client, right in ((moderator, "moderator"), (helper, "helper")):
            me = (await client.next("snapshot"))["me"]
            assert {key for key in ("moderator", "helper") if me[key]} == {right}
        assert (await author.ask(say("ask", text="A secret?")))["type"] == "ok"
        question = await act(Question.objects.get)
        for client, key in ((authors_laptop, "is_merged"), (moderator, "undo_until"), (helper, "undo_until")):
            shown = (await client.next("question.changed"))["question"]
            assert (shown["state"], key in shown) == ("waiting", True)
        assert (await helper.ask(say("state", question, state="open")))["type"] == "ok"
        shown = (await neighbour.next("question.changed"))["question"]
        assert shown["state"] == "open"
        heard = [frame for frame in neighbour.dropped if frame["type"].startswith("question.")]
        assert heard == []  # nothing before it was approved
        assert (await helper.ask(say("state", question, state="dismissed")))["type"] == "ok"
        assert (await neighbour.next("question.gone"))["question"] == str(question.pk)
        while (await authors_laptop.next("question.changed"))["question"]["state"] != "dismissed":
            pass


async def test_helper_hears_no_draft_and_moves_no_session(session):
    await act(make_poll, session, state="draft")
    async with await control_of(session, make_helper) as helper:
        snapshot = await helper.next("snapshot")
        assert snapshot["polls"] == []
        assert snapshot["me"] == {"attendee": None, "moderator": False, "helper": True}


async def test_helper_who_is_let_go_loses_the_control_socket(session):
    helper = await act(make_helper, session)
    cookie = await act(signed_in_cookie, helper)
    async with room_of(session, query="view=control", cookie=cookie) as client:
        await client.next("snapshot")
        await act(session.roles.all().delete)
        while (message := await client.message())["type"] != "websocket.close":
            pass
        assert message["code"] == 4403
    async with room_of(session, query="view=control", cookie=cookie) as client:
        assert not client.accepted


async def test_queue_is_kept_by_socket_from_first_to_last(session):
    first, second = await act(make_question, session), await act(make_question, session)
    async with await control_of(session, make_moderator) as control, room_of(session) as room:
        for frame in (
            say("pin", first, pinned=True),
            say("state", first, state="on_air"),
            say("state", second, state="on_air", seen="open"),
            say("undo", second),
            say("answer", first, answer="Because."),
            say("state", first, state="answered"),
            say("merge", second, merged_into=str(first.pk)),
            say("merge", second, merged_into=None),
        ):
            assert (await room.ask(frame))["code"] in {"not_signed_in", "not_found"}, frame
            assert (await control.ask(frame))["type"] == "ok", frame
    shown = await act(Question.objects.get, pk=first.pk)
    assert (shown.state, shown.answer, shown.pinned) == ("answered", "Because.", True)


@pytest.mark.parametrize(
    ("frame", "code", "fields"),
    [
        ({"type": "question.ask"}, "malformed", {"text"}),
        ({"type": "question.ask", "text": ["Why?"]}, "malformed", {"text"}),
        ({"type": "question.ask", "text": "Why?", "name": 3}, "malformed", {"name"}),
        ({"type": "question.upvote"}, "malformed", {"question"}),
        ({"type": "question.upvote", "question": 3}, "malformed", {"question"}),
        ({"type": "question.take_back", "question": "9" * 20}, "malformed", {"question"}),
        ({"type": "question.upvote", "question": "404"}, "not_found", set()),
        ({"type": "question.edit", "question": "404", "text": "x"}, "not_found", set()),
        ({"type": "question.withdraw", "question": []}, "malformed", {"question"}),
        ({"type": "question.state", "question": "404", "state": "open"}, "not_found", set()),
        ({"type": "question.merge", "question": "404", "merged_into": 3}, "malformed", {"merged_into"}),
        ({"type": "question.explode"}, "unknown_command", set()),
    ],
)
async def test_command_of_the_wrong_shape_is_answered_and_the_socket_stays_open(
    session, ada, frame, code, fields
):
    async with room_of(session, ada) as client:
        answer = await client.ask({"ref": 7, **frame})
        assert (answer["code"], set(answer.get("fields", {})), answer["ref"]) == (code, fields, 7)
        assert (await client.ask(say("ask", text="Still there?")))["type"] == "ok"
    assert await act(Question.objects.count) == 1


async def test_visitor_asks_and_votes_for_nothing(session):
    question = await act(make_question, session)
    async with room_of(session) as visitor:
        for frame in (say("ask", text="Why?"), say("upvote", question), say("take_back", question)):
            assert (await visitor.ask(frame))["code"] == "not_joined"
        for frame in (say("edit", question, text="x"), say("withdraw", question)):
            assert (await visitor.ask(frame))["code"] == "not_joined"


async def test_attendee_who_asks_too_often_is_told_to_wait(session, ada):
    async with room_of(session, ada) as client:
        said = [await client.ask(say("ask", text=f"Question {n}?")) for n in range(7)]
        assert [answer.get("code") for answer in said] == [None] * 6 + ["too_often"]


async def test_thousand_upvotes_at_once_are_exact_and_told_by_four_frames_a_second(session, bob):
    """Of forty voters over 25 questions, twice; the storm's news fit in as many frames as ticks went by."""
    questions = [await act(make_question, session, f"Question {n}?") for n in range(25)]
    people = await act(lambda: [make_attendee(session) for _ in range(40)])

    async def vote(attendee):
        async with room_of(session, origin=None, authorization=f"Bearer {sign_pass(attendee)}") as client:
            for question in questions:
                assert (await client.ask(say("upvote", question)))["type"] == "ok"

    loop = asyncio.get_running_loop()
    async with room_of(session, bob) as watcher:
        await watcher.next("snapshot")
        began = loop.time()
        await asyncio.gather(*(vote(attendee) for attendee in people))
        counts, frames = {}, 0
        while set(counts.values()) != {40} or len(counts) < 25:
            frame = await watcher.next()
            frames += 1
            for told in frame.get("questions", []):
                assert told["votes"] >= counts.get(told["id"], 0)
                counts[told["id"]] = told["votes"]
        assert frames <= 4 * (loop.time() - began) + 2
    assert {await act(votes_of, question) for question in questions} == {40}


async def changed_question(client, question):
    """The question as it is told next, by itself or together with others that changed at once."""
    while True:
        frame = await client.next()
        for told in [frame.get("question"), *frame.get("questions", [])]:
            if (
                isinstance(told, dict)
                and told["id"] == str(question.pk)
                and frame["type"].endswith(".changed")
            ):
                return told


async def test_voter_of_a_duplicate_learns_that_it_stands_elsewhere(session, ada):
    target, other = await act(make_question, session), await act(make_question, session)
    await act(upvote, other, ada)
    caller = await act(organiser_of, session.event)
    async with room_of(session, ada) as client:
        await client.next("snapshot")
        await act(merge_question, question_id=other.pk, caller=caller, into=target.pk, now=NOW)
        shown = await changed_question(client, target)
        assert (shown["merged"], shown["votes"]) == ([str(other.pk)], 1)
    async with room_of(session, ada) as client:
        [shown] = (await client.next("snapshot"))["questions"]
        assert (shown["id"], shown["mine"]["upvoted"]) == (str(target.pk), True)


async def test_rules_of_asking_are_told_to_everybody(session, ada):
    caller = await act(organiser_of, session.event)
    async with room_of(session, ada) as client:
        assert (await client.next("snapshot"))["session"]["questions"] == {"named": True, "moderated": False}
        await act(set_question_rules, session_id=session.pk, caller=caller, named=False, moderated=True)
        told = (await client.next("session.changed"))["session"]
        assert told["questions"] == {"named": False, "moderated": True}


async def test_what_was_said_without_a_loop_is_found_by_the_sweep(session, ada, bob, monkeypatch):
    """As by a command in another process: nobody is told, and within two seconds everybody knows."""
    async with room_of(session, bob) as client:
        await client.next("snapshot")
        monkeypatch.setattr("sessions.questions.broadcasts.broadcast", lambda news: None)
        question = await act(ask_question, session_id=session.pk, attendee=ada, text="Why?", now=NOW)
        assert (await client.next("question.changed"))["question"]["id"] == str(question.pk)
        await act(withdraw_question, question_id=question.pk, attendee=ada)
        assert (await client.next("question.gone"))["question"] == str(question.pk)


async def test_snapshot_and_news_of_one_question_are_the_same_but_for_what_is_ones_own(session, ada):
    question = await act(make_question, session, attendee=ada)
    caller = await act(organiser_of, session.event)
    async with room_of(session, ada) as client:
        await client.next("snapshot")
        given = {"caller": caller, "state": "on_air", "now": NOW}
        await act(set_question_state, question_id=question.pk, **given)
        told = (await client.next("question.changed"))["question"]
    async with room_of(session, ada) as client:
        [shown] = (await client.next("snapshot"))["questions"]
    assert shown.pop("mine") == {"author": True, "upvoted": False}
    assert json.dumps(told) == json.dumps(shown)


async def test_burst_of_questions_is_told_in_one_frame_a_tick_and_each_author_knows_their_own(
    session, ada, bob
):
    """Nine at once, one of them hidden again: others hear of it as gone, or never; a poll waits for none of them."""

    def burst():
        asked = [
            ask_question(session_id=session.pk, attendee=ada, text=f"Question {n}?", name="", now=NOW)
            for n in range(9)
        ]
        by = organiser_of(session.event)
        set_question_state(question_id=asked[-1].pk, caller=by, state="dismissed", now=NOW)
        return [str(question.pk) for question in asked]

    async with room_of(session, ada) as author, room_of(session, bob) as neighbour:
        for client in (author, neighbour):
            await client.next("snapshot")
        asked = await act(burst)
        told = {}
        for name, client, wanted in (("author", author, 9), ("neighbour", neighbour, 8)):
            known, frames = {}, 0
            while {pk for pk, one in known.items() if one} < set(asked[:wanted]):
                frame = await client.next()
                frames += frame["type"] in {"question.changed", "questions.changed"}
                for question in frame.get("questions", [frame["question"]] if "question" in frame else []):
                    known[question["id"]] = question
                for gone in frame.get("gone", []):
                    known[gone["question"]] = None
            assert frames <= 3
            told[name] = known
        assert told["author"][asked[-1]]["state"] == "dismissed"
        assert not told["neighbour"].get(asked[-1])
        assert "is_merged" in told["author"][asked[0]]
        assert "is_merged" not in told["neighbour"][asked[0]]
