"""The frames that carry reactions and pace to the sockets that show them."""

from collections.abc import Mapping

from opendev.core.groups import Frame
from sessions.reactions.serializers import Pace


def reaction_tally(reactions: Mapping[str, int]) -> Frame:
    """Return the frame with the reactions since the last one, for control rooms and presenter screens."""
    return {"type": "reaction.tally", "reactions": dict(reactions)}


def pace_changed(pace: Pace) -> Frame:
    """Return the frame with the pace signals that hold now, for moderators."""
    return {"type": "pace.changed", "pace": pace}
