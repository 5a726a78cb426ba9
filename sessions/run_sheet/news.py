"""Run sheets as news for the sockets of a session: two topics, so that only moderators learn of the plan."""

from opendev.core.groups import EVERYBODY, Frame, News, State
from sessions.programme.permissions import MODERATORS
from sessions.run_sheet.selectors import SheetWithItems
from sessions.run_sheet.serializers import run_sheet_json, running_json

PLAN, RUNNING = "run_sheet", "running"


class PlanFrames:
    """The frames of the plan, for moderators: always whole."""

    def changed(self, state: State, now: str) -> Frame:
        """Return the frame with the plan."""
        return {"type": "run_sheet.changed", "now": now, "run_sheet": state}

    def tally(self, state: State, now: str) -> Frame:
        """Return the same."""
        return self.changed(state, now)

    def gone(self, topic: str, version: int) -> Frame:
        """Return the frame of a plan that was deleted."""
        return {"type": "run_sheet.gone", "version": version}


class RunningFrames:
    """The frames of the running item, the same for everybody."""

    def changed(self, state: State, now: str) -> Frame:
        """Return the frame with the running item, or that there is none."""
        return {"type": "running.changed", "now": now, "running": state}

    def tally(self, state: State, now: str) -> Frame:
        """Return the same."""
        return self.changed(state, now)

    def gone(self, topic: str, version: int) -> Frame:
        """Return the frame of a run sheet that was deleted."""
        return {"type": "running.gone", "version": version}


def plan_news(found: SheetWithItems) -> News:
    """Return the current plan, for moderators only."""
    states = {MODERATORS: run_sheet_json(found), EVERYBODY: None}
    return News(found.sheet.session_id, PLAN, found.sheet.version, states)


def running_news(found: SheetWithItems) -> News:
    """Return the running item, for every audience."""
    states = {EVERYBODY: running_json(found)}
    return News(found.sheet.session_id, RUNNING, found.sheet.running_version, states)
