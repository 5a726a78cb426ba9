"""The room socket's commands about suggested follow-ups, and their part of its snapshot."""

from functools import partial
from typing import Any

from django.utils import timezone

from opendev.core.attendance import AttendeePass
from opendev.core.batching import Answer
from opendev.core.desk import RoomSocket, caller_of, put_and_confirm
from opendev.core.errors import DomainError
from opendev.core.floods import check_suggestions
from opendev.core.groups import EVERYBODY, Frame, Group, encode, is_owned, with_fields
from opendev.core.text import clean_id
from sessions.programme.permissions import MODERATORS
from sessions.programme.services.rights import NotJoined
from sessions.suggestions.box import read_support, support_box, supports_reader
from sessions.suggestions.news import KIND, topic_of
from sessions.suggestions.permissions import AUTHOR
from sessions.suggestions.services.moving import set_suggestion_state, undo_suggestion
from sessions.suggestions.services.suggesting import (
    edit_suggestion,
    suggest_follow_up,
    withdraw_suggestion,
)
from sessions.suggestions.services.supports import Supported

OWN = {"author": True, "supported": False}
# Encoded once: a snapshot contains one of them for each suggestion.
MINE_TEXTS = {
    (author, supported): encode({"author": author, "supported": supported})
    for author in (False, True)
    for supported in (False, True)
}

_do = partial(put_and_confirm, kind=KIND)


def _id_in(frame: dict[str, Any]) -> int:
    return clean_id(frame.get("suggestion"), field="suggestion")


def suggest(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`suggestion.suggest`: suggest a follow-up."""
    if socket.attendee is None:
        raise NotJoined
    assert socket.group is not None  # noqa: S101
    check_suggestions(networks=socket.networks, attendee=socket.attendee, session_id=socket.group.key)
    act = partial(
        suggest_follow_up,
        session_id=socket.group.key,
        attendee=socket.attendee,
        title=frame.get("title"),
        now=timezone.now(),
    )
    _do(socket, frame, act, mine=OWN)


def edit(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`suggestion.edit`: change the title of your own suggestion."""
    pk, title = _id_in(frame), frame.get("title")
    act = partial(edit_suggestion, suggestion_id=pk, attendee=socket.attendee, title=title)
    _do(socket, frame, act, mine=OWN)


def withdraw(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`suggestion.withdraw`: withdraw your own suggestion."""
    act = partial(withdraw_suggestion, suggestion_id=_id_in(frame), attendee=socket.attendee)
    _do(socket, frame, act)


def support(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`suggestion.support`: support a suggestion."""
    _cast(socket, frame, takes_back=False)


def take_back(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`suggestion.take_back`: withdraw the support."""
    _cast(socket, frame, takes_back=True)


def _cast(socket: RoomSocket, frame: dict[str, Any], *, takes_back: bool) -> None:
    if socket.attendee is None:
        raise NotJoined
    wish = read_support(suggestion=frame.get("suggestion"), attendee=socket.attendee, takes_back=takes_back)
    ref = frame.get("ref")

    def succeed(supported: Supported) -> None:
        mine = {"author": False, "supported": supported.supported}
        ok = {"type": "ok", "ref": ref, "suggestion": str(supported.suggestion_id)}
        socket.answer({**ok, "mine": mine, "version": supported.version})
        socket.own_answered(topic_of(supported.suggestion_id))

    socket.submit(partial(support_box.put, wish, origin=socket), ref, succeed)


def set_state(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`suggestion.state`: approve, open as a follow-up, dismiss, restore. For moderators."""
    act = partial(
        set_suggestion_state,
        suggestion_id=_id_in(frame),
        caller=caller_of(socket),
        state=frame.get("state"),
        seen=frame.get("seen"),
        now=timezone.now(),
    )
    _do(socket, frame, act)


def undo(socket: RoomSocket, frame: dict[str, Any]) -> None:
    """`suggestion.undo`: undo the last move. For moderators."""
    pk, caller = _id_in(frame), caller_of(socket)
    _do(socket, frame, partial(undo_suggestion, suggestion_id=pk, caller=caller, now=timezone.now()))


COMMANDS = {
    "suggestion.suggest": suggest,
    "suggestion.edit": edit,
    "suggestion.withdraw": withdraw,
    "suggestion.support": support,
    "suggestion.take_back": take_back,
    "suggestion.state": set_state,
    "suggestion.undo": undo,
}


def read_own(attendee: AttendeePass, group: Group, suggestion_id: int, answer: Answer[Frame]) -> None:
    """Reread whether the attendee supports a suggestion; `answer` is called with its `suggestion.mine`.

    Raises:
        TryLater: too many wait.
    """

    def read(outcome: set[int] | DomainError) -> None:
        if isinstance(outcome, DomainError):
            return answer(outcome)
        is_author = is_owned(group, topic_of(suggestion_id), attendee.attendee_id)
        mine = {"author": is_author, "supported": suggestion_id in outcome}
        return answer({"type": "suggestion.mine", "suggestion": str(suggestion_id), "mine": mine})

    supports_reader.put((attendee.attendee_id, group.key), read)


async def read_supports(attendee: AttendeePass, group: Group) -> set[int]:
    """Return the suggestions that the attendee supports; attendees who join at once share the query.

    Raises:
        TryLater
    """
    if not any(topic.startswith(f"{KIND}:") for topic in group.topics):
        return set()
    return await supports_reader.ask((attendee.attendee_id, group.key))


def snapshot_suggestions(group: Group, socket: RoomSocket, supported: set[int]) -> str:
    """Return the snapshot's `suggestions` as JSON text, joined from texts that the Hub encoded once for everybody."""
    attendee_id = socket.attendee.attendee_id if socket.attendee else None
    parts = []
    for topic, known in group.topics.items():
        kind, _, identity = topic.partition(":")
        if kind == KIND and (text := known.state_text(socket.audience(topic))):
            is_author = attendee_id is not None and known.owner == attendee_id
            mine = MINE_TEXTS[is_author, int(identity) in supported]
            parts.append(with_fields(text, mine=mine))
    return f"[{','.join(parts)}]"


def suggestion_audience(socket: RoomSocket, topic: str) -> str:
    """Return the audience that a socket belongs to for one suggestion. Helpers look after questions, not follow-ups."""
    if socket.moderator_id is not None:
        return MODERATORS
    attendee_id = socket.attendee.attendee_id if socket.attendee else None
    return AUTHOR if is_owned(socket.group, topic, attendee_id) else EVERYBODY
