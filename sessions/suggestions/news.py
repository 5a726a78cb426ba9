"""Suggested follow-ups as news for the sockets of a session: the payload of each audience, and the frames."""

from collections.abc import Sequence

from opendev.core.groups import EVERYBODY, Frame, News, State
from sessions.programme.permissions import MODERATORS
from sessions.suggestions.models import Suggestion
from sessions.suggestions.permissions import AUTHOR
from sessions.suggestions.serializers import suggestion_json

KIND = "suggestion"
AUDIENCES = (MODERATORS, AUTHOR, EVERYBODY)


class SuggestionFrames:
    """The frames of suggestions: `suggestion.changed` with a whole one; one `suggestion.tally` with all new numbers."""

    def changed(self, state: State, now: str) -> Frame:
        """Return the frame with the whole suggestion."""
        return {"type": "suggestion.changed", "now": now, "suggestion": state}

    def tally(self, state: State, now: str) -> Frame:
        """Return the frame with only the number of supporters."""
        return self.tallies([state], now)

    def tallies(self, states: Sequence[State], now: str) -> Frame:
        """Return the frame with the numbers of supporters of several suggestions."""
        counts = [
            {"id": state["id"], "supporters": state["supporters"], "version": state["version"]}
            for state in states
        ]
        return {"type": "suggestion.tally", "suggestions": counts}

    def gone(self, topic: str, version: int) -> Frame:
        """Return the frame for those who saw a suggestion that they may no longer see."""
        return {"type": "suggestion.gone", "suggestion": topic.partition(":")[2], "version": version}


def topic_of(suggestion_id: int) -> str:
    """Return the suggestion's topic in its session's group."""
    return f"{KIND}:{suggestion_id}"


def news_of(suggestion: Suggestion, *, whole: bool = True, gone: bool = False) -> News:
    """Return the suggestion's current state for every audience, or for none if it is gone."""
    states = {each: None if gone else suggestion_json(suggestion, each) for each in AUDIENCES}
    topic, owner = topic_of(suggestion.pk), suggestion.attendee_id
    return News(suggestion.session_id, topic, suggestion.version, states, whole=whole, owner=owner)
