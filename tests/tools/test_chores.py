"""The words of the Makefile, as far as they can be said without a network and without touching this machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import chores, debian
from tools.environment import ROOT, Unmet


def say(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "environment", "sentence"),
    [
        (["bench"], {"ONLY": "everything"}, "ONLY=everything is not known"),
        (["test"], {"ONLY": "everything"}, "ONLY=everything is not known"),
        (["run"], {"DEMO": "no"}, "DEMO=no is not known"),
        (["dance"], {}, "Say one of"),
        ([], {}, "Say one of"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_2(words, environment, sentence):
    answer = say(*words, **environment)
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_missing_packages_are_listed_for_who_may_not_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(debian, "NEEDS", {"chromium": lambda: False, "postgresql": lambda: True})
    monkeypatch.setattr(debian, "can_install", lambda: False)
    with pytest.raises(Unmet, match=r"missing here: chromium\.$"):
        chores.install_what_tests_need(["chromium", "postgresql"])


def test_stand_in_does_where_a_package_is_not_to_be_had(monkeypatch: pytest.MonkeyPatch):
    asked: list[list[str]] = []
    monkeypatch.setattr(debian, "NEEDS", {"chromium-headless-shell": lambda: False, "npm": lambda: False})
    monkeypatch.setattr(debian, "STAND_INS", {"chromium": lambda: True})
    monkeypatch.setattr(debian, "can_install", lambda: True)
    monkeypatch.setattr(debian, "install", asked.append)
    assert debian.provide(["chromium-headless-shell", "npm"]) == ["npm"]
    assert asked == [["chromium-headless-shell", "npm"], ["npm"]]
    assert debian.provide(["chromium-headless-shell"]) == []


def test_services_may_not_start_while_packages_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(debian, "POLICY", tmp_path / "policy-rc.d")
    with debian.no_service_starts():
        assert subprocess.run([debian.POLICY, "redis-server", "start"], check=False).returncode == 101
    assert not debian.POLICY.exists()


def test_policy_of_the_machine_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(debian, "POLICY", tmp_path / "policy-rc.d")
    debian.POLICY.write_text("#!/bin/sh\nexit 0\n")
    with debian.no_service_starts():
        assert debian.POLICY.read_text() == "#!/bin/sh\nexit 0\n"
    assert debian.POLICY.read_text() == "#!/bin/sh\nexit 0\n"
