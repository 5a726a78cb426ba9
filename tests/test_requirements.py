"""The locked requirements: what pip will accept, and that they follow from the files people edit."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,]+\])?==([\w.]+)", re.MULTILINE)
BOTH = pytest.mark.parametrize("name", ["requirements", "requirements-dev"])


def pins(path: Path) -> dict[str, str]:
    return {name.lower().replace("_", "-"): version for name, version in PIN.findall(path.read_text())}


@BOTH
def test_lock_holds_every_wanted_pin(name: str):
    wanted = pins(ROOT / f"{name}.in")
    assert wanted
    assert wanted.items() <= pins(ROOT / f"{name}.txt").items()


@BOTH
def test_lock_has_hashes_and_no_address(name: str):
    text = (ROOT / f"{name}.txt").read_text()
    entries = re.split(r"\n(?=[A-Za-z])", text)[1:]
    assert [entry.partition(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.search(r"--(extra-)?index-url|--find-links|--trusted-host|://|@ ", text) is None


@BOTH
def test_every_wanted_package_has_a_reason(name: str):
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    without = [line for line in lines if "==" in line and not re.search(r"  # \w", line)]
    assert without == []


def test_development_lock_agrees_with_the_runtime_lock():
    runtime, development = pins(ROOT / "requirements.txt"), pins(ROOT / "requirements-dev.txt")
    shared = runtime.keys() & development.keys()
    assert shared
    assert {name for name in shared if runtime[name] != development[name]} == set()


def test_lock_of_the_test_etherpad_has_hashes_and_no_address():
    lock = json.loads((ROOT / "tools" / "etherpad_server" / "package-lock.json").read_text())
    listed = lock["packages"].items()
    packages = {name: entry for name, entry in listed if name and not entry.get("inBundle")}
    assert lock["packages"][""]["dependencies"] == {"ep_etherpad-lite": "1.8.14"}
    assert [
        name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha")
    ] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_locks_are_complete():
    """They are installed without a look for what is missing, so nothing may be."""
    answer = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout
