"""What the socket of a room can do with polls, and the polls' part of its snapshot."""

import asyncio
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

from opendev.core.attendance import AttendeePass
from opendev.core.batching import Answer
from opendev.core.consumers import error_frame
from opendev.core.errors import DomainError
from opendev.core.groups import EVERYBODY, Frame, Group, Member, encode
from opendev.core.sending import TextMessage
from polls.ballot_box import answers_reader, ballot_box, read_vote
from polls.news import KIND, topic_of
from polls.permissions import VOTED
from polls.selectors import NOT_VOTED, Mine
from polls.serializers import mine_json
from polls.services import Recorded
from sessions.programme.permissions import MODERATORS
from sessions.programme.services.rights import NotJoined


class PollsSocket(Member, Protocol):
    """What these commands need of a consumer."""

    attendee: AttendeePass | None
    unanswered: int

    def answer(self, frame: dict[str, Any]) -> None: ...
    def say(self, message: TextMessage) -> None: ...
    def own_answered(self, topic: str) -> None: ...


def vote(socket: PollsSocket, frame: dict[str, Any]) -> None:
    """`poll.vote`: have the choice recorded; `ok` follows the commit."""
    _cast(socket, frame, withdraws=False)


def withdraw(socket: PollsSocket, frame: dict[str, Any]) -> None:
    """`poll.withdraw`: take the answer back."""
    _cast(socket, frame, withdraws=True)


def _cast(socket: PollsSocket, frame: dict[str, Any], *, withdraws: bool) -> None:
    if socket.attendee is None:
        raise NotJoined
    wanted = read_vote(
        poll=frame.get("poll"),
        attendee=socket.attendee,
        answer=frame,
        arrived_at=datetime.now(UTC),
        seq=frame.get("seq"),
        ballot=frame.get("ballot"),
        withdraws=withdraws,
    )
    ref = frame.get("ref")

    def answer(outcome: Recorded | DomainError) -> None:
        socket.unanswered -= 1
        if isinstance(outcome, Recorded):
            socket.say(_ok(ref, outcome))
            socket.own_answered(topic_of(wanted.poll_id))
        else:
            socket.answer(error_frame(outcome, ref))

    ballot_box.put(wanted, answer, origin=socket)
    socket.unanswered += 1


@lru_cache(maxsize=1_000)
def _ok(ref: int | str | None, recorded: Recorded) -> TextMessage:
    """Return the acknowledgement; in a storm thousands of voters are told the same few."""
    ref_text = str(ref) if isinstance(ref, int) else encode(ref)
    mine = _mine_text(recorded.mine)
    return TextMessage(f'{{"type":"ok","ref":{ref_text},"mine":{mine},"version":{recorded.version}}}')


@lru_cache(maxsize=1_000)
def _mine_text(mine: Mine) -> str:
    return encode(mine_json(mine))


COMMANDS = {"poll.vote": vote, "poll.withdraw": withdraw}


def visible_polls(group: Group, audience: str) -> list[int]:
    """Return the ids of the polls that the audience knows of, in running order."""
    found = []
    for topic, known in group.topics.items():
        kind, _, identity = topic.partition(":")
        if kind == KIND and known.states.get(audience):
            found.append(int(identity))
    return found


def read_own(attendee: AttendeePass, group: Group, poll_id: int, answer: Answer[Frame]) -> None:
    """Read one's own answer to a poll anew; `answer` is called with its `poll.mine`.

    Raises:
        TryLater: too many wait.
    """

    def read(outcome: dict[int, Mine] | DomainError) -> None:
        if isinstance(outcome, DomainError):
            return answer(outcome)
        mine = mine_json(outcome.get(poll_id, NOT_VOTED))
        return answer({"type": "poll.mine", "poll": str(poll_id), "mine": mine})

    answers_reader.put((attendee, [poll_id], None), read)


async def read_answers(attendee: AttendeePass, poll_ids: list[int]) -> dict[int, Mine]:
    """Return the attendee's own answers; those who join at once share the queries.

    Raises:
        TryLater
    """
    if not poll_ids:
        return {}
    future: asyncio.Future[dict[int, Mine]] = asyncio.get_running_loop().create_future()

    def answer(found: dict[int, Mine] | DomainError) -> None:
        if not future.done():
            if isinstance(found, DomainError):
                future.set_exception(found)
            else:
                future.set_result(found)

    answers_reader.put((attendee, poll_ids, None), answer)
    return await future


def snapshot_polls(group: Group, *, is_moderator: bool, voted: set[str], answers: dict[int, Mine]) -> str:
    """Return the snapshot's `polls` as JSON text, put together from texts that the Hub encoded once for all."""
    parts = []
    for poll_id in visible_polls(group, MODERATORS):
        topic = topic_of(poll_id)
        audience = MODERATORS if is_moderator else VOTED if topic in voted else EVERYBODY
        if text := group.topics[topic].state_text(audience):
            mine = answers.get(poll_id)
            parts.append(f'{text[:-1]},"mine":{_mine_text(mine or NOT_VOTED)}}}')
    return f"[{','.join(parts)}]"
