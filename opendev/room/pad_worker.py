"""The server's pad worker: started with the first linked pad, restarted when it ends, and monitored.

`serve` sets an environment variable so that its processes keep a worker. Of several processes only the holder of a
file lock does; when it ends, so does its worker, and another process takes over. Operators who run `sync_pads` as a
separate service do not need this: a second worker waits.
"""

import asyncio
import fcntl
import logging
import sys
from io import IOBase

from django.conf import settings
from django.utils import timezone

from etherpad_links.selectors import any_link_exists
from etherpad_links.worker_state import worker_is_away, worker_watch
from opendev.core.live import hub
from opendev.core.threads import DatabaseAway

log = logging.getLogger("opendev.pads")

KEEPS_VARIABLE = "OPENDEV_KEEPS_PAD_WORKER"
COMMAND = (sys.executable, "-m", "django", "sync_pads", "--while-parent-lives")
LOOK_S = 2.0
WATCH_S = 5.0
RETRY_S = (0.5, 2.0, 5.0, 15.0, 30.0)
GOOD_S = 60.0  # a worker that ran for this long ended by accident, not by an error that returns at once
END_S = 5.0


async def watch_for_ever() -> None:
    """Keep the worker's state for `/readyz` up to date."""
    worker_watch.begin()
    while True:
        await asyncio.sleep(WATCH_S)
        try:
            worker_watch.note(is_away=await hub.read_in_thread(worker_is_away, timezone.now()))
        except DatabaseAway:
            pass  # said already, once for the outage
        except Exception:
            log.exception("The pad worker's beat could not be read; it is tried again.")


async def keep_for_ever() -> None:
    """Start the worker once a pad is linked, and restart it whenever it ends, with growing pauses."""
    lock = await _lock()
    try:
        await _until_a_pad_is_linked()
        failures = 0
        while True:
            began_at = asyncio.get_running_loop().time()
            status = await _run()
            ran_for_s = asyncio.get_running_loop().time() - began_at
            failures = 0 if ran_for_s >= GOOD_S else failures
            wait_s = RETRY_S[min(failures, len(RETRY_S) - 1)]
            log.error(
                "The pad worker ended (status %s) after %.0f s; it starts again in %s s.",
                status,
                ran_for_s,
                wait_s,
            )
            failures += 1
            await asyncio.sleep(wait_s)
    finally:
        lock.close()


async def _lock() -> IOBase:
    """Return the open file whose lock makes this process the worker's keeper; wait while another one is."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    file = (settings.VAR_DIR / "pad-worker.lock").open("w")
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            await asyncio.sleep(LOOK_S)
        else:
            return file


async def _until_a_pad_is_linked() -> None:
    while True:
        try:
            if await hub.read_in_thread(any_link_exists):
                return
        except DatabaseAway:
            pass  # said already, once for the outage
        except Exception:
            log.exception("Whether a pad is linked could not be read; it is tried again.")
        await asyncio.sleep(LOOK_S)


async def _run() -> int:
    """Run the worker until it ends; return its exit status, or 127 if it cannot be started at all."""
    try:
        process = await asyncio.create_subprocess_exec(*COMMAND, cwd=settings.ROOT)
    except OSError:
        log.exception("The pad worker cannot be started.")
        return 127
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(END_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
