"""What the tests lean on has to notice trouble, or a green run means nothing."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.load.crowd import worker_by_port
from tests.support import programs
from tests.support.engine import wait_for
from tests.support.server import Server


def server_that_says(folder: Path, program: str) -> Server:
    """A stand-in for the product: a short program whose output goes to the server's log."""
    server = Server(folder, {"PATH": os.environ["PATH"]})
    server.process = programs.start([sys.executable, "-c", program], server.log_path)
    programs.wait_until(lambda: "ready" in server.log(), server.process, seconds=10, log=server.log_path)
    return server


WAIT = "import time; print('ready', flush=True); time.sleep(60)"


def test_stopping_a_quiet_server_is_fine(tmp_path: Path):
    server_that_says(tmp_path, WAIT).stop()


@pytest.mark.parametrize(
    ("program", "complaint"),
    [
        (f"print('Traceback (most recent call last):'); {WAIT}", "tells of trouble"),
        (f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAIT}", "did not stop within"),
    ],
)
def test_stopping_a_server_in_trouble_fails(tmp_path: Path, program: str, complaint: str):
    server = server_that_says(tmp_path, program)
    with pytest.raises(AssertionError, match=complaint):
        server.stop(seconds=0.5)


def test_stopping_a_server_that_ended_by_itself_fails(tmp_path: Path):
    server = server_that_says(tmp_path, "print('ready', flush=True); import time; time.sleep(0.2)")
    assert server.process is not None
    server.process.wait(10)
    with pytest.raises(AssertionError, match="had ended by itself"):
        server.stop()


LISTEN = """
import socket, sys
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("ready", flush=True)
kept = [listening.accept() for _ in range(2)]
"""


def test_worker_that_only_listens_serves_nobody(tmp_path: Path):
    server = Server(tmp_path, {"PATH": os.environ["PATH"]})
    command = [sys.executable, "-c", LISTEN, str(server.port)]
    process = server.process = programs.start(command, server.log_path)
    programs.wait_until(lambda: "ready" in server.log(), process, seconds=10, log=server.log_path)
    assert worker_by_port(server) == {}
    with socket.create_connection(("127.0.0.1", server.port)) as call:
        wait_for(lambda: worker_by_port(server) == {call.getsockname()[1]: process.pid})
    server.stop()


def test_orphan_is_found_and_killed():
    before = programs.living_offspring()
    subprocess.run(["sh", "-c", "setsid sleep 60 >/dev/null 2>&1 &"], check=True)
    orphans = programs.living_offspring().keys() - before.keys()
    assert len(orphans) == 1
    programs.kill_all(orphans)
    assert programs.living_offspring().keys() == before.keys()


def test_missing_program_skips_at_home_and_fails_where_all_is_required(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(programs, "required", False)
    with pytest.raises(pytest.skip.Exception, match="not installed here"):
        programs.lacking("chromium")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="not installed here"):
        programs.lacking("chromium")
