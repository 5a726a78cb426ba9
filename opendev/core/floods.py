"""How much one network may write into a session: questions, suggestions and sign-ups, which everybody reads.

An office, or a hall behind one Wi-Fi, is one network. It asks some questions a minute, signs up in bursts, and most
of it joined earlier. A script joins and writes at once. So the people of a network who joined moments ago share a
tight limit, and the whole network has a wide one. Moderators are notified when either is reached (docs/adr/0009).
"""

import time

from opendev.core.attendance import AttendeePass
from opendev.core.errors import TooOften
from opendev.core.limits import Network, check_limit
from opendev.core.newcomers import newcomers

NEWCOMER_S = 120  # from joining; as long as a network's joins are remembered


def is_newcomer(attendee: AttendeePass) -> bool:
    """Return True if the pass was issued less than two minutes ago; the pass says so to every process alike."""
    return time.time() - attendee.issued_at < NEWCOMER_S


def check_questions(*, networks: tuple[Network, ...], attendee: AttendeePass, session_id: int) -> None:
    """Count a question against its attendee and each of `networks`, of which there are none if limits do not apply.

    Raises:
        TooOften
    """
    check_limit("ask", str(attendee.attendee_id))
    _check_network("questions", "ask", networks, attendee, session_id)


def check_suggestions(*, networks: tuple[Network, ...], attendee: AttendeePass, session_id: int) -> None:
    """Count a suggested follow-up, as `check_questions` counts a question.

    Raises:
        TooOften
    """
    check_limit("suggest", str(attendee.attendee_id))
    _check_network("suggestions", "suggest", networks, attendee, session_id)


def check_sign_ups(*, networks: tuple[Network, ...], attendee: AttendeePass, session_id: int) -> None:
    """Count a sign-up against each of `networks`, of which there are none if limits do not apply.

    Raises:
        TooOften
    """
    _check_network("sign_ups", "sign_up", networks, attendee, session_id)


def _check_network(
    what: str, kind: str, networks: tuple[Network, ...], attendee: AttendeePass, session_id: int
) -> None:
    try:
        for network in networks:
            if is_newcomer(attendee):
                check_limit(f"{kind}_newcomers", *network)
            check_limit(f"{kind}_network", *network)
    except TooOften:
        newcomers.note_flood(session_id, what)
        raise
