"""The room socket's commands about questions, and their part of its snapshot."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone

from opendev.core.attendance import AttendeePass
from opendev.core.batching import Answer
from opendev.core.desk import RoomSocket, caller_of, put_and_confirm
from opendev.core.errors import DomainError
from opendev.core.floods import check_questions
from opendev.core.groups import EVERYBODY, Frame, Group, Topic, encode, is_owned, with_fields
from opendev.core.text import clean_id
from sessions.programme.permissions import MODERATORS
from sessions.programme.services.rights import NotJoined
from sessions.questions.box import read_upvote, upvote_box, upvotes_reader
from sessions.questions.models import Question
from sessions.questions.news import KIND, topic_of
from sessions.questions.permissions import AUTHOR
from sessions.questions.services.asking import ask_question, edit_question, withdraw_question
from sessions.questions.services.queue import (
    merge_question,
    pin_question,
    set_question_state,
    undo_question,
    write_answer,
)
from sessions.questions.services.upvotes import Upvoted

MOST_IN_SNAPSHOT = 100  # the rest is loaded by REST, in pages, on request
FIRST_STATES = ["waiting", "open", "answered"]
OWN = {"author": True, "upvoted": False}
# Encoded once: a snapshot contains one of them for each question.
MINE_TEXTS = {
    (author, upvoted): encode({"author": author, "upvoted": upvoted})
    for author in (False, True)
    for upvoted in (False, True)
}

_do = partial(put_and_confirm, kind=KIND)


def ask(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`question.ask`: ask a question."""
    if socket.attendee is None:
        raise NotJoined
    assert socket.group is not None  # noqa: S101
    check_questions(networks=socket.networks, attendee=socket.attendee, session_id=socket.group.key)
    act = partial(
        ask_question,
        session_id=socket.group.key,
        attendee=socket.attendee,
        text=frame.get("text"),
        name=frame.get("name"),
        now=timezone.now(),
    )
    _do(socket, frame, act, mine=OWN)


def edit(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`question.edit`: change the text or the name of your own question."""
    pk = clean_id(frame.get("question"), field="question")
    given = {"name": frame["name"]} if "name" in frame else {}
    if "text" in frame or not given:
        given["text"] = frame.get("text")
    act = partial(edit_question, question_id=pk, attendee=socket.attendee, **given)
    _do(socket, frame, act, mine=OWN)


def withdraw(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`question.withdraw`: withdraw your own question."""
    pk = clean_id(frame.get("question"), field="question")
    _do(socket, frame, partial(withdraw_question, question_id=pk, attendee=socket.attendee))


def upvote(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`question.upvote`: upvote a question."""
    _cast(socket, frame, takes_back=False)


def take_back(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`question.take_back`: withdraw the upvote."""
    _cast(socket, frame, takes_back=True)


def _cast(socket: RoomSocket, frame: dict[str, Any], *, takes_back: bool) -> None:
    if socket.attendee is None:
        raise NotJoined
    upvote = read_upvote(question=frame.get("question"), attendee=socket.attendee, takes_back=takes_back)
    ref = frame.get("ref")

    def succeed(upvoted: Upvoted) -> None:
        mine = {"author": False, "upvoted": upvoted.upvoted}
        ok = {"type": "ok", "ref": ref, "question": str(upvoted.question_id)}
        socket.answer({**ok, "mine": mine, "version": upvoted.version})
        socket.own_answered(topic_of(upvoted.question_id))

    socket.submit(partial(upvote_box.put, upvote, origin=socket), ref, succeed)


def _for_keepers(service: Callable[..., Question], **fields: str) -> Callable[..., None]:
    """Return the command that calls a service of the queue; `fields`: the service's argument, the frame's field."""

    def command(socket: RoomSocket, frame: dict[str, Any]) -> None:
        pk = clean_id(frame.get("question"), field="question")
        given = {argument: frame.get(field) for argument, field in fields.items()}
        _do(socket, frame, partial(service, question_id=pk, caller=caller_of(socket), **given))

    return command


def set_state(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`question.state`: approve, put on air, answer, dismiss."""
    given = {field: frame.get(field) for field in ("state", "answer", "seen")}
    _with_now(socket, frame, set_question_state, **given)


def undo(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`question.undo`: undo the last move."""
    _with_now(socket, frame, undo_question)


def merge(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`question.merge`: merge it into another one, or (null) separate it again."""
    into = frame.get("merged_into")
    _with_now(
        socket,
        frame,
        merge_question,
        into=None if into is None else clean_id(into, field="merged_into"),
    )


def _with_now(
    socket: RoomSocket, frame: dict[str, Any], service: Callable[..., Question], **given: Any
) -> None:
    pk = clean_id(frame.get("question"), field="question")
    _do(
        socket,
        frame,
        partial(service, question_id=pk, caller=caller_of(socket), now=timezone.now(), **given),
    )


COMMANDS = {
    "question.ask": ask,
    "question.edit": edit,
    "question.withdraw": withdraw,
    "question.upvote": upvote,
    "question.take_back": take_back,
    "question.state": set_state,
    "question.answer": _for_keepers(write_answer, answer="answer"),
    "question.pin": _for_keepers(pin_question, pinned="pinned"),
    "question.merge": merge,
    "question.undo": undo,
}


def read_own(attendee: AttendeePass, group: Group, question_id: int, answer: Answer[Frame]) -> None:
    """Reread whether the attendee upvoted a question; `answer` is called with its `question.mine`.

    Raises:
        TryLater: too many wait.
    """

    def read(outcome: set[int] | DomainError) -> None:
        if isinstance(outcome, DomainError):
            return answer(outcome)
        is_author = is_owned(group, topic_of(question_id), attendee.attendee_id)
        mine = {"author": is_author, "upvoted": question_id in outcome}
        return answer({"type": "question.mine", "question": str(question_id), "mine": mine})

    upvotes_reader.put((attendee.attendee_id, group.key), read)


async def read_upvotes(attendee: AttendeePass, group: Group) -> set[int]:
    """Return the questions that the attendee voted for; attendees who join at once share the queries.

    Raises:
        TryLater
    """
    if not any(topic.startswith(f"{KIND}:") for topic in group.topics):
        return set()
    return await upvotes_reader.ask((attendee.attendee_id, group.key))


def snapshot_questions(group: Group, socket: RoomSocket, upvoted: set[int]) -> tuple[str, int]:
    """Return the snapshot's `questions` as JSON text, and how many it leaves out.

    It is joined from texts that the Hub encoded once for everybody.
    """
    attendee_id = socket.attendee.attendee_id if socket.attendee else None
    visible = [
        (identity, known, audience)
        for topic, known in group.topics.items()
        for kind, _, identity in [topic.partition(":")]
        if kind == KIND and known.states.get(audience := socket.audience(topic)) is not None
    ]
    chosen = visible
    if len(visible) > MOST_IN_SNAPSHOT:
        chosen = sorted(visible, key=lambda entry: _rank(entry[1], entry[2], attendee_id))[:MOST_IN_SNAPSHOT]
    parts = []
    for identity, known, audience in chosen:
        is_author = attendee_id is not None and known.owner == attendee_id
        mine = MINE_TEXTS[is_author, int(identity) in upvoted]
        parts.append(with_fields(known.state_text(audience) or "", mine=mine))
    return f"[{','.join(parts)}]", len(visible) - len(chosen)


def _rank(known: Topic, audience: str, attendee_id: int | None) -> tuple[bool, bool, int, bool, int, str]:
    """Return the sort key for cutting a long list: the one on air and the attendee's own, then as on pages."""
    state = known.states[audience] or {}
    is_own = attendee_id is not None and known.owner == attendee_id
    place = FIRST_STATES.index(state["state"]) if state["state"] in FIRST_STATES else len(FIRST_STATES)
    return (
        state["state"] != "on_air",
        not is_own,
        place,
        not state["pinned"],
        -state["votes"],
        state["asked_at"],
    )


def question_audience(socket: RoomSocket, topic: str) -> str:
    """Return the audience that a socket belongs to for one question."""
    if socket.moderator_id is not None or socket.helper_id is not None:
        return MODERATORS
    attendee_id = socket.attendee.attendee_id if socket.attendee else None
    return AUTHOR if is_owned(socket.group, topic, attendee_id) else EVERYBODY
