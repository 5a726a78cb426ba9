"""When people can react, and what the presenter screen shows of it: pure predicates on a session as frames carry it."""

from collections.abc import Mapping
from typing import Any


def takes_reactions(session: Mapping[str, Any]) -> bool:
    """Return True if people can react now: the session is live, and its moderators want it."""
    return session.get("state") == "live" and bool(_rules(session).get("taken"))


def is_on_screen(session: Mapping[str, Any]) -> bool:
    """Return True if presenter screens are told of reactions."""
    return bool(_rules(session).get("on_screen"))


def _rules(session: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the session's rules; none where it was deleted, or an earlier version of the program told of it."""
    rules: Mapping[str, Any] = session.get("reactions", {})
    return rules
