"""Through the door: phones scan the code within a span, each as a browser's first visit; then they come back."""

import asyncio
import random
from collections import Counter
from statistics import fmean
from typing import Any

from bench.figures import percentile
from bench.machine import cpu_s
from bench.phone import Door, Phone, Refused
from bench.sockets import now

IDLE_S = 2.0
PHONES_TO_WARM_UP = 5
MOST_REASONS = 3


async def play(spec: dict[str, Any]) -> dict[str, Any]:
    """Let `phones` arrive within `within_s`, and again if `returns`; return figures of each, and why some failed."""
    door = Door("127.0.0.1", spec["port"], spec["path"])
    chance = random.Random(spec["seed"])
    guests = [Phone(door) for _ in range(PHONES_TO_WARM_UP)]
    await asyncio.gather(*(guest.visit() for guest in guests))
    for guest in guests:
        guest.leave()
    await asyncio.sleep(spec["settle_s"])
    idle = await _idle_share(spec["pids"])
    phones = [Phone(door) for _ in range(spec["phones"])]
    failed: Counter[str] = Counter()
    played = {"first": await _storm(spec, phones, chance, idle, failed)}
    if spec["returns"]:
        for phone in phones:
            phone.leave()
        await asyncio.sleep(spec["settle_s"])
        played["again"] = await _storm(spec, phones, chance, idle, failed)
    for phone in phones:
        phone.leave()
    await asyncio.sleep(0.1)
    return {**played, "reasons": dict(failed.most_common(MOST_REASONS))}


async def _idle_share(pids: list[int]) -> float:
    """Return the share of a core that the server uses while nobody arrives."""
    before, began = cpu_s(pids), now()
    await asyncio.sleep(IDLE_S)
    return (cpu_s(pids) - before) / (now() - began)


async def _storm(
    spec: dict[str, Any], phones: list[Phone], chance: random.Random, idle: float, failed: Counter[str]
) -> dict[str, float]:
    """Let everybody visit once, at random moments of the span."""
    waits: list[float] = []

    async def come(phone: Phone, at: float) -> None:
        await asyncio.sleep(at)
        try:
            waits.append(await phone.visit())
        except (Refused, OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            failed[f"{type(error).__name__} {error}"[:120]] += 1

    before, began = cpu_s(spec["pids"]), now()
    await asyncio.gather(*(come(phone, chance.uniform(0, spec["within_s"])) for phone in phones))
    took, spent = now() - began, cpu_s(spec["pids"]) - before
    if not waits:
        raise RuntimeError(f"Nobody came in: {dict(failed.most_common(MOST_REASONS))}")
    return {
        "cpu_ms_a_phone": 1000 * max(0.0, spent - idle * took) / len(waits),
        "p50_s": percentile(waits, 50),
        "p95_s": percentile(waits, 95),
        "max_s": max(waits),
        "errors": len(phones) - len(waits),
        "requests": fmean(phone.requests for phone in phones),
        "bytes": fmean(phone.bytes for phone in phones),
        "idle_share": idle,
    }
