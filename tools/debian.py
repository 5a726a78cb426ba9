"""Debian packages that the tests need in addition to Python: installed as root, listed otherwise."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_TEXT = (
    "#!/bin/sh\n# Written by this project's make: packages installed for tests start no service.\nexit 101\n"
)
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "DEBCONF_NONINTERACTIVE_SEEN": "true"}

# The package, and a check whether the program that we need from it is already installed.
NEEDS = {
    "chromium-headless-shell": lambda: bool(
        os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell")
    ),
    "redis-server": lambda: bool(shutil.which("redis-server")),
    "postgresql": lambda: bool(
        (shutil.which("initdb") and shutil.which("postgres"))
        or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    ),
    "firefox-esr": lambda: bool(shutil.which("firefox-esr") or shutil.which("firefox")),
    "webkit2gtk-driver": lambda: bool(shutil.which("WebKitWebDriver")),
    "xvfb": lambda: bool(shutil.which("Xvfb")),
    "pgbouncer": lambda: Path("/usr/sbin/pgbouncer").exists() or bool(shutil.which("pgbouncer")),
    "nodejs": lambda: bool(shutil.which("node")),
    "npm": lambda: bool(shutil.which("npm")),
}
NEEDS_OF_DEPLOYING = {
    "nginx-light": lambda: Path("/usr/sbin/nginx").exists() or bool(shutil.which("nginx")),
    "haproxy": lambda: Path("/usr/sbin/haproxy").exists() or bool(shutil.which("haproxy")),
    "caddy": lambda: bool(shutil.which("caddy")),
    "curl": lambda: bool(shutil.which("curl")),
    "prometheus": lambda: bool(shutil.which("promtool")),
    "systemd": lambda: bool(shutil.which("systemd-analyze")),
}
# Substitutes if the first is not available. The shell is the same Chromium without windows: journeys
# take a third less CPU in it.
INSTEAD = {"chromium-headless-shell": "chromium"}
STAND_INS = {"chromium": lambda: bool(shutil.which("chromium") or shutil.which("chromium-browser"))}


def missing(packages: list[str]) -> list[str]:
    return [package for package in packages if not (STAND_INS | NEEDS | NEEDS_OF_DEPLOYING)[package]()]


def provide(packages: list[str]) -> list[str]:
    """Install what is missing, if we may. Return what is still missing, taking substitutes into account."""
    lacking = missing(packages)
    for attempt in (lacking, [INSTEAD.get(package, package) for package in lacking]):
        lacking = missing(attempt)
        if lacking and can_install():
            install(lacking)
            lacking = missing(lacking)
        if not lacking:
            break
    return lacking


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_venv(python: str) -> None:
    """Install the venv module of the system's Python. Debian's package does not help another Python."""
    if can_install() and Path(python).resolve().is_relative_to("/usr/bin"):
        install(["python3-venv"])


def install(packages: list[str]) -> None:
    """Package lists are only fetched if the present ones are not enough. The output of apt-get is shown if it fails."""
    print(f"Installing Debian packages: {' '.join(packages)}", flush=True)
    with no_service_starts():
        answer = apt_get("install", *packages)
        if answer.returncode:
            apt_get("update")
            answer = apt_get("install", *packages)
    if answer.returncode:
        print(answer.stdout, file=sys.stderr)


def apt_get(deed: str, *packages: str) -> subprocess.CompletedProcess[str]:
    options = [
        "-qq",
        "--yes",
        "--no-install-recommends",
        "-o",
        "DPkg::Lock::Timeout=120",
        "-o",
        "Dpkg::Use-Pty=0",
    ]
    return subprocess.run(
        ["apt-get", *options, deed, *packages],
        env={**os.environ, **QUIET},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@contextmanager
def no_service_starts() -> Iterator[None]:
    """Debian starts a package's service on installation, unless this script prevents it. An existing script stays."""
    if POLICY.exists() and POLICY.read_text(errors="replace") != POLICY_TEXT:
        yield
        return
    POLICY.write_text(POLICY_TEXT)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)


def stop_as_if_interrupted_on_sigterm() -> None:
    """So that `finally` runs, and nothing of ours stays on the machine, when we are terminated."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
