"""The report: as a table for people and as JSON for programs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.figures import Figure, as_json

# figure -> (its name for readers, the limit that we set ourselves on two cores, by database or for both)
NAMES = {
    "cpu_us": "CPU each, µs",
    "cpu_ms": "CPU each, ms",
    "bare_cpu_us": "CPU each, bare ASGI, µs",
    "cpu_ratio_to_bare_asgi": "CPU, ratio to bare ASGI",
    "p95_ratio_to_bare_asgi": "latency p95, ratio to bare ASGI",
    "p50_ms": "latency p50, ms",
    "p95_ms": "latency p95, ms",
    "bare_p50_ms": "latency p50, bare ASGI, ms",
    "bare_p95_ms": "latency p95, bare ASGI, ms",
    "cpu_ratio_to_single": "CPU each, ratio to a single choice",
    "per_s": "a second",
    "bare_per_s": "a second, bare ASGI's echo",
    "share_of_bare_asgi": "share of bare ASGI's echo",
    "join_s": "all joined with snapshot, s",
    "join_cpu_ms": "CPU a join, ms",
    "kb_per_attendee": "memory an attendee, KB",
    "ack_p50_ms": "acknowledged p50, ms",
    "ack_p95_ms": "acknowledged p95, ms",
    "ack_p99_ms": "acknowledged p99, ms",
    "settled_s": "last vote until the last client has the final tally, s",
    "lost": "acknowledged votes that are not counted",
    "miscounted": "votes that a client is shown wrongly at the end",
    "most_in_a_second": "news to one client in its busiest second",
    "unanswered": "votes without an answer",
    "errors": "errors",
    "messages_per_client_s": "news a client and second",
    "cpu_per_vote_us": "CPU a vote with all its news, µs",
    "cpu_per_vote_ratio_to_500": "CPU a vote, ratio to a room of 500",
    "cpu_share": "share of the server's core",
    "loop_lag_max_ms": "longest wait for the server's loop, ms",
    "driver_lag_max_ms": "longest lag of the driver itself, ms",
    "reconnect_s": "all back at once after a cut, s",
    "cpu_ms_a_phone": "CPU a phone, from the scan to the first snapshot, ms",
    "ratio_to_bare_asgi": "CPU a phone, ratio to bare ASGI",
    "ratio_to_before": "CPU a phone, ratio to the build in BEFORE",
    "p50_s": "from the scan to the first snapshot, p50, s",
    "p95_s": "from the scan to the first snapshot, p95, s",
    "max_s": "from the scan to the first snapshot, longest, s",
    "requests": "requests a phone, the socket's handshake included",
    "bytes": "bytes to a phone, headers included",
    "idle_share": "share of a core while nobody comes, taken off",
    "forgotten": "came back without their answer",
}
LIMITS: dict[tuple[str, str], float] = {
    ("fanout", "cpu_ratio_to_bare_asgi"): 1.1,
    ("postgres.room.5000", "ack_p95_ms"): 150,
    ("room.5000", "ack_p95_ms"): 100,
    ("room.600", "ack_p95_ms"): 30,
    ("room.10000", "ack_p95_ms"): 250,
    ("room.5000", "join_s"): 5,
    ("room.5000", "cpu_per_vote_ratio_to_500"): 1.2,
    ("room.5000", "kb_per_attendee"): 25,
}
ROOM_LIMITS = {"settled_s": 0.6, "lost": 0, "unanswered": 0, "errors": 0, "messages_per_client_s": 4}
DOOR_LIMITS = {"errors": 0, "requests": 12}
UPVOTE_LIMITS = {"miscounted": 0, "unanswered": 0, "errors": 0, "most_in_a_second": 4}
AT_LEAST = {("votes", "share_of_bare_asgi"): 0.35, ("postgres.votes", "share_of_bare_asgi"): 0.24}


def sections(found: dict[str, Any], before: str = "") -> Iterator[tuple[str, dict[str, Figure]]]:
    """Yield each group of figures with its dotted name, such as `room.500`."""
    own = {name: one for name, one in found.items() if isinstance(one, Figure)}
    if own:
        yield before, own
    for name, inner in found.items():
        if isinstance(inner, dict):
            yield from sections(inner, f"{before}.{name}" if before else name)


def table(found: dict[str, Any]) -> str:
    """Return the table: median, spread, and the limit if there is one."""
    lines = []
    for section, own in sections(found):
        lines.append(f"\n{section}")
        for name, one in own.items():
            limit = judged(section, name, one.median)
            lines.append(
                f"  {NAMES.get(name, name):<56} {number(one.median):>9}"
                f"  {number(one.low):>9} to {number(one.high):<9} {limit}"
            )
    return "\n".join(lines).lstrip("\n")


def document(found: dict[str, Any], about: dict[str, Any]) -> str:
    """Return docs/figures.md: the table of the last complete run, with the machine that it was made on."""
    return (
        "# Figures of the last whole run of `make bench`\n\n"
        f"{about['machine']}. Median of {about['runs']} runs, and their spread; {about['minutes']} minutes.\n"
        f"The machine's load before it began was {about['load_before']}. What the lines mean\n"
        "stands in [benchmark.md](benchmark.md).\n\n"
        f"![Acknowledgements by the size of the room](pictures/benchmark.svg)\n\n```\n{table(found)}\n```\n"
    )


def judged(section: str, name: str, value: float) -> str:
    """Return the limit of a figure, with a mark if it is missed."""
    if (least := AT_LEAST.get((section, name))) is not None:
        return f"at least {least:g}{'' if value >= least else '  MISSED'}"
    most = LIMITS.get((section, name))
    if most is None and ".".join(section.split(".")[:-1]).endswith("room"):
        most = ROOM_LIMITS.get(name)
    if most is None and name == "cpu_ratio_to_single":
        most = 1.25
    if most is None and section.split(".")[0] == "door" and section.split(".")[-1] != "before":
        most = DOOR_LIMITS.get(name)
    if most is None and section.split(".")[-1] == "upvotes":
        most = UPVOTE_LIMITS.get(name)
    if most is None:
        return ""
    return f"at most {most:g}{'' if value <= most else '  MISSED'}"


def number(value: float) -> str:
    """Return three significant digits, and all digits of larger numbers."""
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def nested(found: dict[str, Any]) -> dict[str, Any]:
    """Return the figures as plain numbers with their spreads, in the form of bench/report.json."""
    own = as_json({name: one for name, one in found.items() if isinstance(one, Figure)})
    return own | {name: nested(inner) for name, inner in found.items() if isinstance(inner, dict)}


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return both, group by group."""
    both = dict(one)
    for name, inner in other.items():
        known = both.get(name)
        both[name] = merged(known, inner) if isinstance(known, dict) and isinstance(inner, dict) else inner
    return both


def write(path: Path, found: dict[str, Any], about: dict[str, Any]) -> None:
    """Write bench/report.json."""
    path.write_text(json.dumps({"about": about, **nested(found)}, indent=2) + "\n")
