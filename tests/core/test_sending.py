"""Frames that are made once for all sockets: the same bytes as the server's own, and only where it may be done."""

import asyncio

import pytest
import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.protocol import SERVER, Protocol
from websockets.uri import parse_uri

from opendev.core.sending import TextMessage, frame_of, send_frames, send_now


class Wire(asyncio.Transport):
    """What a server writes, and whether it takes more."""

    def __init__(self):
        super().__init__()
        self.writes, self.closing = [], False

    def write(self, data):
        self.writes.append(bytes(data))

    def is_closing(self):
        return self.closing

    def close(self):
        self.closing = True

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass


async def quiet(scope, receive, send):
    """An application that accepts and says nothing of its own accord."""
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


async def opened(**settings):
    """The server's protocol after its handshake, and the wire it writes to."""
    config = uvicorn.Config(quiet, ws="websockets-sansio", ws_ping_interval=None, log_config=None, **settings)
    config.load()
    protocol, wire = WebSocketsSansIOProtocol(config, ServerState(), {}), Wire()
    protocol.connection_made(wire)
    compresses = [ClientPerMessageDeflateFactory()] if settings["ws_per_message_deflate"] else None
    client = ClientProtocol(parse_uri("ws://127.0.0.1/"), extensions=compresses)
    client.send_request(client.connect())
    protocol.data_received(b"".join(client.data_to_send()))
    for _ in range(5):
        await asyncio.sleep(0)
    assert wire.writes[0].startswith(b"HTTP/1.1 101 ")
    wire.writes.clear()
    return protocol, wire


async def closed(protocol):
    protocol.connection_lost(None)
    await asyncio.gather(*protocol.tasks)


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 70_000])
def test_frame_is_what_the_server_would_have_written(length):
    theirs = Protocol(SERVER)
    theirs.send_text(b"x" * length)
    assert frame_of(b"x" * length) == b"".join(theirs.data_to_send())


async def test_message_goes_to_an_open_socket_as_its_ready_frame():
    protocol, wire = await opened(ws_per_message_deflate=False)
    message = TextMessage('{"type":"é"}')
    assert send_now(protocol.send, message) is None
    await protocol.send(dict(message))  # the server's own way
    assert wire.writes == [message.frame, message.frame]
    await closed(protocol)


async def test_several_messages_leave_in_one_write_in_their_order():
    protocol, wire = await opened(ws_per_message_deflate=False)
    one, other = TextMessage("1"), TextMessage("2")
    assert send_frames(protocol.send, [one, other])
    assert wire.writes == [one.frame + other.frame]
    await closed(protocol)


async def test_socket_that_compresses_is_left_to_the_server():
    protocol, wire = await opened(ws_per_message_deflate=True)
    message = TextMessage("a" * 500)
    assert not send_frames(protocol.send, [message])
    assert send_now(protocol.send, message) is None
    assert len(wire.writes[0]) < 100
    await closed(protocol)


async def test_socket_that_takes_no_more_is_slow_and_gets_nothing_past_its_queue():
    protocol, wire = await opened(ws_per_message_deflate=False)
    protocol.pause_writing()
    rest = send_now(protocol.send, TextMessage("1"))
    assert rest is not None
    assert wire.writes == []
    protocol.resume_writing()
    await finished(rest)
    assert wire.writes == [frame_of(b"1")]
    await closed(protocol)


async def finished(rest):
    await rest


@pytest.mark.parametrize("how", ["by us", "by the peer", "by the network"])
async def test_socket_that_is_closing_gets_nothing_more(how):
    protocol, wire = await opened(ws_per_message_deflate=False)
    if how == "by us":
        await protocol.send({"type": "websocket.close", "code": 1000})
    elif how == "by the peer":
        protocol.data_received(b"\x88\x80\0\0\0\0")  # an empty close frame, masked
    else:
        wire.close()
    wire.writes.clear()
    assert not send_frames(protocol.send, [TextMessage("1")])
    assert wire.writes == []
    await closed(protocol)


def test_servers_of_other_kinds_are_spoken_to_the_ordinary_way():
    async def send(message):
        raise AssertionError("not asked")

    assert not send_frames(send, [TextMessage("1")])
