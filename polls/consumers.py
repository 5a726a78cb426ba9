"""The room socket's commands about polls, and the polls' part of its snapshot."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, Protocol

from django.utils import timezone

from opendev.core.attendance import AttendeePass, Ground
from opendev.core.batching import Answer
from opendev.core.desk import caller_of, put_on_desk
from opendev.core.errors import DomainError
from opendev.core.groups import EVERYBODY, Frame, Group, Member, encode, with_fields
from opendev.core.sending import TextMessage
from opendev.core.text import clean_id
from polls.ballot_box import answers_reader, ballot_box, read_vote
from polls.models import Poll
from polls.news import KIND, topic_of
from polls.permissions import VOTED
from polls.selectors import NOT_VOTED, Mine
from polls.serializers import mine_json
from polls.services import Recorded, promote_answer, reveal_right_answer
from sessions.programme.permissions import MODERATORS
from sessions.programme.services.rights import NotJoined


class PollsSocket(Member, Protocol):
    """What these commands need from a consumer."""

    attendee: AttendeePass | None
    moderator_id: int | None
    helper_id: int | None
    ground: Ground | None

    def submit(
        self, put: Callable[[Answer[Any]], None], ref: object, succeed: Callable[[Any], None]
    ) -> None: ...
    def say(self, message: TextMessage) -> None: ...
    def answer(self, frame: dict[str, Any]) -> None: ...
    def own_answered(self, topic: str) -> None: ...


def vote(socket: PollsSocket, frame: dict[str, Any]) -> None:
    """`poll.vote`: record the choice; `ok` follows the commit."""
    _cast(socket, frame, withdraws=False)


def withdraw(socket: PollsSocket, frame: dict[str, Any]) -> None:
    """`poll.withdraw`: withdraw the answer."""
    _cast(socket, frame, withdraws=True)


def _cast(socket: PollsSocket, frame: dict[str, Any], *, withdraws: bool) -> None:
    if socket.attendee is None:
        raise NotJoined
    vote = read_vote(
        poll=frame.get("poll"),
        attendee=socket.attendee,
        answer=frame,
        arrived_at=datetime.now(UTC),
        seq=frame.get("seq"),
        ballot=frame.get("ballot"),
        withdraws=withdraws,
    )
    ref = frame.get("ref")

    def succeed(recorded: Recorded) -> None:
        socket.say(_ok(ref, recorded))
        socket.own_answered(topic_of(vote.poll_id))

    socket.submit(partial(ballot_box.put, vote, origin=socket), ref, succeed)


def _act(socket: PollsSocket, frame: dict[str, Any], service: Callable[..., Poll], **ids: str) -> None:
    """Queue a service call for the caller; `ok` follows the commit, with the poll's version.

    `ids` maps the service's parameters to the fields of the frame with their ids.
    """
    ref = frame.get("ref")

    def succeed(poll: Poll) -> None:
        socket.answer({"type": "ok", "ref": ref, "version": poll.version})

    given = {
        name: clean_id(frame.get(field), field=field) for name, field in {"poll_id": "poll", **ids}.items()
    }
    act = partial(service, **given, caller=caller_of(socket), now=timezone.now())
    put_on_desk(socket, act, ref, succeed)


def reveal(socket: PollsSocket, frame: dict[str, Any]) -> None:
    """`poll.reveal_answer`: show the right answer; `ok` follows the commit. For moderators."""
    _act(socket, frame, reveal_right_answer)


def promote(socket: PollsSocket, frame: dict[str, Any]) -> None:
    """`poll.promote`: turn an answer for "Other" into an option; `ok` follows the commit. For moderators."""
    _act(socket, frame, promote_answer, option_id="answer")


@lru_cache(maxsize=1_000)
def _ok(ref: int | str | None, recorded: Recorded) -> TextMessage:
    """Return the acknowledgement, cached: in a storm thousands of voters get the same few."""
    ref_text = str(ref) if isinstance(ref, int) else encode(ref)
    mine = _mine_text(recorded.mine)
    return TextMessage(f'{{"type":"ok","ref":{ref_text},"mine":{mine},"version":{recorded.version}}}')


@lru_cache(maxsize=1_000)
def _mine_text(mine: Mine) -> str:
    return encode(mine_json(mine))


COMMANDS = {
    "poll.vote": vote,
    "poll.withdraw": withdraw,
    "poll.reveal_answer": reveal,
    "poll.promote": promote,
}


def visible_polls(group: Group, audience: str) -> list[int]:
    """Return the ids of the polls that the audience may know of, in running order."""
    poll_ids = []
    for topic, known in group.topics.items():
        kind, _, identity = topic.partition(":")
        if kind == KIND and known.states.get(audience):
            poll_ids.append(int(identity))
    return poll_ids


def read_own(attendee: AttendeePass, group: Group, poll_id: int, answer: Answer[Frame]) -> None:
    """Reread the attendee's own answer to a poll; `answer` is called with its `poll.mine`.

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
    """Return the attendee's own answers; attendees who join at once share the queries.

    Raises:
        TryLater
    """
    if not poll_ids:
        return {}
    return await answers_reader.ask((attendee, poll_ids, None))


def snapshot_polls(group: Group, *, is_moderator: bool, voted: set[str], answers: dict[int, Mine]) -> str:
    """Return the snapshot's `polls` as JSON text, joined from texts that the Hub encoded once for everybody."""
    parts = []
    for poll_id in visible_polls(group, MODERATORS):
        topic = topic_of(poll_id)
        audience = MODERATORS if is_moderator else VOTED if topic in voted else EVERYBODY
        if text := group.topics[topic].state_text(audience):
            mine = answers.get(poll_id)
            parts.append(with_fields(text, mine=_mine_text(mine or NOT_VOTED)))
    return f"[{','.join(parts)}]"
