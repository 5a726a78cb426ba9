"""The part that measures joining: from the code's page to the first snapshot (docs/benchmark.md)."""

import os
import sys
from pathlib import Path
from typing import Any

from bench.figures import Figure, figures, ratios
from bench.machine import on_cores
from bench.scale import Scale
from bench.stage import Found, Stage, pids_of
from tests.support.databases import manage
from tests.support.server import Server, clean_environment

BARE_PATH = "/j/000000/"
HEADLINE = "1000"  # phones of the scene whose figures count for the part
PATIENCE_S = 300.0  # for the static files of another build


class Build:
    """Another checkout of the product, on its own demo database, with its own static files and its own `.venv`."""

    def __init__(self, root: Path, folder: Path) -> None:
        own = root / ".venv" / "bin" / "python"
        self.root, self.folder = root, folder
        self.python = str(own) if own.exists() else sys.executable
        folder.mkdir()
        self.environment = clean_environment(VAR_DIR=str(folder), LOG_LEVEL="ERROR")
        self.own: dict[str, Any] = {
            "environment": self.environment,
            "root": root,
            "python": self.python,
            "seconds": PATIENCE_S,
        }
        for words in (["collectstatic", "--noinput"], ["migrate", "--noinput"]):
            manage(*words, "--verbosity=0", **self.own)
        manage("load_demo", **self.own)

    def server(self) -> Server:
        """Return a server of this build; it writes to the build's only database."""
        return Server(self.folder, self.environment, root=self.root, python=self.python)


def door(stage: Stage, scale: Scale) -> Found:
    """Phones scan within a span, alternating with bare ASGI, and with another build if BEFORE names its folder."""
    before = os.environ.get("BEFORE", "")
    build = Build(Path(before).resolve(), stage.folder / "before") if before else None
    pace = min(scale.door, key=lambda scene: scene[0] / scene[1])
    runs: dict[str, list[dict[str, Any]]] = {}
    for number in range(scale.runs):
        for scene in scale.door:
            names = ["product", "bare"] + (["before"] if build and scene == pace else [])
            order = names if number % 2 else names[::-1]
            played = {name: _play(stage, scale, name, build, scene, seed=number) for name in order}
            runs.setdefault(str(scene[0]), []).append(played)
    found: Found = {people: _compared(measured) for people, measured in runs.items()}
    headline = found.get(HEADLINE, next(iter(found.values())))
    own = {name: figure for name, figure in headline.items() if isinstance(figure, Figure)}
    return {"door": {**own, **found}}


def _play(
    stage: Stage, scale: Scale, name: str, build: Build | None, scene: tuple[int, float], *, seed: int
) -> dict[str, Any]:
    """Return the figures of one storm on one server."""
    server = _server(stage, name, build)
    people, within_s = scene
    played = stage.play(
        "door",
        sockets=scale.most_sockets,
        seed=seed,
        port=server.port,
        path=BARE_PATH if name == "bare" else _code_path(server),
        pids=pids_of(server),
        phones=people,
        within_s=within_s,
        settle_s=scale.settle_s,
        returns=name == "product" and people == scale.returning,
    )
    server.stop()
    if played["reasons"]:
        print(f"{name}, {people} phones: {played['reasons']}", file=sys.stderr)
    return played


def _server(stage: Stage, name: str, build: Build | None) -> Server:
    if name == "bare":
        return stage.bare()
    if name == "product" or build is None:
        return stage.product(stage.database("sqlite", demo=True))
    with on_cores(stage.server_cores):
        server = build.server()
        stage.stack.callback(server.stop)
        server.start()
    return server


def _code_path(server: Server) -> str:
    """Return the path that the QR of the demo's live session leads to."""
    with server.http() as visitor:
        event = visitor.get("/api/v1/events/").json()["results"][0]["slug"]
        sessions = visitor.get(f"/api/v1/events/{event}/sessions/").json()["results"]
    return f"/j/{next(session['code'] for session in sessions if session['state'] == 'live')}/"


def _compared(runs: list[dict[str, Any]]) -> Found:
    """Return the product's figures of a scene, and how they compare with those measured alongside."""
    ours = [run["product"]["first"] for run in runs]
    bare = [run["bare"]["first"] for run in runs]
    cost = "cpu_ms_a_phone"
    compared: Found = {
        **figures(ours),
        "ratio_to_bare_asgi": ratios([run[cost] for run in ours], [run[cost] for run in bare]),
        "bare": figures(bare),
    }
    if all("again" in run["product"] for run in runs):
        compared["again"] = figures([run["product"]["again"] for run in runs])
    if all("before" in run for run in runs):
        older = [run["before"]["first"] for run in runs]
        compared["before"] = figures(older)
        compared["ratio_to_before"] = ratios([run[cost] for run in ours], [run[cost] for run in older])
    return compared
