"""One function for each target of `make`. Each returns the exit code, or replaces itself by another program."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial

from tools import bundles, checks, debian, environment, etherpad, pythons
from tools.environment import PYTHON, ROOT, Unmet

# The tests that are run often: services, live core and pages, on SQLite. The rest needs browsers, storms, thousands
# of combinations, or repeats them on PostgreSQL.
LONGER = (
    *("journeys", "browsers", "faults", "load", "etherpad", "api", "leaks", "roles", "secrecy", "bench"),
    *("polls/test_races.py", "polls/test_life.py", "polls/test_guards.py", "home/test_health.py"),
    *("sessions/test_question_races.py", "room/test_sockets.py", "room/test_room_socket.py"),
    *("room/test_question_sockets.py", "room/test_line_sockets.py"),
)
OF_THE_TOOLS = ("tools", "test_architecture.py", "test_support.py")
UNIT_ONLY = ["-k", "not postgresql", *(f"--ignore=tests/{part}" for part in LONGER + OF_THE_TOOLS)]
# Three processes, even on two cores: for a sixth of the time a test waits for a server, an outage or a browser.
# Which tests share a process: tests/parts.py.
SIDE_BY_SIDE = ["-n", "3", "--dist", "loadscope"]
# Changes are accepted with a fixed order of the tests and the same examples each time, so that chance does not block an
# unrelated change. Plain pytest, and `make soak`, shuffle and look for new examples (docs/adr/0023).
ONE_ORDER = ["--randomly-seed=1", "--hypothesis-profile=same"]
COVERAGE = ["--cov", "--cov-report="]  # `coverage report` then lists the gaps
CACHES = (
    ".pytest_cache",
    ".ruff_cache",
    ".mypy_cache",
    ".import_linter_cache",
    ".hypothesis",
    "htmlcov",
    ".coverage",
)


DEMOS = {
    "0": [],
    "1": ["load_demo", "--if-empty"],
    **{code: ["load_demo", "--if-empty", f"--language={code}"] for code in ("en", "de", "zh")},
}


def run() -> int:
    """Install, prepare the database and the static files, and become the server.

    `DEMO=de` loads the demo event in German, `DEMO=zh` in Chinese; `DEMO=0` leaves it out.
    """
    demo = os.environ.get("DEMO", "1")
    if demo not in DEMOS:
        raise Unmet(f"DEMO={demo} is not known; say 0 for no demo event, or its language: en, de or zh.")
    environment.prepare(environment.RUNTIME)
    manage = [str(PYTHON), "manage.py"]
    steps = [["migrate", "--noinput", "--verbosity=0"], ["collectstatic", "--noinput", "--verbosity=0"]]
    for step in [*steps, DEMOS[demo]] if DEMOS[demo] else steps:
        code = subprocess.run([*manage, *step], cwd=ROOT, check=False).returncode
        if code:
            return code
    return become([*manage, "serve"])


def test() -> int:
    """Run the tests. Nothing is printed after pytest's own last line."""
    only = os.environ.get("ONLY", "")
    if only not in {"", "unit"}:
        raise Unmet(f"ONLY={only} is not known; ONLY=unit leaves out the browser, fault and load tests.")
    install_what_tests_need(["redis-server", "postgresql"] if only else list(debian.NEEDS))
    environment.prepare(environment.RUNTIME, environment.DEVELOPMENT)
    if not only:
        etherpad.prepare()
    return pytest(*SIDE_BY_SIDE, *ONE_ORDER, *(UNIT_ONLY if only else ()))


def coverage() -> int:
    """Run all tests and measure which branches they take; that is a third slower, so it is a separate target."""
    install_what_tests_need(list(debian.NEEDS))
    environment.prepare(environment.RUNTIME, environment.DEVELOPMENT)
    etherpad.prepare()
    return pytest(*SIDE_BY_SIDE, *COVERAGE)


def pytest(*options: str) -> int:
    return become([str(PYTHON), "-m", "pytest", "--require-servers", *options])


def install_what_tests_need(packages: list[str]) -> None:
    if lacking := debian.provide(packages):
        raise Unmet(f"The tests need these Debian packages, which are missing here: {' '.join(lacking)}.")


def check() -> int:
    environment.prepare(environment.RUNTIME, environment.DEVELOPMENT)
    return checks.run_all()


def bench() -> int:
    """Measure, and write bench/report.json. Parts that this machine cannot run are skipped, with a message."""
    environment.prepare(environment.RUNTIME, environment.DEVELOPMENT)
    return become([str(PYTHON), "-m", "bench"])


def soak() -> int:
    """Let every fault strike ten times, send a hundred thousand odd frames, and run many more random tests."""
    install_what_tests_need(list(debian.NEEDS))
    environment.prepare(environment.RUNTIME, environment.DEVELOPMENT)
    what = [
        "tests/faults",
        "tests/polls/test_life.py",
        "tests/load/test_kinds.py",
        "tests/load/test_moderators.py",
        "tests/load/test_steps.py",
        "tests/api/test_openapi.py",
        "tests/bench/test_smoke.py",
    ]
    return pytest("--soak", "--timeout=1800", "--force-reruns=0", *what)


def deploy_check() -> int:
    """Start each way to run the product from the examples in deploy/, and print figures."""
    install_what_tests_need([*debian.NEEDS_OF_DEPLOYING, "redis-server", "postgresql"])
    environment.prepare(environment.RUNTIME, environment.DEVELOPMENT)
    return pytest("--deploy", "-p", "no:randomly", "tests/deploy", "tests/home/test_serve.py")


def supply_chain(word: str) -> int:
    """Write the bill of materials or the list of licences, or look for known vulnerabilities."""
    environment.prepare(environment.RUNTIME, environment.DEVELOPMENT)
    return become([str(PYTHON), "-m", "tools.supply_chain", word])


def other_pythons() -> int:
    """Run the core's tests, or with `UNITS=all` all unit tests, on the other installed Pythons."""
    units = os.environ.get("UNITS", "")
    if units not in {"", "all"}:
        raise Unmet(f"UNITS={units} is not known; UNITS=all runs all unit tests on the other Pythons.")
    if not pythons.others():
        print("No other Python that we support is here.", flush=True)
        return 0
    install_what_tests_need(["redis-server", "postgresql"])
    if units:
        return pythons.run(*SIDE_BY_SIDE, *ONE_ORDER, *UNIT_ONLY, hangs_after_s=pythons.ALL_HANG_AFTER_S)
    return pythons.run(*ONE_ORDER, *pythons.CORE)


def clean() -> int:
    """Remove everything that the other targets made, except the database and the secret key."""
    for folder in (ROOT / ".venv", ROOT / "var" / "static", *(ROOT / cache for cache in CACHES)):
        if folder.is_file():
            folder.unlink()
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for folder in ROOT.rglob("__pycache__"):
        shutil.rmtree(folder, ignore_errors=True)
    print("Cleaned. The database and the secret key in var/ are untouched.")
    return 0


def messages() -> int:
    """Update the catalogues of translations from the sources; `ONLY=fr` only updates that language."""
    environment.prepare(environment.RUNTIME, environment.DEVELOPMENT)
    return become([str(PYTHON), "-m", "tools.messages"])


def lock() -> int:
    """Update the locked requirements, for every platform, without the address of any package index."""
    uv = shutil.which("uv")
    if uv is None:
        raise Unmet("Locking needs uv: `pipx install uv`, then say make lock again.")
    compile_ = [
        uv,
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--generate-hashes",
        "--python-version",
        "3.11",
    ]
    compile_ += ["--no-emit-index-url", "--no-emit-find-links"]
    for name in ("requirements", "requirements-dev"):
        code = subprocess.run(
            [*compile_, f"{name}.in", "-o", f"{name}.txt"],
            cwd=ROOT,
            env={**os.environ, "UV_CUSTOM_COMPILE_COMMAND": "make lock"},
            check=False,
        ).returncode
        if code:
            return code
    return 0


def become(command: list[str]) -> int:
    """Replace this process, so that signals reach the program itself and its exit code is ours."""
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(command[0], command)  # our own command, no shell


CHORES: dict[str, Callable[[], int]] = {
    "run": run,
    "test": test,
    "coverage": coverage,
    "pythons": other_pythons,
    "check": check,
    "bundle": bundles.write_all,
    "messages": messages,
    "bench": bench,
    "soak": soak,
    "deploy-check": deploy_check,
    "sbom": partial(supply_chain, "sbom"),
    "audit": partial(supply_chain, "audit"),
    "licences": partial(supply_chain, "licences"),
    "clean": clean,
    "lock": lock,
    "etherpad": etherpad.serve,
}
