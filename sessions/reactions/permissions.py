"""When people can react, and whether the presenter screen shows it: pure predicates on a session's form in frames."""

from collections.abc import Mapping
from typing import Any


def takes_reactions(session: Mapping[str, Any]) -> bool:
    """Return True if people can react now: the session is live, and its moderators allow it."""
    return session.get("state") == "live" and bool(_rules(session).get("taken"))


def is_on_screen(session: Mapping[str, Any]) -> bool:
    """Return True if presenter screens are sent reactions."""
    return bool(_rules(session).get("on_screen"))


def _rules(session: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the session's rules; none if it was deleted, or sent by an earlier version of the program."""
    rules: Mapping[str, Any] = session.get("reactions", {})
    return rules
