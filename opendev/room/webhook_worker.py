"""The webhook worker in every serving process: it looks for due messages, and sends them.

Only queries and records need a database thread, the closer's. Sending is a task
on the loop, so that a slow or unreachable receiver delays nobody.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.utils import timezone

import opendev
from opendev.core.outbound import Outcome, post
from opendev.core.threads import DatabaseAway, with_fresh_connections
from sessions.webhooks.services.delivering import Taken, record_outcome, take_due
from sessions.webhooks.signing import signed_headers

log = logging.getLogger("opendev.webhooks")

LOOK_S = 1.0
MOST_AT_ONCE = 8  # the maximum number of receivers per process
Trying = dict[int, asyncio.Task[None]]
Result = TypeVar("Result")


async def deliver_for_ever(thread: ThreadPoolExecutor) -> None:
    """Send due messages forever; a failed round is followed by the next."""
    trying: Trying = {}
    try:
        while True:
            try:
                await _take(thread, trying)
            except DatabaseAway:
                pass  # said already, once for the outage
            except Exception:
                log.exception("A look for messages of webhooks failed; the next one tries again.")
            await _wait(trying)
    finally:
        for task in trying.values():
            task.cancel()  # the lease expires, and another worker tries


async def _take(thread: ThreadPoolExecutor, trying: Trying) -> None:
    if len(trying) < MOST_AT_ONCE:
        work = partial(take_due, timezone.now(), most=MOST_AT_ONCE - len(trying), but_not=frozenset(trying))
        for taken in await _in(thread, work):
            trying[taken.webhook_id] = asyncio.create_task(_try(thread, taken))


async def _wait(trying: Trying) -> None:
    """Return when a try has ended, or after a while; a receiver that accepted one gets the next at once."""
    if not trying:
        await asyncio.sleep(LOOK_S)
        return
    await asyncio.wait(trying.values(), timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
    for webhook_id in [webhook_id for webhook_id, task in trying.items() if task.done()]:
        task = trying.pop(webhook_id)
        if error := task.exception():
            log.error("A try of a webhook could not be written down: %s.", type(error).__name__)


async def _try(thread: ThreadPoolExecutor, taken: Taken) -> None:
    outcome = await send(taken)
    await _in(thread, partial(record_outcome, taken, outcome, timezone.now()))


async def send(taken: Taken) -> Outcome:
    """Send a message, signed now: receivers refuse signatures that are minutes old."""
    body = taken.body.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"OpenDev-Companion/{opendev.__version__}",
        **signed_headers(taken.message_id, body, taken.secrets, timezone.now()),
    }
    return await post(taken.url, body, headers, inner_hosts=settings.WEBHOOK_HOSTS)


async def _in(thread: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(thread, with_fresh_connections, work)
