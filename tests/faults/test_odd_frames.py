"""A server that is sent thousands of odd frames answers each of them, closes no socket, and has nothing in its log."""

import asyncio
import json
import time
from collections import Counter
from typing import Any

import pytest
import websockets

from opendev.core.attendance import sign_pass
from polls.services import recount_polls
from tests.factories import make_attendee, make_poll, make_session, options_of
from tests.faults.odd_frames import OddFrames
from tests.support.inner_server import own_file

SOCKETS, FEW, MANY = 10, 4_000, 100_000
AT_ONCE = 8  # more would be told `slow_down`, and no more than that

# Every kind of mistake has to be among them, and told apart.
KINDS = {
    "ok", "not_json", "unknown_command", "malformed", "frame_too_big", "poll_not_live", "not_found", "unknown_option",
    "duplicate_option", "wrong_number_of_options", "vote_is_final", "no_ballot", "already_voted",
}  # fmt: skip


class Sender:
    """A socket that sends odd frames and counts the answers."""

    def __init__(self, address: str, token: str, frames: OddFrames) -> None:
        self.address, self.token, self.frames = address, token, frames
        self.codes: dict[str, int] = {}

    async def run(self, count: int) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with websockets.connect(
            self.address, additional_headers=headers, compression=None, proxy=None
        ) as socket:
            for begin in range(0, count, AT_ONCE):
                for _ in range(min(AT_ONCE, count - begin)):
                    await send_any(socket, self.frames.next())
                for _ in range(min(AT_ONCE, count - begin)):
                    await self.hear_answer(socket)
            await socket.send(json.dumps({"type": "nonsense", "ref": "the end"}))
            assert (await self.hear_answer(socket))["ref"] == "the end"  # none was answered twice

    async def hear_answer(self, socket: Any) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while "ref" not in (frame := json.loads(await socket.recv())):
                pass
        assert frame["type"] in {"ok", "error"}, frame
        code = frame.get("code", "ok")
        self.codes[code] = self.codes.get(code, 0) + 1
        return frame


async def send_any(socket: Any, frame: str | bytes) -> None:
    """A text that UTF-8 cannot say goes as its escape, as JSON would have it."""
    if isinstance(frame, str):
        frame = frame.encode("utf-8", "backslashreplace").decode()
    await socket.send(frame)


@pytest.mark.timeout(1_800)
def test_odd_frames_are_all_answered_and_nothing_breaks(start_server, django_db_blocker, request, capsys):
    soaks = request.config.getoption("soak")
    count = MANY if soaks else FEW
    server = start_server(start=False)
    database = own_file(server.folder / "db.sqlite3")
    with django_db_blocker.unblock(), database:
        session = make_session()
        polls = [
            make_poll(session),
            make_poll(session, kind="multiple", max=2, anonymous=False),
            make_poll(session, may_change=False),
            make_poll(session, state="closed"),
            make_poll(session, state="draft"),
        ]
        options = [str(pk) for poll in polls for pk in options_of(poll).values()]
        tokens = [sign_pass(make_attendee(session)) for _ in range(SOCKETS)]
    server.start()
    address = f"{server.socket_url}/ws/sessions/{session.pk}/"
    senders = [
        Sender(address, token, OddFrames(seed, [str(poll.pk) for poll in polls], options))
        for seed, token in enumerate(tokens)
    ]

    async def send_all() -> None:
        await asyncio.gather(*(sender.run(count // SOCKETS) for sender in senders))

    began = time.monotonic()
    asyncio.run(send_all())
    codes = sum((Counter(sender.codes) for sender in senders), Counter())
    if soaks:
        with capsys.disabled():
            print(f"\n{sum(codes.values())} odd frames in {time.monotonic() - began:.0f} s: {codes}")
    assert sum(codes.values()) == count + SOCKETS
    assert set(codes) >= KINDS
    assert "not_sure" not in codes
    with django_db_blocker.unblock(), own_file(server.folder / "db.sqlite3"):
        assert recount_polls()[1] == []
    server.stop()
    assert "could not be worked on" not in server.log()
    assert "halving" not in server.log()
