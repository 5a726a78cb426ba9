"""A revoked pass on open pages: its sockets close, come back as strangers, and act no more."""

import pytest

from opendev.core.attendance import Caller
from opendev.erasure.services import erase_attendee
from sessions.attendees.models import Attendee
from sessions.attendees.services.passes import set_pass
from tests.factories import NOW, make_attendee, make_moderator, make_poll, make_session, options_of
from tests.room.sockets import act, choose, room_of

pytestmark = pytest.mark.usefixtures("committing_sqlite", "live")


@pytest.fixture
def scene(committing_sqlite):
    session = make_session()
    poll, caller = make_poll(session), Caller(user_id=make_moderator(session).pk)
    return session, poll, str(options_of(poll)["a"]), make_attendee(session), caller


@pytest.mark.parametrize("how", ["revoked", "erased"])
async def test_sockets_of_a_pass_that_ended_close_and_come_back_as_strangers(scene, how):
    session, poll, option, attendee, caller = scene
    async with room_of(session, attendee) as phone, room_of(session, attendee) as laptop:
        for device in (phone, laptop):
            assert (await device.next("snapshot"))["me"]["attendee"] == str(attendee.attendee_id)
        if how == "revoked":
            await act(set_pass, attendee_id=attendee.attendee_id, caller=caller, revoked=True, now=NOW)
        else:
            await act(
                erase_attendee, attendee=await act(Attendee.objects.get, pk=attendee.attendee_id), now=NOW
            )
        assert (await phone.ask(choose(poll, option)))["code"] == "not_joined"
        for device in (phone, laptop):
            while (message := await device.message())["type"] != "websocket.close":
                pass
            assert message["code"] == 4401
        async with room_of(session, attendee) as again, room_of(session) as stranger:
            assert (await again.next("snapshot"))["me"] == (await stranger.next("snapshot"))["me"]
