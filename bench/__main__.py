"""`python -m bench`, which `make bench` becomes: plays the parts, prints the table, writes the report and the plot."""

import os
import sys
import time
from dataclasses import replace
from typing import Any

from bench import machine, plot, report
from bench.parts import NEEDS, PARTS
from bench.phone import MOST_CONNECTIONS
from bench.scale import Scale
from bench.stage import Stage
from tests.support.databases import ROOT
from tools.debian import stop_as_if_interrupted_on_sigterm

REPORT = ROOT / "bench" / "report.json"
FIGURES = ROOT / "docs" / "figures.md"
PLOT = ROOT / "docs" / "pictures" / "benchmark.svg"
FULL_ROOM = 10_000


def scale_of(environment: dict[str, str]) -> Scale:
    """Return how much to measure: FULL=1 adds the room of ten thousand, RUNS=1 is a quick look."""
    usual = Scale()
    rooms = (*usual.rooms, FULL_ROOM) if environment.get("FULL", "") not in {"", "0"} else usual.rooms
    return replace(usual, runs=int(environment.get("RUNS", usual.runs)), rooms=rooms)


def main() -> int:
    """Run the parts that ONLY names, or all. 1: a part failed; 2: ONLY is unknown."""
    only = os.environ.get("ONLY", "")
    if only and only not in PARTS:
        print(f"ONLY={only} is not known; say one of {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    scale = scale_of(dict(os.environ))
    stop_as_if_interrupted_on_sigterm()
    began = time.monotonic()
    found, failed = measure([only] if only else list(PARTS), scale)
    about: dict[str, Any] = {
        "machine": machine.description(),
        "runs": scale.runs,
        "minutes": round((time.monotonic() - began) / 60, 1),
        "load_before": round(os.getloadavg()[0], 1),
    }
    print(f"\n{report.table(found)}\n")
    report.write(REPORT, found, about)
    print(f"{REPORT.relative_to(ROOT)} has the same figures. {about['machine']}.")
    if (
        not only and not failed and scale.runs >= Scale().runs
    ):  # else the documents keep the last complete run
        FIGURES.write_text(report.document(found, about))
        PLOT.write_text(plot.svg(found, about["machine"]))
        print("docs/figures.md and docs/pictures/benchmark.svg are written anew.")
    for part in failed:
        print(f"{part} could not be measured.", file=sys.stderr)
    return 1 if failed else 0


def measure(parts: list[str], scale: Scale) -> tuple[dict[str, Any], list[str]]:
    """Play the parts; return the figures, and which parts failed. Parts that this machine cannot run are reported."""
    allowed = machine.allow_open_files(scale.most_sockets)
    if allowed < scale.most_sockets:
        print(f"Only {allowed} sockets may be open here; larger rooms are left out.")
        rooms = tuple(people for people in scale.rooms if people <= allowed)
        fanout, voters = min(scale.fanout, allowed // 2), min(scale.voters, allowed // 3)
        storms = tuple(storm for storm in scale.door if storm[0] * (MOST_CONNECTIONS + 1) <= allowed)
        scale = replace(scale, fanout=fanout, voters=voters, rooms=rooms, door=storms)
    found: dict[str, Any] = {}
    failed = []
    with Stage() as stage:
        if not stage.is_pinned:
            print("This machine has no second core to pin to: server and driver take time from each other.")
        lacking = stage.lacking()
        if lacking:
            print(f"Not installed here, and left out: {', '.join(lacking)}.")
        for part in parts:
            if not set(NEEDS.get(part, [])) & set(lacking):
                print(f"== {part}", flush=True)
                try:
                    found = report.merged(found, PARTS[part](stage, scale))
                except (
                    AssertionError,
                    RuntimeError,
                ) as error:  # a program's own message; the other parts go on
                    print(error, file=sys.stderr)
                    failed.append(part)
    return found, failed


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
