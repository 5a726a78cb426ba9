"""People's taps in one session, counted in memory: pure, with the time as an argument.

A *reaction* is applause or a thumb: it is counted once and forgotten as soon as it was sent. A *pace signal* says
"slower" or "lost": it holds for one attendee until it fades, and a later one of the same person takes its place.

Each process counts its own taps and sends them to the others in a *report*. Pace is sent as counts, like presence, so
that lost and repeated reports do no harm; the report also has the attendees who signalled here since the last one, and
when, so that a process drops an earlier signal of the same person.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REACTIONS = ("applause", "thumbs_up")
PACES = ("slower", "lost")
FADES_S = 120.0
REPORT_HOLDS_S = 6.0  # how long the counts of another process are valid

Report = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Signal:
    """An attendee's signal; `said_at` is by the clock that all processes share, in seconds since 1970."""

    pace: str
    fades_at: float
    said_at: float


class SessionCounters:
    """Reactions and pace signals of one session. `now` is in seconds on a clock that never goes back."""

    def __init__(self) -> None:
        self.reactions: Counter[str] = Counter()  # tapped here, not yet reported
        self.untold: Counter[str] = Counter()  # tapped anywhere, not yet sent to sockets
        self.signals: dict[int, Signal] = {}  # by attendee
        self.moved: dict[int, float] = {}  # who signalled here since the last report, and when
        self.elsewhere: dict[
            str, tuple[dict[str, int], float]
        ] = {}  # process -> its counts, and when it reported them
        self.has_reported = False  # the last report had signals

    def react(self, reaction: str) -> None:
        """Count one reaction."""
        self.reactions[reaction] += 1
        self.untold[reaction] += 1

    def signal(self, attendee_id: int, pace: str | None, *, now: float, said_at: float) -> None:
        """Set an attendee's pace signal, which fades after two minutes; None withdraws it."""
        self.signals.pop(attendee_id, None)
        if pace is not None:
            self.signals[attendee_id] = Signal(pace, now + FADES_S, said_at)
        self.moved[attendee_id] = said_at

    def fade(self, now: float) -> None:
        """Drop signals that are over, and counts of processes that have been silent."""
        self.signals = {who: signal for who, signal in self.signals.items() if signal.fades_at > now}
        self.elsewhere = {
            process: report for process, report in self.elsewhere.items() if now - report[1] < REPORT_HOLDS_S
        }

    def clear(self) -> None:
        """Forget everything: the session no longer takes reactions."""
        self.reactions.clear()
        self.untold.clear()
        self.signals.clear()
        self.elsewhere.clear()

    def pace_here(self) -> dict[str, int]:
        """Return how many attendees signalled each pace in this process."""
        counts = Counter(signal.pace for signal in self.signals.values())
        return {pace: counts[pace] for pace in PACES}

    def pace(self) -> dict[str, int]:
        """Return how many attendees signalled each pace in all processes."""
        total = Counter(self.pace_here())
        for counts, _heard_at in self.elsewhere.values():
            total.update(counts)
        return {pace: total[pace] for pace in PACES}

    def pop_report(self) -> Report | None:
        """Return the report to the other processes; None if there is nothing to report.

        As long as there are signals each round reports them, since counts are only valid for a few seconds.
        """
        is_due = bool(self.reactions or self.moved or self.signals or self.has_reported)
        report = {
            "reactions": dict(self.reactions),
            "pace": self.pace_here(),
            "moved": list(self.moved.items()),
        }
        self.has_reported = bool(self.signals)
        self.reactions.clear()
        self.moved.clear()
        return report if is_due else None

    def hear(self, process: str, report: Mapping[str, Any], now: float) -> None:
        """Store the report of another process."""
        for reaction, count in report["reactions"].items():
            self.untold[reaction] += count
        for attendee_id, said_at in report["moved"]:
            if (own := self.signals.get(attendee_id)) and own.said_at < said_at:
                del self.signals[attendee_id]
        self.elsewhere[process] = (dict(report["pace"]), now)

    def pop_untold(self) -> dict[str, int]:
        """Return the reactions that have not been sent yet, {} if there are none."""
        untold = {reaction: self.untold[reaction] for reaction in REACTIONS} if self.untold else {}
        self.untold.clear()
        return untold

    @property
    def is_idle(self) -> bool:
        """Whether nothing is left that could be sent or fade."""
        return not (
            self.untold or self.reactions or self.signals or self.moved or self.elsewhere or self.has_reported
        )
