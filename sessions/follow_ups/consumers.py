"""The room socket's commands about sign-up lines, and the lines' part of its snapshot."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from django.utils import timezone

from opendev.core.attendance import AttendeePass
from opendev.core.batching import Answer
from opendev.core.errors import DomainError
from opendev.core.floods import check_sign_ups
from opendev.core.groups import EVERYBODY, Frame, Group, Member, encode, with_fields
from opendev.core.limits import Network
from sessions.follow_ups.box import sign_up_desk, sign_ups_reader
from sessions.follow_ups.models import SignUp
from sessions.follow_ups.news import KIND, topic_of
from sessions.follow_ups.serializers import mine_json
from sessions.follow_ups.services.sign_ups import SignedUp, read_wish
from sessions.programme.services.rights import NotJoined

NOT_SIGNED_UP_TEXT = encode(mine_json(None))


class LinesSocket(Member, Protocol):
    """What these commands need from a consumer."""

    attendee: AttendeePass | None
    group: Group | None

    @property
    def networks(self) -> tuple[Network, ...]: ...

    def submit(
        self, put: Callable[[Answer[Any]], None], ref: object, succeed: Callable[[Any], None]
    ) -> None: ...
    def answer(self, frame: dict[str, Any]) -> None: ...
    def own_answered(self, topic: str) -> None: ...


def sign_up(socket: LinesSocket, frame: dict[str, Any]) -> None:
    """`line.sign_up`: put the attendee's name on a line; `ok` follows the commit."""
    _ask(socket, frame, withdraws=False)


def withdraw(socket: LinesSocket, frame: dict[str, Any]) -> None:
    """`line.withdraw`: withdraw the attendee's name."""
    _ask(socket, frame, withdraws=True)


def _ask(socket: LinesSocket, frame: dict[str, Any], *, withdraws: bool) -> None:
    if socket.attendee is None:
        raise NotJoined
    now = timezone.now()
    wish = read_wish(frame, line=frame.get("line"), attendee=socket.attendee, withdraws=withdraws, now=now)
    if not withdraws and socket.group is not None:
        check_sign_ups(networks=socket.networks, attendee=socket.attendee, session_id=socket.group.key)
    ref = frame.get("ref")

    def succeed(signed_up: SignedUp) -> None:
        mine = mine_json(signed_up.sign_up)
        socket.answer({"type": "ok", "ref": ref, "mine": mine, "version": signed_up.version})
        socket.own_answered(topic_of(wish.line_id))

    socket.submit(partial(sign_up_desk.put, wish, origin=socket), ref, succeed)


COMMANDS = {"line.sign_up": sign_up, "line.withdraw": withdraw}


def lines_in(group: Group) -> list[int]:
    """Return the ids of the session's lines, in their order."""
    lines = []
    for topic, known in group.topics.items():
        kind, _, identity = topic.partition(":")
        state = known.states.get(EVERYBODY)
        if kind == KIND and state:
            lines.append((state["position"], int(identity)))
    return [identity for _position, identity in sorted(lines)]


def read_own(attendee: AttendeePass, group: Group, line_id: int, answer: Answer[Frame]) -> None:
    """Reread the attendee's own name on a line; `answer` is called with its `line.mine`.

    Raises:
        TryLater: too many wait.
    """

    def read(outcome: dict[int, SignUp] | DomainError) -> None:
        if isinstance(outcome, DomainError):
            return answer(outcome)
        mine = mine_json(outcome.get(line_id))
        return answer({"type": "line.mine", "line": str(line_id), "mine": mine})

    sign_ups_reader.put((attendee, [line_id]), read)


async def read_sign_ups(attendee: AttendeePass, line_ids: list[int]) -> dict[int, SignUp]:
    """Return the attendee's own sign-ups; attendees who join at once share the query.

    Raises:
        TryLater
    """
    return await sign_ups_reader.ask((attendee, line_ids)) if line_ids else {}


def snapshot_lines(group: Group, own: dict[int, SignUp]) -> str:
    """Return the snapshot's `lines` as JSON text, joined from texts that the Hub encoded once for everybody."""
    parts = []
    for line_id in lines_in(group):
        if text := group.topics[topic_of(line_id)].state_text(EVERYBODY):
            mine = own.get(line_id)
            parts.append(with_fields(text, mine=encode(mine_json(mine)) if mine else NOT_SIGNED_UP_TEXT))
    return f"[{','.join(parts)}]"
