"""The machine: which core does what, how many files may be open, and the resources that a process has used."""

import os
import platform
import resource
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

SPARE_FILES = 500  # in addition to the sockets: libraries, logs, databases


def cores() -> list[int]:
    """Return the cores that this process may use."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def on_cores(wanted: Iterable[int]) -> Iterator[None]:
    """Run processes that are started meanwhile on these cores; if a process cannot be pinned it runs anywhere."""
    usual, wanted = cores(), list(wanted)
    if not usual or not wanted:
        yield
        return
    os.sched_setaffinity(0, wanted)
    try:
        yield
    finally:
        os.sched_setaffinity(0, usual)


def allow_open_files(sockets: int) -> int:
    """Raise the limit of open files as far as possible, also of child processes; return how many sockets fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = sockets + SPARE_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft - SPARE_FILES


def cpu_s(pids: Iterable[int]) -> float:
    """Return the CPU time that processes have used with all their threads, in seconds.

    Linux derives the id of a process's CPU clock from its pid: it is exact to the nanosecond, /proc only to hundredths.
    """
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)


def memory_kb(pids: Iterable[int]) -> int:
    """Return the resident memory of processes."""
    pages = (int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return sum(pages) * resource.getpagesize() // 1024


def description() -> str:
    """Return a description of the machine, in one line."""
    named = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    processor = named[0].partition(":")[2].strip() if named else platform.processor() or "unknown processor"
    return (
        f"{processor}, {os.cpu_count()} cores, {platform.system()} {platform.release().partition('-')[0]}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
