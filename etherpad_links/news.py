"""How pads travel to the sockets of a session.

The worker is a process of its own without sockets: it counts the link's version up, and whoever serves looks for that
(`opendev/room/pads.py`).
"""

from etherpad_links.selectors import PadState
from etherpad_links.serializers import pad_json
from opendev.core.groups import EVERYBODY, Frame, News, State

KIND = "pad"
TOPIC = "pad"


class PadFrames:
    """How a pad travels: always whole, since it is small."""

    def changed(self, state: State, now: str) -> Frame:
        """Return the frame with where the headings are."""
        return {"type": "pad.changed", "now": now, "pad": state}

    def tally(self, state: State, now: str) -> Frame:
        """Return the same."""
        return self.changed(state, now)

    def gone(self, topic: str, version: int) -> Frame:
        """Return the frame of a pad that was unlinked."""
        return {"type": "pad.gone", "version": version}


def news_of(found: PadState) -> News:
    """Return the pad as it stands, for every audience alike."""
    return News(found.link.session_id, TOPIC, found.link.version, {EVERYBODY: pad_json(found)})
