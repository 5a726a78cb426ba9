"""The client against what servers of both Engine.IO versions really said, played back to it."""

import json
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from etherpad_links.easysync import add_lines, from_units, split_lines
from etherpad_links.padserver.addresses import PadAddress, Reach, ServerAddress
from etherpad_links.padserver.errors import PadRefused, PadTrouble, PadUnreachable
from etherpad_links.padserver.pad_socket import Identity, PadSocket

RECORDINGS = Path(__file__).parent / "recordings"
REACH = Reach(allows_private=True)
ANYBODY = Identity("t.AAAAAAAAAAAAAAAAAAAA", "Sign-ups")
Script = list[tuple[str, str]]


def recorded(version: int) -> Script:
    """Frames as (who, what). Beats come quickly, so that the test need not wait 25 s for one."""
    frames = json.loads((RECORDINGS / f"engine_io_{version}.json").read_text())
    return [(f["from"], f["frame"].replace('"pingInterval":25000', '"pingInterval":50')) for f in frames]


def kind(frame: str) -> str:
    """What two frames have in common that say the same: their type, and that of Etherpad's message."""
    if not frame.startswith("42"):
        return frame[:2]
    message = json.loads(frame[2:])[1]
    return message["data"]["type"] if message["type"] == "COLLABROOM" else message["type"]


@asynccontextmanager
async def playing(script: Script):
    """A server that says its part of the script; the client has to say its own, whatever it says besides."""
    said: list[str] = []

    async def play(connection: ServerConnection) -> None:
        for who, frame in script:
            if who == "server":
                await connection.send(frame)
                continue
            while kind(frame) not in map(kind, said):
                said.append(str(await connection.recv()))
        await connection.wait_closed()

    async with serve(play, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield PadAddress(ServerAddress("http", "127.0.0.1", port), "recorded"), said


@pytest.mark.parametrize("version", [3, 4])
async def test_handshake_of_either_version_ends_in_a_taken_change(version: int):
    script = recorded(version)
    async with playing(script) as (address, said):
        pad = PadSocket(address, ANYBODY)
        await pad.open(REACH)
        heads = split_lines(pad.document)[0]
        assert (heads.text, pad.revision) == ("Heads", 0)
        assert await pad.submit(add_lines(pad.document, heads, ["Ann"], pad.author)) == 1
        assert from_units(pad.document.text) == "Heads\nAnn\n\n"
        await pad.close()
    wanted = next(frame for who, frame in script if who == "client" and "USER_CHANGES" in frame)
    sent = next(frame for frame in said if "USER_CHANGES" in frame)
    assert json.loads(sent[2:]) == json.loads(wanted[2:])
    assert {3: "2", 4: "3"}[version] in said  # its heart-beat
    assert ("40" in said) is (version == 4)


OPEN_4 = '0{"sid":"x","pingInterval":50,"pingTimeout":50,"maxPayload":1000000}'


@pytest.mark.parametrize(
    ("frames", "trouble"),
    [
        (["hello"], PadUnreachable),
        (["0{"], PadUnreachable),
        (["0{}"], PadUnreachable),
        ([OPEN_4, "44{}"], PadRefused),
        ([OPEN_4, "40", "1"], PadUnreachable),
        ([OPEN_4, "40", "41"], PadUnreachable),
        ([OPEN_4, "40", "42{"], PadUnreachable),
        ([OPEN_4, "40", '42["message",{"accessStatus":"deny"}]'], PadRefused),
        ([OPEN_4, "40", '42["message",{"disconnect":"unauthorized"}]'], PadRefused),
        ([OPEN_4, "40", '42["message",{"type":"CLIENT_VARS","data":{}}]'], PadUnreachable),
        ([OPEN_4, "40"], PadUnreachable),  # and then silence
    ],
)
async def test_odd_server_is_a_named_trouble(frames: list[str], trouble: type[PadTrouble]):
    async with playing([("server", frame) for frame in frames]) as (address, _):
        with pytest.raises(trouble):
            await PadSocket(address, ANYBODY).open(REACH)


async def test_server_that_skips_a_revision_is_left():
    script = recorded(4)[:6]
    skipped = {"type": "NEW_CHANGES", "newRev": 2, "changeset": "Z:7>1+1$a", "apool": {"numToAttrib": {}}}
    frame = f"42{json.dumps(['message', {'type': 'COLLABROOM', 'data': skipped}])}"
    async with playing([*script, ("server", frame)]) as (address, _):
        pad = PadSocket(address, ANYBODY)
        with pytest.raises(PadUnreachable, match="revision 2 after 0"):
            await follow_to_the_end(pad)
        assert pad.revision == 0


async def follow_to_the_end(pad: PadSocket) -> None:
    await pad.open(REACH)
    await pad.ended.wait()
    await pad.close()
    if pad.trouble:
        raise pad.trouble
