"""The figures of `/metrics`. Nothing here runs per frame or per vote: only whole batches and ticks are counted.

With several workers each process writes its figures into its own file, and the one that is asked adds all files up
(prometheus-client's multiprocess mode, switched on by `manage.py serve`). ADR 0007 says why.
"""

import os
import re
from contextlib import suppress
from pathlib import Path

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # the library reads it when it is imported
CONTENT_TYPE = "text/plain; version=1.0.0; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second line for each figure, which nobody reads

SOCKETS = Gauge("companion_sockets", "Open sockets.", multiprocess_mode="livesum")
PARKED = Gauge("companion_sockets_parked", "Sockets that do not read just now.", multiprocess_mode="livesum")
GROUPS = Gauge("companion_sessions_watched", "Sessions with somebody in them.", multiprocess_mode="livemax")
QUEUE = Gauge("companion_queue_depth", "What waits in a queue.", ["queue"], multiprocess_mode="livesum")
BUS_UP = Gauge("companion_bus_up", "1 while the other processes can be reached.", multiprocess_mode="livemin")
LAG_NOW = Gauge(
    "companion_loop_lag_now_seconds", "Longest lag of the last second.", multiprocess_mode="livemax"
)
LAG = Histogram("companion_loop_lag_seconds", "How late the loop runs what is due.", buckets=SECONDS)
TICK = Histogram("companion_tick_seconds", "How long one news took to be written to all.", buckets=SECONDS)
FRAMES = Counter("companion_news_frames", "News written or owed to sockets.")
VOTES = Counter("companion_votes", "Votes, by what became of them.", ["outcome"])
BATCH_SIZE = Histogram("companion_batch_size", "Items worked off at once.", ["queue"], buckets=SIZES)
BATCH_SECONDS = Histogram("companion_batch_seconds", "How long a batch took.", ["queue"], buckets=SECONDS)
REFUSED = Counter("companion_refused", "What was refused or slowed, by limit.", ["limit"])

_LIVE_FILE = re.compile(r"gauge_live[a-z]+_(\d+)\.db\Z")


def exposition() -> bytes:
    """Return all figures as Prometheus text: of this process, or of all workers added up."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder is None:
        return generate_latest(REGISTRY)
    _forget_dead(Path(folder))
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def fresh_folder(folder: Path) -> None:
    """Create the folder for several workers' figures, and delete those of the last start."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink(missing_ok=True)


def _forget_dead(folder: Path) -> None:
    """Drop the gauges of workers that died; their counters stay."""
    for file in folder.glob("gauge_live*.db"):
        match = _LIVE_FILE.match(file.name)
        if match and not _lives(int(match[1])):
            with suppress(FileNotFoundError):  # another worker was asked at the same moment
                mark_process_dead(int(match[1]), path=str(folder))  # type: ignore[no-untyped-call]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
