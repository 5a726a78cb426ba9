"""Polls as news for the sockets of a session: the payload of each audience, and the frames."""

from opendev.core.groups import EVERYBODY, Frame, News, State
from polls.kinds import kind_named
from polls.models import Poll
from polls.permissions import VOTED
from polls.serializers import Options, poll_json
from sessions.programme.permissions import MODERATORS

KIND = "poll"
POLL_AUDIENCES = (MODERATORS, VOTED, EVERYBODY)


class PollFrames:
    """The frames of polls: `poll.changed` with the whole poll, `poll.tally` with only the numbers."""

    def changed(self, state: State, now: str) -> Frame:
        """Return the frame with the whole poll."""
        return {"type": "poll.changed", "now": now, "poll": state}

    def tally(self, state: State, now: str) -> Frame:
        """Return the frame with the numbers; `options` only if the audience sees them. Written answers are sent
        completely, as `answers`, since there may be new ones.
        """
        frame: Frame = {
            "type": "poll.tally",
            "poll": state["id"],
            "version": state["version"],
            "ballots": state["ballots"],
        }
        if kind_named(state["kind"]).is_written:
            frame |= {name: state[name] for name in ("moderation",) if name in state}
            if "result" in state:
                frame["answers"] = state["options"]
        elif state["options"] and "count" in state["options"][0]:
            frame["options"] = [{"id": option["id"], "count": option["count"]} for option in state["options"]]
        if "result" in state:
            frame["result"] = state["result"]
        frame |= {name: state[name] for name in ("other", "moderation") if name in state}
        return frame

    def gone(self, topic: str, version: int) -> Frame:
        """Return the frame for those who saw a poll that they may no longer see."""
        return {"type": "poll.gone", "poll": topic.partition(":")[2], "version": version}


def topic_of(poll_id: int) -> str:
    """Return the poll's topic in its session's group."""
    return f"{KIND}:{poll_id}"


def news_of(poll: Poll, options: Options, *, whole: bool = True) -> News:
    """Return the poll's current state for every audience."""
    states = {audience: poll_json(poll, options, audience) for audience in POLL_AUDIENCES}
    return News(poll.session_id, topic_of(poll.pk), poll.version, states, whole)
