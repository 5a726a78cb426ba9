"""Sign-up lines over the room's socket: commands, news, and what the snapshot tells."""

import pytest
from django.utils import timezone

from sessions.follow_ups.services.lines import edit_line
from tests.factories import NOW, make_attendee, make_line, make_poll, make_session, put_name
from tests.factories.sessions import organiser_of
from tests.room.sockets import act, room_of

pytestmark = pytest.mark.django_db(transaction=True)


def tap(line, **said):
    return {"type": "line.sign_up", "ref": "a", "line": str(line.pk), **said}


def take_back(line):
    return {"type": "line.withdraw", "ref": "b", "line": str(line.pk)}


async def test_sign_up_is_answered_after_the_commit_and_heard_by_the_room_alone(live):
    session = await act(make_session)
    line = await act(make_line, session)
    ada, eve = await act(make_attendee, session, name="Ada"), await act(make_attendee, session)
    elsewhere = await act(make_session, session.event)
    await act(make_line, elsewhere)
    async with (
        room_of(session, ada) as mine,
        room_of(session, eve) as neighbour,
        room_of(elsewhere) as outsider,
    ):
        ok = await mine.ask(tap(line, shown=True))
        assert (ok["ref"], ok["mine"]["signed_up"], ok["mine"]["name"], ok["version"]) == (
            "a",
            True,
            "Ada",
            2,
        )
        told = await neighbour.next("line.tally")
        assert (told["count"], told["names"]) == (1, [{"name": "Ada", "company": "", "source": "app"}])
        assert (await mine.ask(take_back(line)))["mine"]["signed_up"] is False
        assert (await neighbour.next("line.tally"))["count"] == 0
        await act(make_poll, elsewhere)
        await outsider.next("poll.changed")
        assert {frame["type"] for frame in outsider.dropped} <= {"snapshot", "presence"}


async def test_refusals_name_their_code_and_leave_the_socket_open(live):
    session = await act(make_session)
    line = await act(make_line, session)
    nameless = await act(make_attendee, session)
    async with room_of(session, nameless) as socket, room_of(session) as visitor:
        for frame, code, fields in [
            (tap(line), "name_needed", {"name"}),
            (tap(line, name=7), "malformed", {"name"}),
            (tap(line, name="Ada", email="ada@example.org"), "malformed", {"consent"}),
            ({"type": "line.sign_up", "ref": 1}, "malformed", {"line"}),
            ({"type": "line.sign_up", "ref": 1, "line": "999999"}, "not_found", None),
            (take_back(line), "no_sign_up", None),
        ]:
            error = await socket.ask(frame)
            assert (error["code"], set(error.get("fields", ())) or None) == (code, fields)
        assert (await visitor.ask(tap(line, name="Ada")))["code"] == "not_joined"
        await act(
            edit_line,
            line_id=line.pk,
            caller=await act(organiser_of, session.event),
            given={"state": "closed"},
            now=NOW,
        )
        assert (await socket.next("line.changed"))["line"]["state"] == "closed"
        assert (await socket.ask(tap(line, name="Ada")))["code"] == "line_is_closed"


async def test_snapshot_tells_the_lines_in_order_and_ones_own_sign_up_to_oneself(live):
    session = await act(make_session)
    first, second = await act(make_line, session), await act(make_line, session, "Workload separation")
    ada = await act(make_attendee, session, name="Ada")
    today = timezone.now()  # or the server would forget the address as one whose time is over
    await act(put_name, second, ada, now=today, shown=False, email="ada@example.org", consent=True)
    async with room_of(session, ada) as mine, room_of(session) as visitor:
        own = (await mine.next("snapshot"))["lines"]
        seen = (await visitor.next("snapshot"))["lines"]
    assert [line["id"] for line in own] == [str(first.pk), str(second.pk)]
    assert [line["mine"]["signed_up"] for line in own] == [False, True]
    assert own[1]["mine"]["email"] == "ada@example.org"
    assert [line["count"] for line in seen] == [0, 1]
    assert "Ada" not in str(seen)
    assert "example.org" not in str(seen)
