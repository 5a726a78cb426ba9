"""docs/example_session.py, run as its reader would run it."""

import ast
import subprocess
import sys

import httpx
import pytest

from tests.support.databases import ROOT
from tests.support.server import Server

SCRIPT = ROOT / "docs" / "example_session.py"
LINES = 60


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_example_is_short_and_needs_httpx_and_websockets_alone():
    source = SCRIPT.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LINES
    imported = {
        name.name.partition(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert imported - sys.stdlib_module_names == {"httpx", "websockets"}


def test_example_runs_a_whole_session_and_prints_the_result(demo_server: Server):
    token = demo_server.manage("api_token", "john-garbutt").strip()
    answer = run(demo_server.url, token)
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert lines[-3:] == ["Where do your containers run? 3 voted", "  2 Metal", "  1 Machines"]
    assert lines.count("poll.vote ok ") == 5
    assert lines.count("poll.withdraw ok ") == 1
    with httpx.Client(base_url=f"{demo_server.url}/api/v1/", trust_env=False) as client:
        live = next(e for e in client.get("events/").json()["results"] if e["is_live"])
        sessions = client.get(f"events/{live['slug']}/sessions/").json()["results"]
        polls = [
            poll
            for session in sessions
            for poll in client.get(f"sessions/{session['id']}/polls/").json()["results"]
            if poll["question"] == "Where do your containers run?"
        ]
    assert [(poll["state"], poll["ballots"]) for poll in polls] == [("published", 3)]


@pytest.mark.parametrize(("token", "said"), [("odc_nothing", "401"), ("attendee", "401")])
def test_example_says_what_was_refused(demo_server: Server, token: str, said: str):
    if token == "attendee":
        with demo_server.http() as client:
            session = next(
                s for s in range(1, 20) if client.get(f"/api/v1/sessions/{s}/").json()["state"] == "live"
            )
            token = client.post(f"/api/v1/sessions/{session}/attendees/", json={}).json()["token"]
    answer = run(demo_server.url, token)
    assert answer.returncode == 1
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
