"""The virtual environment in `.venv`: made once, filled from the locked requirements, rebuilt when it is broken.

Two files inside it remember how far it got. `unfinished` exists while something is being installed: a run that was
killed leaves it behind, and the next run starts from nothing, because pip takes a half-copied package for an installed
one. `installed/<file>` holds the hash of the requirements that are in.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import debian

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "unfinished"
RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"
PIP_INSTALL = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--no-input",
    "--disable-pip-version-check",
    "--require-hashes",
    "--no-deps",  # the lock is complete; pip's search for a newer `coverage[toml]` must not break a fresh clone
]


class Unmet(Exception):
    """A requirement that this machine lacks and we may not or cannot install; a message for the user."""


def prepare(*requirements: str) -> None:
    """Install exactly the packages that the named files lock into `.venv`; costs nothing if that was done."""
    with only_one_run_at_a_time():
        if is_broken():
            shutil.rmtree(VENV, ignore_errors=True)
            create()
        for name in requirements:
            if installed_hash(name) != wanted_hash(name):
                install(name)


@contextmanager
def only_one_run_at_a_time() -> Iterator[None]:
    """Two terminals may run `make` at once; the second waits until the first has installed."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def is_broken() -> bool:
    """Also True if the system's Python was upgraded and the packages belong to the previous one."""
    if UNFINISHED.exists() or not PYTHON.exists():
        return True
    answer = subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False)
    return answer.returncode != 0


def create() -> None:
    if not has_venv():
        debian.install_venv(sys.executable)
    if not has_venv():
        raise Unmet(
            "Python's venv module is missing: install the Debian package python3-venv, then say make again."
        )
    print("Creating .venv", flush=True)
    VENV.mkdir()
    UNFINISHED.touch()
    if subprocess.run([sys.executable, "-m", "venv", VENV], check=False).returncode:
        raise Unmet("Python could not make a virtual environment; its own words stand above.")
    UNFINISHED.unlink()


def has_venv() -> bool:
    """Asked of a fresh process, since Debian's package may just have been installed."""
    question = [sys.executable, "-c", "import venv, ensurepip; ensurepip.version()"]
    return subprocess.run(question, capture_output=True, check=False).returncode == 0


def install(name: str) -> None:
    print(f"Installing {name}", flush=True)
    UNFINISHED.touch()
    command = [str(PYTHON), *PIP_INSTALL, "-r", name]
    answer = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    if answer.returncode < 0:  # killed half-way: leave the mark, the next run starts from scratch
        raise Unmet(f"pip was stopped by signal {-answer.returncode}; say make again.")
    UNFINISHED.unlink()
    if answer.returncode:
        raise Unmet(f"pip could not install {name}; its own words stand above.")
    stamp(name).parent.mkdir(exist_ok=True)
    stamp(name).write_text(wanted_hash(name))


def stamp(name: str) -> Path:
    return VENV / "installed" / name


def installed_hash(name: str) -> str:
    return stamp(name).read_text() if stamp(name).exists() else ""


def wanted_hash(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
