"""The public JSON of pads."""

from typing import Any

from etherpad_links.models import EtherpadLink, PadRules
from etherpad_links.selectors import PadState, reading_url
from opendev.core.text import time_text
from sessions.programme.models import Session


def pad_json(found: PadState) -> dict[str, Any]:
    """Return a session's pad for everybody: its address, whether we can reach it, and the line of each heading."""
    return {
        "session": str(found.link.session_id),
        "version": found.link.version,
        "url": reading_url(found.link),
        "health": found.link.health,
        "lines": [
            {"line": str(line.line_id), "number": line.number, "state": line.state, "pending": line.pending}
            for line in found.lines
        ],
    }


def event_pad_json(session: Session, link: EtherpadLink | None) -> dict[str, Any]:
    """Return one session of an event with its pad, for organisers."""
    return {
        "session": str(session.pk),
        "title": session.title,
        "url": link.url if link else None,
        "health": link.health if link else None,
        "since": time_text(link.health_at) if link else None,
        "lost_lines": getattr(link, "lost_lines", 0),
    }


def pad_rules_json(rules: PadRules) -> dict[str, Any]:
    """Return an event's rules for new pads."""
    return {"name_pattern": rules.name_pattern, "template": rules.template}
