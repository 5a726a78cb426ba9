"""Writing to a socket without waiting for it, and without building the same frame for each socket."""

import types
from collections.abc import Awaitable, Callable, Coroutine, Generator, MutableMapping, Sequence
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN

SendMessage = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_FINAL_TEXT = 0x81  # RFC 6455, 5.2: the only fragment of a text


class TextMessage(dict[str, Any]):
    """The ASGI message for one text, together with its frame on the wire: built once for all sockets."""

    __slots__ = ("frame",)

    def __init__(self, text: str) -> None:
        super().__init__(type="websocket.send", text=text)
        self.frame = frame_of(text.encode())


def frame_of(payload: bytes) -> bytes:
    """Return a text as one unmasked, uncompressed WebSocket frame (RFC 6455, 5.2)."""
    length = len(payload)
    if length < 126:
        return bytes((_FINAL_TEXT, length)) + payload
    if length < 65_536:
        return bytes((_FINAL_TEXT, 126)) + length.to_bytes(2, "big") + payload
    return bytes((_FINAL_TEXT, 127)) + length.to_bytes(8, "big") + payload


@types.coroutine
def _rest_of(coroutine: Coroutine[Any, Any, None], waiting_for: Any) -> Generator[Any, Any, None]:
    """Let a task finish a coroutine that was started outside of one."""
    try:
        while True:
            try:
                yield waiting_for
            except BaseException as error:  # noqa: BLE001  # even a cancellation belongs to the coroutine
                waiting_for = coroutine.throw(error)
            else:
                waiting_for = coroutine.send(None)
    except StopIteration:
        return


def send_now(send: SendMessage, message: MutableMapping[str, Any]) -> Awaitable[None] | None:
    """Drive `send(message)` to its first suspension.

    None: the socket accepted it (or is gone, which its consumer learns by itself). Otherwise the socket is slow, and a
    task must await the rest. The thousands of sockets that are not slow need no task and no queue.
    """
    if isinstance(message, TextMessage) and (transport := open_transport(send)):
        transport.write(message.frame)
        return None
    coroutine = send(message)
    try:
        waiting_for = coroutine.send(None)  # type: ignore[attr-defined]
    except StopIteration:
        return None
    except (OSError, RuntimeError):  # uvicorn's ClientDisconnected, or a send after the close
        return None
    return _rest_of(coroutine, waiting_for)  # type: ignore[arg-type]


def send_frames(send: SendMessage, messages: Sequence[TextMessage]) -> bool:
    """Write finished frames to the server's transport at once; return False if that is not possible right now."""
    transport = open_transport(send)
    if transport is None:
        return False
    transport.write(
        messages[0].frame if len(messages) == 1 else b"".join([message.frame for message in messages])
    )
    return True


def open_transport(send: SendMessage) -> Any:
    """Return the transport to which finished frames can be written right now, or None.

    uvicorn frames every copy of a message again, which is half the cost of sending it to thousands (docs/adr/0010).
    This only works for its protocol, and while the socket is open, accepts data and does not compress. Everything
    else is sent as usual.
    """
    server = getattr(send, "__self__", None)
    if (
        type(server) is not WebSocketsSansIOProtocol
        or not server.writable.is_set()
        or server.close_sent
        or server.conn.state is not OPEN
        or server.conn.extensions
        or server.transport.is_closing()
    ):
        return None
    return server.transport
