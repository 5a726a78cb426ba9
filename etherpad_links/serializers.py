"""The public JSON of pads."""

from typing import Any

from etherpad_links.selectors import PadState, reading_url


def pad_json(found: PadState) -> dict[str, Any]:
    """Return a session's pad for everybody: where it is, whether we reach it, and on which line each heading is now."""
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
