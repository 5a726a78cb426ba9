"""Where what people do by socket waits for the database: each act in a transaction of its own, in turn.

Nothing on the loop may touch the database, so a command that is no part of a batch goes to the desk.
"""

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from opendev.core.attendance import AttendeePass, Caller, Ground
from opendev.core.batching import AWAY_LIMIT_S, Answer, Batcher, register, work_unless_away
from opendev.core.errors import DomainError, TryLater
from opendev.core.groups import Frame, Group, Member
from opendev.core.limits import Network

log = logging.getLogger("opendev.live")

MAX_WAITING = 2_000

Act = Callable[[], Any]  # returns what it changed


class Speaker(Protocol):
    """What is asked of a consumer about who speaks by it."""

    attendee: AttendeePass | None
    moderator_id: int | None
    helper_id: int | None
    ground: Ground | None


class ActingSocket(Speaker, Protocol):
    """What is needed of a consumer whose command is an act."""

    def submit(
        self, put: Callable[[Answer[Any]], None], ref: object, succeed: Callable[[Any], None]
    ) -> None: ...


class RoomSocket(Member, ActingSocket, Protocol):
    """What is needed of a consumer by which attendees put something to the room, and tap what others put."""

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
    """Do one act in its own transaction. A defect is logged here: a batch that fails is tried again, acts are not."""

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
    """Return who speaks by this socket. A sign-in counts where the socket was opened with it, as the control room's."""
    user_id = socket.moderator_id if socket.moderator_id is not None else socket.helper_id
    return Caller(user_id=user_id, attendee=socket.attendee, ground=socket.ground)


def put_on_desk(socket: ActingSocket, act: Act, ref: object, succeed: Callable[[Any], None]) -> None:
    """Do an act in its turn; `succeed` is called with what it changed, after the commit.

    Raises:
        TryLater: too many wait; nothing was done.
    """
    socket.submit(partial(desk.put, act), ref, succeed)


def put_and_confirm(
    socket: RoomSocket, frame: Frame, act: Act, *, kind: str, mine: dict[str, bool] | None = None
) -> None:
    """Do an act in its turn; `ok` follows the commit, with the version of what it changed and its id as `kind`.

    Args:
        mine: what that is to the speaker from now on.

    Raises:
        TryLater: too many wait; nothing was done.
    """
    ref = frame.get("ref")

    def succeed(row: Any) -> None:
        ok = {"type": "ok", "ref": ref, kind: str(row.pk), "version": row.version}
        socket.answer({**ok, "mine": mine} if mine else ok)

    put_on_desk(socket, act, ref, succeed)
