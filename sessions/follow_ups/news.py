"""Sign-up lines as news for the sockets of a session."""

from opendev.core.groups import EVERYBODY, Frame, News, State
from sessions.follow_ups.selectors.lines import LineWithNames
from sessions.follow_ups.serializers import line_json

KIND = "line"


class LineFrames:
    """The frames of lines: `line.changed` with the whole line, `line.tally` with only its names."""

    def changed(self, state: State, now: str) -> Frame:
        """Return the frame with the whole line."""
        return {"type": "line.changed", "now": now, "line": state}

    def tally(self, state: State, now: str) -> Frame:
        """Return the frame with the number of names, and the first that are listed."""
        return {
            "type": "line.tally",
            "line": state["id"],
            "version": state["version"],
            "count": state["count"],
            "names": state["names"],
        }

    def gone(self, topic: str, version: int) -> Frame:
        """Return the frame of a line that was deleted."""
        return {"type": "line.gone", "line": topic.partition(":")[2], "version": version}


def topic_of(line_id: int) -> str:
    """Return the line's topic in its session's group."""
    return f"{KIND}:{line_id}"


def news_of(found: LineWithNames, *, whole: bool = True) -> News:
    """Return the line's current state, the same for every audience: data for only some readers is not sent."""
    line = found.line
    states = {EVERYBODY: line_json(found)}
    return News(line.session_id, topic_of(line.pk), line.version, states, whole)
