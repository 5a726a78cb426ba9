"""Programs that the tests start: found, started so that they die with the test run, and counted at its end."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

# Every child inherits this variable; whoever still carries it when the run is over was left behind.
MARK = "OPENDEV_TEST_RUN"
required = False  # set by --require-servers


def lacking(program: str) -> None:
    """Skip on a developer's machine; fail where nothing may be left out."""
    reason = f"{program} is not installed here"
    if required or os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def find(*names: str, also: str = "") -> Path | None:
    """The first of the names on PATH, else the newest match of the `also` pattern."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found:
        return Path(found)
    root, _, pattern = also.partition(":")
    matches = [path for path in Path(root).glob(pattern) if os.access(path, os.X_OK)] if also else []
    return max(matches, key=version_of, default=None)


def version_of(path: Path) -> list[int]:
    return [int(part) for part in path.parts if part.isdigit()]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def dying_with_us(command: list[str], *, on_death: str = "KILL", as_nobody: bool = False) -> list[str]:
    """The same command, told by the kernel to end when the test run ends, however that happens."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return command
    user = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] if as_nobody else []
    return [setpriv, *user, f"--pdeathsig={on_death}", "--", *command]


def start(command: list[str], log: Path, **options: Any) -> subprocess.Popen[bytes]:
    """In a process group of its own, so that Ctrl-C reaches the test run alone, which then stops it in good order."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, process_group=0, **options
        )


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], *, seconds: float, log: Path
) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise AssertionError(f"{process.args!r} ended with {process.returncode}:\n{log.read_text()}")
        if time.monotonic() > deadline:
            kill_group(process)
            raise AssertionError(f"{process.args!r} was not ready after {seconds} s:\n{log.read_text()}")
        time.sleep(0.02)


def end(process: subprocess.Popen[bytes], *, by: int = signal.SIGTERM, seconds: float = 10) -> bool:
    """True if it went when it was asked to; it is gone in either case."""
    if process.poll() is None:
        process.send_signal(by)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill_group(process)
        return False
    return True


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """The process and its own workers at once; it was started as the first of a group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def stop_group(process: subprocess.Popen[bytes]) -> None:
    """The process, asked to end, and then whatever is left of its group."""
    end(process)
    kill_group(process)


def children_of(parent: int) -> list[int]:
    """The processes that this one has started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(folder.name))
    return found


def is_running(pid: int) -> bool:
    """Whether there is such a process, and more of it than a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def adopt_orphans() -> None:
    """From now on our children's children become ours when their parent ends: none can hide, none stays a zombie."""
    if sys.platform == "linux":
        set_child_subreaper = 36
        ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def left_behind(*, seconds: float = 3) -> dict[int, str]:
    """Processes of this run that still live after a moment's grace: our children, and whoever carries the mark."""
    deadline = time.monotonic() + seconds
    while (found := living_offspring()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def kill_all(pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)
    reap()


def living_offspring() -> dict[int, str]:
    reap()
    mark = f"{MARK}={os.environ[MARK]}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        with suppress(OSError):  # gone meanwhile, or somebody else's
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            marked = mark in (folder / "environ").read_bytes().split(b"\0")
            if pid != os.getpid() and state != "Z" and (marked or int(parent) == os.getpid()):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                found[pid] = command.decode(errors="replace").strip()
    # Python's own book-keeper of multiprocessing ends with us.
    return {
        pid: command for pid, command in found.items() if "multiprocessing.resource_tracker" not in command
    }
