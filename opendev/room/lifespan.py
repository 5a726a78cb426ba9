"""What runs in a serving process besides its requests: the Hub, the ballot box, and the closer."""

import asyncio
import gc
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.utils import timezone

from opendev.core.batching import work_unless_locked
from opendev.core.live import hub
from opendev.core.threads import with_fresh_connections
from opendev.room import pads
from opendev.room.source import RoomSource
from polls.ballot_box import answers_reader, ballot_box
from polls.services import close_due_polls, finalise_due_polls
from sessions.consumers import sign_up_desk, sign_ups_reader
from sessions.services import forget_expired_contacts

log = logging.getLogger("opendev.live")

CLOSER_S = 0.5
FORGETTER_S = 3600.0  # an address may be used until the end of a day: an hour more or less is close enough

# Measured: with 5,000 sockets one full collection stops the process for 74 to 330 ms. What stands at the start is
# frozen; a small middle generation keeps the longest pause near 24 ms.
GC_THRESHOLD = (5_000, 10, 1_000)


async def start() -> None:
    """Start everything; a failure stops the process."""
    hub.source = RoomSource()
    await hub.start(get_channel_layer() if settings.REDIS_URL else None)
    await ballot_box.start()
    await answers_reader.start()
    await sign_up_desk.start()
    await sign_ups_reader.start()
    thread = ThreadPoolExecutor(1, thread_name_prefix="closer")
    hub.spawn(_close_for_ever(thread))
    hub.spawn(_forget_for_ever(thread))
    hub.spawn(pads.watch_for_ever())


async def stop() -> None:
    """End everything: what is in the box is recorded first."""
    await ballot_box.stop()
    await answers_reader.stop()
    await sign_up_desk.stop()
    await sign_ups_reader.stop()
    await hub.stop()


def tame_garbage_collector() -> None:
    """Freeze what start-up made and keep the pauses short; only for processes that serve."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)


def close_and_finalise() -> None:
    """One round of the closer."""
    now = timezone.now()
    work_unless_locked(lambda: close_due_polls(now), busy=lambda: 0)
    work_unless_locked(lambda: finalise_due_polls(now), busy=lambda: 0)


async def _close_for_ever(thread: ThreadPoolExecutor) -> None:
    """Close what is due, with or without a browser connected; each round stands alone."""
    while True:
        await asyncio.sleep(CLOSER_S)
        try:
            await asyncio.get_running_loop().run_in_executor(
                thread, with_fresh_connections, close_and_finalise
            )
        except Exception:
            log.exception("A round of the closer failed; the next one tries again.")


def forget_contacts() -> None:
    """Delete the addresses that nobody may use any more."""
    work_unless_locked(lambda: forget_expired_contacts(timezone.now()), busy=lambda: 0)


async def _forget_for_ever(thread: ThreadPoolExecutor) -> None:
    """Forget at the start and then every hour; each round stands alone."""
    while True:
        try:
            await asyncio.get_running_loop().run_in_executor(thread, with_fresh_connections, forget_contacts)
        except Exception:
            log.exception("Addresses of follow-ups could not be forgotten; the next round tries again.")
        await asyncio.sleep(FORGETTER_S)


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    """Answer the server's lifespan messages."""
    await receive()
    try:
        await start()
    except Exception as error:
        await send({"type": "lifespan.startup.failed", "message": repr(error)})
        raise
    tame_garbage_collector()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await stop()
    await send({"type": "lifespan.shutdown.complete"})
