"""A start that cannot succeed says why, names the setting, and ends with a failing status."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from opendev.home.management.commands.serve import server_command
from tests.support.databases import ROOT
from tests.support.programs import dying_with_us, free_port
from tests.support.server import Server


@pytest.mark.parametrize("workers", ["1", "2"])
def test_start_without_a_database_fails_with_a_sentence_that_names_the_setting(
    start_server: Any, redis_url: str, workers: str
):
    port = free_port()
    away = f"postgres://opendev:a-secret@127.0.0.1:{port}/nowhere"
    server = start_server(database=away, REDIS_URL=redis_url, WORKERS=workers, start=False)
    answer = run_to_its_end(server)
    assert answer.returncode == 1
    assert "DATABASE_URL" in answer.stderr
    assert str(port) in answer.stderr
    assert "a-secret" not in answer.stderr
    assert "Traceback" not in answer.stderr


def test_start_on_an_empty_database_names_the_command_that_prepares_it(start_server: Any, tmp_path: Path):
    answer = run_to_its_end(start_server(database=f"sqlite:///{tmp_path}/empty.sqlite3", start=False))
    assert answer.returncode == 1
    assert "manage.py migrate" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("workers", [1, 2])
def test_worker_that_cannot_start_ends_the_server_with_a_failing_status(
    start_server: Any, redis_url: str, workers: int
):
    """As a certificate or a library that is broken would; uvicorn alone says 0 where it has several workers."""
    server = start_server(database="postgres", REDIS_URL=redis_url, WORKERS=str(workers), start=False)
    command = server_command(host="127.0.0.1", port=server.port, workers=workers)
    command[command.index("opendev.asgi:application")] = "tests.faults.fatal:cannot_start"
    answer = run_to_its_end(server, command)
    assert answer.returncode == 3
    assert "planted" in answer.stderr


def run_to_its_end(server: Server, command: list[str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        dying_with_us(command or server.command()),
        cwd=ROOT,
        env=server.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
