"""The wheel, in a folder and an environment that know nothing of the checkout: it migrates, serves, counts a vote."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.databases import ROOT
from tests.support.programs import dying_with_us, end, free_port, start, wait_until

pytestmark = [pytest.mark.timeout(900), pytest.mark.usefixtures("deploying")]


def run(*command: str | Path, **environment: str) -> str:
    answer = subprocess.run(
        [str(word) for word in command],
        env=environment or None,  # the settings of this run belong to the checkout
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The command of a wheel that pip built from the checkout and installed with what it needs."""
    source = tmp_path / "source"  # a build leaves a folder behind
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "requirements.in"):
        shutil.copy(ROOT / name, source)
    for name in ("opendev", "sessions", "polls", "etherpad_links"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path, source)
    [wheel] = tmp_path.glob("*.whl")
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    run(tmp_path / "venv" / "bin" / "pip", "install", "--quiet", wheel)
    return tmp_path / "venv" / "bin" / "opendev-companion"


def test_wheel_serves_the_demo_and_a_vote_from_an_empty_folder(installed: Path, tmp_path: Path, capsys: Any):
    home, port = tmp_path / "home", free_port()
    home.mkdir()
    environment = {"HOME": str(home), "PORT": str(port), "PATH": os.environ["PATH"], "DEBUG": "0"}
    began = time.monotonic()
    log = tmp_path / "log"
    process = start(dying_with_us([str(installed), "run", "--demo"]), log, cwd=home, env=environment)
    try:
        wait_until(lambda: answers(port), process, seconds=120, log=log)
        ready = time.monotonic() - began
        token = run(installed, "api_token", "organiser", **environment).strip()
        voted = vote(f"http://127.0.0.1:{port}", token)
        backup = run(installed, "backup", home, **environment).strip()
        assert Path(backup).exists()
    finally:
        assert end(process, seconds=30)
    assert {path.name for path in home.iterdir()} == {".local", Path(backup).name}
    [wheel] = tmp_path.glob("*.whl")
    with capsys.disabled():
        print(
            f"\n  wheel: {wheel.stat().st_size / 1e6:.1f} MB, serves after {ready:.1f} s, vote {voted:.3f} s"
        )


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def vote(url: str, token: str) -> float:
    """Launch a poll, vote in it, see a page with its style; how long the vote took."""
    with httpx.Client(base_url=url, trust_env=False, timeout=20) as client:
        slug = client.get("/api/v1/events/").json()["results"][0]["slug"]
        sessions = client.get(f"/api/v1/events/{slug}/sessions/").json()["results"]
        session = next(one["id"] for one in sessions if one["state"] == "live")
        organiser = {"Authorization": f"Bearer {token}"}
        made = client.post(
            f"/api/v1/sessions/{session}/polls/",
            json={"question": "Here?", "options": [{"text": "yes"}, {"text": "no"}]},
            headers=organiser,
        ).json()
        client.put(f"/api/v1/polls/{made['id']}/state/", json={"state": "live"}, headers=organiser)
        joined = client.post(f"/api/v1/sessions/{session}/attendees/", json={}).json()
        began = time.monotonic()
        answer = client.put(
            f"/api/v1/polls/{made['id']}/ballot/",
            json={"options": [made["options"][0]["id"]]},
            headers={"Authorization": f"Bearer {joined['token']}"},
        )
        took = time.monotonic() - began
        assert answer.status_code == 200, answer.text
        page = client.get(f"/{slug}/")
        style = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert client.get(style).status_code == 200, style
        return took
