"""Votes of each kind in turn, in the same room and on the same server: their cost compared with a single choice."""

import asyncio
import random
from typing import Any

from bench.scenes.votes import Crowd
from bench.sockets import close_all, connect_all


async def play(spec: dict[str, Any]) -> dict[str, Any]:
    """Play `runs` rounds; in each every kind has its burst. Every vote is a new ballot."""
    chance = random.Random(spec["seed"])
    crowd = Crowd(spec)
    crowd.voters = await connect_all(crowd.voter, spec["url"], spec["tokens"])
    await asyncio.sleep(spec["settle_s"])
    runs = []
    for number in range(spec["runs"] + 1):
        run = {}
        for kind, polls in spec["kinds"].items():
            first = number * spec["polls_a_run"]
            run[kind] = await crowd.burst(polls[first : first + spec["polls_a_run"]], chance)
            await asyncio.sleep(1.0)  # until the last news are sent: they must not count for another kind
        if number:  # the first round warms up
            runs.append(run)
    await close_all(crowd.voters)
    return {"runs": runs, "errors": crowd.errors}
