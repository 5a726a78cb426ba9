"""The desk: actions by socket wait here for the database, each in its own transaction, one after the other.

Nothing on the loop may touch the database, so a command that is not part of a batch goes to the desk.
"""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from opendev.core.attendance import NO_LIMITS, AttendeePass, Caller, Ground
from opendev.core.batching import AWAY_LIMIT_S, Answer, Batcher, register, work_unless_away
from opendev.core.errors import DomainError, TryLater
from opendev.core.groups import Frame, Group, Member
from opendev.core.limits import Network

log = logging.getLogger("opendev.live")

MAX_WAITING = 2_000

Act = Callable[[], Any]  # returns what it changed


class Speaker(Protocol):
    """What a consumer must say about its caller."""

    attendee: AttendeePass | None
    moderator_id: int | None
    helper_id: int | None
    ground: Ground | None


class ActingSocket(Speaker, Protocol):
    """What a consumer needs for commands that are actions."""

    def submit(
        self, put: Callable[[Answer[Any]], None], ref: object, succeed: Callable[[Any], None]
    ) -> None: ...


class RoomSocket(Member, ActingSocket, Protocol):
    """What a consumer needs for things that attendees submit to the room and support of others'."""

    ground: Ground | None
    group: Group | None

    @property
    def networks(self) -> tuple[Network, ...]: ...

    def answer(self, frame: Frame) -> None: ...
    def own_answered(self, topic: str) -> None: ...


def _do_each(acts: Sequence[Act]) -> list[Any]:
    until = time.monotonic() + AWAY_LIMIT_S  # one outage for all that wait, not ten seconds for each
    return [_do(act, until) for act in acts]


def _do(act: Act, until: float) -> Any:
    """Execute one action in its own transaction. Bugs are logged here: unlike batches, actions are never retried."""

    def work() -> Any:
        try:
            return act()
        except DomainError as refusal:
            return refusal

    try:
        return work_unless_away(work, away=TryLater, until=until)
    except Exception:
        log.exception("An act failed.")
        return TryLater()


desk: Batcher[Act, Any] = register(Batcher(_do_each, name="desk", limit=MAX_WAITING))


def caller_of(socket: Speaker) -> Caller:
    """Return this socket's caller. A sign-in only counts if the socket was opened with it, as in the control room."""
    user_id = socket.moderator_id if socket.moderator_id is not None else socket.helper_id
    limits = socket.ground.limits if socket.ground else NO_LIMITS
    return Caller(user_id=user_id, attendee=socket.attendee, ground=socket.ground, limits=limits)


def put_on_desk(socket: ActingSocket, act: Act, ref: object, succeed: Callable[[Any], None]) -> None:
    """Queue an action; after its commit, `succeed` is called with what it changed.

    Raises:
        TryLater: too many wait; nothing was done.
    """
    socket.submit(partial(desk.put, act), ref, succeed)


def put_and_confirm(
    socket: RoomSocket, frame: Frame, act: Act, *, kind: str, mine: dict[str, bool] | None = None
) -> None:
    """Queue an action; after its commit, `ok` is sent with the version of what it changed, and its id as `kind`.

    Args:
        mine: the caller's own part of it from now on.

    Raises:
        TryLater: too many wait; nothing was done.
    """
    ref = frame.get("ref")

    def succeed(row: Any) -> None:
        ok = {"type": "ok", "ref": ref, kind: str(row.pk), "version": row.version}
        socket.answer({**ok, "mine": mine} if mine else ok)

    put_on_desk(socket, act, ref, succeed)
