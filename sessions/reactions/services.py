"""Reactions, and signals that it goes too fast: what attendees may tap, how often, and whether a session takes it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import AttendeePass, Caller
from opendev.core.errors import Conflict
from opendev.core.limits import check_limit
from opendev.core.text import clean_word
from sessions.programme.models import Session
from sessions.programme.refusals import SessionIsCancelled, SessionIsOver
from sessions.programme.services.rules import set_rules
from sessions.reactions import broadcasts
from sessions.reactions.counters import PACES, REACTIONS
from sessions.reactions.permissions import takes_reactions
from sessions.reactions.serializers import Pace


class ReactionsAreOff(Conflict):
    code, message = "reactions_are_off", _("This session does not take reactions right now.")


def react(*, session: Mapping[str, Any], attendee: AttendeePass, reaction: Any) -> str:
    """Count a reaction and return it. It is sent within a second and then forgotten.

    Args:
        session: the session's form in frames.
        attendee: somebody who joined its event.

    Raises:
        Malformed: not a known reaction.
        SessionIsOver, SessionIsCancelled, ReactionsAreOff
        TooOften: the same attendee reacted a moment ago.
    """
    name = clean_word(reaction, field="reaction", choices=REACTIONS)
    check_takes_reactions(session)
    check_limit("react", str(attendee.attendee_id))
    broadcasts.reacted(int(session["id"]), name)
    return name


def set_pace(*, session: Mapping[str, Any], attendee: AttendeePass, pace: Any) -> str | None:
    """Set an attendee's pace signal and return it; None withdraws it. It counts once, and fades after two minutes.

    Args:
        session: the session's form in frames.
        attendee: somebody who joined its event.
        pace: "slower", "lost" or None.

    Raises:
        Malformed: none of these words.
        SessionIsOver, SessionIsCancelled, ReactionsAreOff, TooOften
    """
    name = None if pace is None else clean_word(pace, field="pace", choices=PACES)
    check_takes_reactions(session)
    check_limit("pace", str(attendee.attendee_id))
    broadcasts.signalled(int(session["id"]), attendee.attendee_id, name)
    return name


def check_takes_reactions(session: Mapping[str, Any]) -> None:
    """Raise unless the session is live and takes reactions.

    Raises:
        SessionIsOver, SessionIsCancelled
        ReactionsAreOff: also before the session starts.
    """
    if session["state"] == Session.State.OVER:
        raise SessionIsOver
    if session["cancelled"] and session["state"] == Session.State.UPCOMING:
        raise SessionIsCancelled
    if not takes_reactions(session):
        raise ReactionsAreOff


def pace_of(session_id: int) -> Pace:
    """Return the pace signals that hold now, by this process's last count."""
    return broadcasts.board.pace_told(session_id)


def show_reactions(session_id: int, socket: broadcasts.Watcher) -> None:
    """Send reactions to a socket from now on, and pace to a moderator's. Only on the loop."""
    broadcasts.board.watch(session_id, socket)


def set_reaction_rules(
    *, session_id: int, caller: Caller, taken: Any = None, on_screen: Any = None
) -> Session:
    """Set whether people can react, and whether the presenter screen shows it. None leaves it as it is. For moderators.

    Raises:
        NotFound, NotSignedIn, NotModerator
        Malformed: neither true nor false.
    """
    fields = {"taken": "reactions_open", "on_screen": "reactions_on_screen"}
    values = {"taken": taken, "on_screen": on_screen}
    return set_rules(session_id=session_id, caller=caller, setting="reactions", fields=fields, values=values)


async def tell_for_ever() -> None:
    """Send the taps once a second, as long as the process lives."""
    await broadcasts.tell_for_ever()
