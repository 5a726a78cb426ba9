"""The other Pythons: found, filled or left out; a failure on one of them is a failure."""

import sys
from pathlib import Path

import pytest

from tools import environment, pythons

OTHER = next(version for version in pythons.SUPPORTED if version != "{}.{}".format(*sys.version_info))
# Answers as a Python does, makes an "environment" of itself, and fails where a file says so.
FAKE = """#!/bin/sh
here="{folder}"
case "$*" in
  "-c "*) echo {version} ;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip "*) echo pip >> "$here/log"; test ! -e "$here/no-network" ;;
  "-m pytest "*) echo pytest >> "$here/log"; test ! -e "$here/broken" ;;
esac
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "python"
    program.write_text(FAKE.format(folder=tmp_path, version=OTHER))
    program.chmod(0o755)
    for name in (environment.RUNTIME, environment.DEVELOPMENT):
        (tmp_path / name).write_text("tiny==1\n")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(pythons, "ROOT", tmp_path)
    monkeypatch.setenv(pythons.NAMED_BY, f"{program}:{sys.executable}:/nowhere/python")
    return tmp_path


def deeds(folder: Path) -> list[str]:
    return (folder / "log").read_text().split()


def test_own_version_and_what_does_not_run_are_no_others(folder: Path, monkeypatch: pytest.MonkeyPatch):
    assert pythons.others() == {OTHER: str(folder / "python")}
    monkeypatch.setenv(pythons.NAMED_BY, "")
    assert pythons.others() == {}


def test_environment_is_filled_once_and_again_when_the_locks_change(folder: Path):
    assert pythons.run() == 0
    assert pythons.run() == 0
    assert deeds(folder) == ["pip", "pytest", "pytest"]
    (folder / environment.RUNTIME).write_text("tiny==2\n")
    assert pythons.run() == 0
    assert deeds(folder)[3:] == ["pip", "pytest"]


def test_python_that_cannot_be_filled_is_left_out_and_said(folder: Path, capfd: pytest.CaptureFixture[str]):
    (folder / "no-network").touch()
    assert pythons.run() == 0
    assert f"Left out: Python {OTHER}" in capfd.readouterr().out
    assert deeds(folder) == ["pip"]


def test_failure_on_another_python_is_a_failure(folder: Path, capfd: pytest.CaptureFixture[str]):
    (folder / "broken").touch()
    assert pythons.run() == 1
    assert f"Failed on Python {OTHER}" in capfd.readouterr().err
