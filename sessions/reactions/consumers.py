"""The commands of a room's socket for reactions and pace. They need no database query."""

from typing import Any

from opendev.core.attendance import AttendeePass
from opendev.core.desk import RoomSocket
from opendev.core.groups import EVERYBODY, Frame, Group, State
from sessions.programme.news import TOPIC
from sessions.programme.services.rights import NotJoined
from sessions.reactions import services

SCREEN_VIEWS = frozenset({"display", "screen"})


def _from(socket: RoomSocket) -> tuple[State, AttendeePass]:
    """Return the session as the room knows it, and the attendee.

    Raises:
        NotJoined: also if the pass was revoked.
    """
    assert socket.group is not None  # noqa: S101
    attendee = socket.attendee
    if attendee is None or attendee.attendee_id in socket.group.revoked:
        raise NotJoined
    session = socket.group.topics[TOPIC].states[EVERYBODY]
    if session is None:  # deleted a moment ago
        raise NotJoined
    return session, attendee


def react(socket: RoomSocket, frame: Frame) -> None:
    """`reaction.send`: applause, or a thumb."""
    session, attendee = _from(socket)
    services.react(session=session, attendee=attendee, reaction=frame.get("reaction"))
    socket.answer({"type": "ok", "ref": frame.get("ref")})


def set_pace(socket: RoomSocket, frame: Frame) -> None:
    """`pace.set`: slower, lost, or null to withdraw it."""
    session, attendee = _from(socket)
    services.set_pace(session=session, attendee=attendee, pace=frame.get("pace"))
    socket.answer({"type": "ok", "ref": frame.get("ref")})


COMMANDS = {"reaction.send": react, "pace.set": set_pace}


def watch(group: Group, socket: Any, view: str) -> None:
    """Send reactions to moderators and presenter screens from now on; attendees get none."""
    if socket.moderator_id is not None or view in SCREEN_VIEWS:
        services.show_reactions(group.key, socket)


def snapshot_part(group: Group, *, is_moderator: bool) -> Frame:
    """Return the snapshot's `pace`, for moderators."""
    return {"pace": services.pace_of(group.key)} if is_moderator else {}
