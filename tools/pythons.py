"""`make pythons`: the tests of the live core on each other Python that we support and that is installed here.

What differs between versions of Python is asyncio, threads, times and JSON. All of that is in the core, whose tests
take seconds. None of these Pythons is needed: what is missing, or cannot be filled, is said and left out. `UNITS=all`
runs every unit test on each of them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import environment
from tools.environment import DEVELOPMENT, ROOT, RUNTIME, Unmet, wanted_hash

SUPPORTED = ("3.11", "3.12", "3.13")
NAMED_BY = "OTHER_PYTHONS"  # paths separated by colons, instead of those that are found; "" for none
CORE = ("tests/core", "tests/door/test_bodies.py", "tests/etherpad_links", "tests/polls/test_ballots.py")
HANGS_AFTER_S, ALL_HANG_AFTER_S = 240.0, 1200.0
ASK = "import sys, venv, ensurepip; ensurepip.version(); print('%d.%d' % sys.version_info[:2])"


def others() -> dict[str, str]:
    """Return a program for each supported version that is not our own, by version."""
    own = "{}.{}".format(*sys.version_info)
    programs: dict[str, str] = {}
    for program in candidates():
        version = version_of(program)
        if version in SUPPORTED and version != own:
            programs.setdefault(version, program)
    return dict(sorted(programs.items()))


def candidates() -> Iterator[str]:
    """Yield the programs that may be such a Python: those that are named, or those on PATH and of pyenv."""
    named = os.environ.get(NAMED_BY)
    if named is not None:
        yield from filter(None, named.split(os.pathsep))
        return
    for version in SUPPORTED:
        if program := shutil.which(f"python{version}"):
            yield program
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from map(str, sorted(versions.glob("3.*/bin/python3"), reverse=True))


def version_of(program: str) -> str:
    """Return the version of a Python that can make environments, "" for one that cannot or does not run."""
    try:
        answer = subprocess.run([program, "-c", ASK], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""


def provide(version: str, program: str) -> Path:
    """Return the Python of an environment in var/ with the locked packages.

    Raises:
        Unmet: it cannot be made or filled
    """
    folder = ROOT / "var" / f"python-{version}"
    python, stamp = folder / "bin" / "python", folder / "installed"
    wanted = wanted_hash(RUNTIME) + wanted_hash(DEVELOPMENT)
    if stamp.exists() and stamp.read_text() == wanted and version_of(str(python)) == version:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    print(f"Creating {folder.relative_to(ROOT)}", flush=True)
    install = [str(python), *environment.PIP_INSTALL, "--no-compile", "-r", RUNTIME, "-r", DEVELOPMENT]
    for command in ([program, "-m", "venv", str(folder)], install):
        if subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode:
            raise Unmet(f"Python {version} could not be given what the locks say; its own words stand above.")
    stamp.write_text(wanted)
    return python


def run(*options: str, hangs_after_s: float = HANGS_AFTER_S) -> int:
    """Run pytest with these options on each, side by side. Return 1 if it failed, or hung, on any.

    The output of each is printed when it has ended.
    """
    failed = []
    programs = others()
    with ThreadPoolExecutor(max_workers=len(programs) or 1) as pool:
        answers = pool.map(
            lambda named: try_on(*named, *options, hangs_after_s=hangs_after_s), programs.items()
        )
        for version, (said, passed) in zip(programs, answers, strict=True):
            print(said, flush=True)
            if not passed:
                failed.append(version)
    if failed:
        print(f"Failed on Python {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def try_on(version: str, program: str, *options: str, hangs_after_s: float) -> tuple[str, bool]:
    """Return the output of pytest on one of them, and False if it failed or hung; one without the packages passes."""
    try:
        python = provide(version, program)
    except Unmet as unmet:
        return f"Left out: {unmet}", True
    command = [str(python), "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", *options]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        try:
            code = subprocess.run(
                command, cwd=ROOT, stdout=output, stderr=output, check=False, timeout=hangs_after_s
            ).returncode
            ending = ""
        except subprocess.TimeoutExpired:
            code, ending = 1, f"The tests took longer than {hangs_after_s:.0f} s.\n"
        output.seek(0)
        return f"== Python {version}\n{output.read()}{ending}", code == 0
