"""Writing to a socket without waiting for it."""

import types
from collections.abc import Awaitable, Callable, Coroutine, Generator, MutableMapping
from typing import Any

SendMessage = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@types.coroutine
def _rest_of(coroutine: Coroutine[Any, Any, None], waiting_for: Any) -> Generator[Any, Any, None]:
    """Let a task finish what was begun outside of one."""
    try:
        while True:
            try:
                yield waiting_for
            except BaseException as error:  # noqa: BLE001  # also a cancellation belongs to the coroutine
                waiting_for = coroutine.throw(error)
            else:
                waiting_for = coroutine.send(None)
    except StopIteration:
        return


def send_now(send: SendMessage, message: MutableMapping[str, Any]) -> Awaitable[None] | None:
    """Drive `send(message)` to its first suspension.

    None: the socket took it (or is gone, which its consumer hears of by itself). Otherwise the rest of the sending, to
    be awaited by a task: the socket is slow. No task and no queue a socket is needed for the thousands that are not.
    """
    coroutine = send(message)
    try:
        waiting_for = coroutine.send(None)  # type: ignore[attr-defined]
    except StopIteration:
        return None
    except (OSError, RuntimeError):  # uvicorn's ClientDisconnected, or a send after the close
        return None
    return _rest_of(coroutine, waiting_for)  # type: ignore[arg-type]
