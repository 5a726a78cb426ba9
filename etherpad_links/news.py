"""Pads as news for the sockets of a session.

The worker is a separate process without sockets: it increments the link's version, and serving processes look for that
(`opendev/room/pads.py`).
"""

from etherpad_links.selectors import PadState
from etherpad_links.serializers import pad_json
from opendev.core.groups import EVERYBODY, Frame, News, State

KIND = "pad"
TOPIC = "pad"


class PadFrames:
    """The frames of pads: always whole, since they are small."""

    def changed(self, state: State, now: str) -> Frame:
        """Return the frame with the positions of the headings."""
        return {"type": "pad.changed", "now": now, "pad": state}

    def tally(self, state: State, now: str) -> Frame:
        """Return the same frame."""
        return self.changed(state, now)

    def gone(self, topic: str, version: int) -> Frame:
        """Return the frame of a pad that was unlinked."""
        return {"type": "pad.gone", "version": version}


def news_of(found: PadState) -> News:
    """Return the pad's current state, the same for every audience."""
    return News(found.link.session_id, TOPIC, found.link.version, {EVERYBODY: pad_json(found)})
