"""Background work of a serving process: the Hub, the boxes of every app, and the closer."""

import asyncio
import gc
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.urls import get_resolver
from django.utils import timezone

from opendev.core import metrics
from opendev.core.batching import Batcher, boxes
from opendev.core.live import broadcast, hub
from opendev.core.pulse import pulse
from opendev.core.threads import DatabaseAway, end_thread, with_fresh_connections
from opendev.core.write_ahead_log import emptier
from opendev.door.health import probe
from opendev.erasure.retention import retain_round
from opendev.erasure.services import forget_erased_names
from opendev.room import pad_worker, pads, webhook_worker
from opendev.room.services import start_and_end_by_clock
from opendev.room.source import RoomSource
from polls.services import close_due_polls, finalise_due_polls, fold_left_over
from sessions.audit.services import forget_old_entries
from sessions.follow_ups.services.sign_ups import forget_expired_contacts
from sessions.reactions import services as reactions
from sessions.webhooks.services.delivering import forget_old_deliveries

log = logging.getLogger("opendev.live")

CLOSER_S = 0.5
FORGETTER_S = 600.0  # an address may be used until the end of a day: a few minutes do not matter
RETAINER_S = 60.0  # one batch per round, so that the closer is never late

# Measured: with 5,000 sockets one full collection stops the process for 74 to 330 ms. What stands at the start is
# frozen; a small middle generation keeps the longest pause near 24 ms.
GC_THRESHOLD = (5_000, 10, 1_000)


threads: list[ThreadPoolExecutor] = []  # begun here, beside those of the boxes and the Hub


async def start() -> None:
    """Start everything; a failure stops the process."""
    hub.source = RoomSource()
    await hub.start(get_channel_layer() if settings.REDIS_URL else None)
    # The pages are loaded now and not with the first request: they bring boxes, and one that comes later never starts.
    await asyncio.to_thread(lambda: get_resolver().url_patterns)
    for box in boxes:
        await box.start()
    closer = ThreadPoolExecutor(1, thread_name_prefix="closer")
    threads.append(closer)
    emptier.is_watched = True
    hub.spawn_lasting(_do_for_ever(closer, close_and_finalise, every_s=CLOSER_S))
    hub.spawn_lasting(_do_for_ever(closer, forget_contacts, every_s=FORGETTER_S))
    hub.spawn_lasting(_do_for_ever(closer, retain, every_s=RETAINER_S))
    hub.spawn_lasting(_do_for_ever(closer, emptier.round, every_s=CLOSER_S))
    hub.spawn_lasting(pads.watch_for_ever())
    hub.spawn_lasting(reactions.tell_for_ever())
    hub.spawn_lasting(webhook_worker.deliver_for_ever(closer))
    hub.spawn_lasting(pad_worker.watch_for_ever())
    if os.environ.get(pad_worker.KEEPS_VARIABLE):
        hub.spawn_lasting(pad_worker.keep_for_ever())
    measure()


def measure() -> None:
    """Set the gauges of `/metrics` once a second, and measure the loop's lag."""
    pulse.begin()
    pulse.watch(metrics.SOCKETS, lambda: hub.sockets)
    pulse.watch(metrics.PARKED, lambda: len(hub.writer.slow))
    pulse.watch(metrics.GROUPS, lambda: len(hub.groups))
    pulse.watch(metrics.BUS_UP, lambda: hub.bus is None or hub.bus.is_heard)
    pulse.watch(metrics.QUEUE.labels("bus"), lambda: hub.bus.publishing if hub.bus else 0)
    for batcher in boxes:
        pulse.watch(metrics.QUEUE.labels(batcher.name), partial(_waiting_in, batcher))
    hub.spawn_lasting(pulse.beat_for_ever())


def _waiting_in(batcher: Batcher[Any, Any]) -> int:
    return len(batcher.waiting)


async def stop() -> None:
    """Stop everything: first record what is in the boxes, and finally complete the database's file."""
    for box in boxes:
        await box.stop()
    await hub.stop()
    while threads:
        end_thread(threads.pop())
    probe.end()
    emptier.is_watched = False
    emptier.end()


def tame_garbage_collector() -> None:
    """Freeze the objects created at startup and keep pauses short; only for serving processes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)


def close_and_finalise() -> None:
    """One round of the closer."""
    now = timezone.now()
    start_and_end_by_clock(now)
    close_due_polls(now)
    finalise_due_polls(now)
    for news in fold_left_over():
        broadcast(news)


def forget_contacts() -> None:
    """Delete addresses that nobody may use any more, names of erased people that are out of their pads, old entries
    of the audit log, and old messages of webhooks.
    """
    now = timezone.now()
    forget_expired_contacts(now)
    forget_erased_names(now)
    forget_old_entries(now)
    forget_old_deliveries(now)


def retain() -> None:
    """Delete personal data whose retention period is over."""
    retain_round(timezone.now())


async def _do_for_ever(thread: ThreadPoolExecutor, work: Callable[[], None], *, every_s: float) -> None:
    """Repeat a round of work, with or without a browser connected; a failed round does not affect the next."""
    while True:
        try:
            await asyncio.get_running_loop().run_in_executor(thread, with_fresh_connections, work)
        except DatabaseAway:
            pass  # already logged, once for the outage
        except Exception:
            log.exception("A round of %s failed; the next one tries again.", work.__name__)
        await asyncio.sleep(every_s)


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    """Handle the server's lifespan messages."""
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
