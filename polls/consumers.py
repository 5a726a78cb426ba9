"""What the socket of a room can do with polls, and the polls' part of its snapshot."""

import asyncio
from typing import Any, Protocol

from django.utils import timezone

from opendev.core.attendance import AttendeePass
from opendev.core.consumers import error_frame
from opendev.core.errors import DomainError
from opendev.core.groups import EVERYBODY, MODERATORS, VOTED, Group, encode
from polls.ballot_box import answers_reader, ballot_box, read_vote
from polls.news import KIND, topic_of
from polls.selectors import NOT_VOTED, Mine
from polls.serializers import mine_json
from polls.services import Recorded
from sessions.services import NotJoined

NOT_VOTED_TEXT = encode(mine_json(NOT_VOTED))


class PollsSocket(Protocol):
    """What these commands need of a consumer."""

    attendee: AttendeePass | None
    unanswered: int

    def answer(self, frame: dict[str, Any]) -> None: ...


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
        options=frame.get("options"),
        arrived_at=timezone.now(),
        seq=frame.get("seq"),
        ballot=frame.get("ballot"),
        withdraws=withdraws,
    )
    ref = frame.get("ref")

    def answer(outcome: Recorded | DomainError) -> None:
        socket.unanswered -= 1
        if isinstance(outcome, Recorded):
            said = {"type": "ok", "ref": ref, "mine": mine_json(outcome.mine), "version": outcome.version}
            socket.answer(said)
        else:
            socket.answer(error_frame(outcome, ref))

    ballot_box.cast(wanted, answer)
    socket.unanswered += 1


COMMANDS = {"poll.vote": vote, "poll.withdraw": withdraw}


def visible_polls(group: Group, audience: str) -> list[int]:
    """Return the ids of the polls that the audience knows of, in running order."""
    found = []
    for topic, known in group.topics.items():
        kind, _, identity = topic.partition(":")
        if kind == KIND and known.states.get(audience):
            found.append(int(identity))
    return found


async def read_answers(attendee: AttendeePass, poll_ids: list[int]) -> dict[int, Mine]:
    """Return the attendee's own answers; those who join at once share the queries."""
    if not poll_ids:
        return {}
    future: asyncio.Future[dict[int, Mine]] = asyncio.get_running_loop().create_future()

    def answer(found: dict[int, Mine] | DomainError) -> None:
        if not future.done():
            future.set_result({} if isinstance(found, DomainError) else found)

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
            parts.append(f'{text[:-1]},"mine":{encode(mine_json(mine)) if mine else NOT_VOTED_TEXT}}}')
    return f"[{','.join(parts)}]"
