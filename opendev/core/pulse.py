"""The pulse of the loop: how late it runs its callbacks, and once a second the gauges of `/metrics`."""

import asyncio
from collections import deque
from collections.abc import Callable

from prometheus_client import Gauge

from opendev.core import metrics

BEAT_S = 0.1
BEATS_A_ROUND = 10  # the gauges are set once a second
ROUNDS = 5


class Pulse:
    """Measures the lag of its loop; `longest` has the longest lag of each of the last rounds, in seconds."""

    def __init__(self) -> None:
        self.longest: deque[float] = deque(maxlen=ROUNDS)
        self.readings: list[tuple[Gauge, Callable[[], float]]] = []

    def watch(self, gauge: Gauge, read: Callable[[], float]) -> None:
        """Set a gauge once a second to the result of `read()` on the loop."""
        self.readings.append((gauge, read))

    def begin(self) -> None:
        """Reset gauges and measurements; called once per process before anything is watched."""
        self.longest.clear()
        self.readings = []

    @property
    def lasting_lag(self) -> float:
        """The lag that the loop had in every one of the last rounds: 0 after a single delay."""
        return min(self.longest) if len(self.longest) == ROUNDS else 0.0

    async def beat_for_ever(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            longest = 0.0
            for _ in range(BEATS_A_ROUND):
                due = loop.time() + BEAT_S
                await asyncio.sleep(BEAT_S)
                late = max(0.0, loop.time() - due)
                metrics.LAG.observe(late)
                longest = max(longest, late)
            self.longest.append(longest)
            metrics.LAG_NOW.set(longest)
            for gauge, read in self.readings:
                gauge.set(read())


pulse = Pulse()
