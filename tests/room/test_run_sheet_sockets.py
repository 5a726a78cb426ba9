"""The run sheet by socket: moderators hear the plan, everybody what runs, nobody else what is to come."""

import json

import pytest

from opendev.core.attendance import sign_pass
from sessions.run_sheet.models import RunSheetItem
from tests.factories import make_helper, make_moderator, make_poll, make_session
from tests.room.sockets import act, room_of, signed_in_cookie

pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")
SECRET = "A-secret-of-the-plan"  # a word to look for
ITEMS = [
    {"kind": "prompt", "text": "What images do you build?", "minutes": 5},
    {"kind": "note", "text": f"{SECRET} for us"},
    {"kind": "line", "text": "Keep talking"},
    {"kind": "prompt", "text": f"{SECRET} for later"},
]


@pytest.fixture
def session(committing_sqlite):
    return make_session()


def say(deed, **fields):
    return {"type": f"run_sheet.{deed}", "ref": 1, **fields}


async def control_of(session, make):
    user = await act(make, session)
    return room_of(session, query="view=control", cookie=await act(signed_in_cookie, user))


async def test_step_by_socket_closes_the_poll_that_it_names_and_says_so_to_all(session, ada):
    live = await act(lambda where: make_poll(where, state="live"), session)
    async with await control_of(session, make_moderator) as moderator, room_of(session, ada) as attendee:
        assert (await moderator.ask(say("add", items=ITEMS)))["type"] == "ok"
        refusal = await moderator.ask(say("next", seen="", close="none"))
        assert (refusal["code"], list(refusal["fields"])) == ("malformed", ["close"])
        assert (await moderator.ask(say("next", seen="", close=str(live.pk))))["type"] == "ok"
        told = await attendee.next("poll.changed")
        assert (told["poll"]["id"], told["poll"]["state"]) == (str(live.pk), "closed")


async def test_plan_is_written_run_and_taken_back_by_socket_and_others_hear_only_what_runs(session, ada):
    heard = []
    async with (
        await control_of(session, make_moderator) as moderator,
        await control_of(session, make_moderator) as other,
        room_of(session, ada) as attendee,
    ):
        first = await attendee.next("snapshot")
        assert (first["running"], "run_sheet" in first) == (None, False)
        assert (await moderator.next("snapshot"))["run_sheet"] is None
        assert (await moderator.ask(say("add", items=ITEMS)))["type"] == "ok"
        plan = (await other.next("run_sheet.changed"))["run_sheet"]
        ids = [item["id"] for item in plan["items"]]
        for deed, given in (("next", {"seen": ""}), ("next", {"seen": ids[0]}), ("go", {"item": ids[2]})):
            assert (await moderator.ask(say(deed, **given)))["type"] == "ok"
            heard.append((await attendee.next("running.changed"))["running"]["item"])
        assert (await moderator.ask(say("next", seen=ids[0])))["code"] == "changed_meanwhile"
        assert (await moderator.ask(say("undo")))["type"] == "ok"
        heard.append((await attendee.next("running.changed"))["running"]["item"])
        assert [one and (one["kind"], one["text"]) for one in heard] == [
            ("prompt", "What images do you build?"), None, ("line", "Keep talking"), None,
        ]  # fmt: skip
        assert (await moderator.ask(say("edit", item=ids[0], text="Which ones?", position=2)))["type"] == "ok"
        assert (await moderator.ask(say("remove", item=ids[3])))["type"] == "ok"
        assert (await moderator.ask(say("add", lines="Questions (5)")))["type"] == "ok"
        texts = await act(lambda: list(RunSheetItem.objects.values_list("text", flat=True)))
        assert texts == [f"{SECRET} for us", "Which ones?", "Keep talking", ""]
        assert SECRET not in json.dumps([first, heard])


async def test_late_comer_reload_and_second_tab_find_what_runs_and_only_moderators_the_plan(session, ada):
    async with await control_of(session, make_moderator) as moderator:
        await moderator.ask(say("add", items=ITEMS))
        await moderator.ask(say("next"))
    async with room_of(session, ada) as tab, room_of(session, token=sign_pass(ada)) as program:
        snapshots = [await tab.next("snapshot"), await program.next("snapshot")]
    async with await control_of(session, make_helper) as helper:
        snapshots.append(await helper.next("snapshot"))
    for snapshot in snapshots:
        assert snapshot["running"]["item"]["text"] == "What images do you build?"
        assert SECRET not in json.dumps(snapshot)
    async with await control_of(session, make_moderator) as other:
        plan = (await other.next("snapshot"))["run_sheet"]
    assert (plan["running"], plan["items"][3]["text"]) == (plan["items"][0]["id"], f"{SECRET} for later")


async def test_deeds_with_the_plan_are_refused_to_those_who_do_not_moderate(session, ada):
    async with room_of(session, ada) as attendee, await control_of(session, make_helper) as helper:
        for deed in (
            say("add", items=ITEMS),
            say("next"),
            say("undo"),
            say("go", item=None),
            say("remove", item="1"),
        ):
            assert (await attendee.ask(deed))["code"] == "not_signed_in", deed
            assert (await helper.ask(deed))["code"] == "not_moderator", deed
        for broken in (
            say("add"),
            say("add", items=[]),
            say("add", lines=5),
            say("go"),
            say("edit", item=[]),
        ):
            assert (await helper.ask(broken))["code"] in {"malformed", "not_moderator"}, broken
