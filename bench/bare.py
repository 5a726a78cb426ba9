"""The limit: an ASGI application that does nothing else, on the same server with the same flags.

`say <text>` is sent to all sockets, everything else is echoed. Everything above that is the product's own cost.
"""

import gc
from typing import Any

import django

django.setup()

from bench import bare_door  # noqa: E402
from opendev.room.lifespan import tame_garbage_collector  # noqa: E402  # needs the settings

SAY = "say "
GREETING = '{"type":"snapshot"}'
_sends: set[Any] = set()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer one connection."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "websocket":
        await _carry(scope, receive, send)
    else:
        await receive()
        status, headers, body = bare_door.answer(scope["method"], scope["path"])
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _live(receive: Any, send: Any) -> None:
    await receive()
    tame_garbage_collector()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    gc.unfreeze()
    await send({"type": "lifespan.shutdown.complete"})


async def _carry(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    is_phone = scope["path"] == bare_door.SOCKET
    await send({"type": "websocket.send", "text": bare_door.SNAPSHOT if is_phone else GREETING})
    _sends.add(send)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            text = message["text"]
            if text.startswith(SAY):
                told = {"type": "websocket.send", "text": text[len(SAY) :]}
                for one in _sends:
                    await one(told)
            else:
                await send({"type": "websocket.send", "text": text})
    finally:
        _sends.discard(send)
