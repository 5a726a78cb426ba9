"""The sweep: every two seconds the Hub recovers whatever was lost on the way."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from opendev.core.bus import Bus
from opendev.core.groups import Group, News, Source, State
from opendev.core.newcomers import newcomers
from opendev.core.threads import DatabaseAway
from opendev.core.writing import Writer

log = logging.getLogger("opendev.live")

PRESENCE = "presence"  # a topic of every group

SWEEP_S = 2.0
LEAST_PAUSE_S = 0.5  # between two rounds, however often the bus seems to come back
ON_ITS_WAY_S = 0.25  # for news of recent commits to arrive; without it a storm of votes is reread each round
SIGN_OF_LIFE_S = 20.0  # presence is repeated at least this often, so that a page can tell silence from death
TOLD_ELSEWHERE = 1_000  # versions that other processes may have sent beyond those known here
SLOW_LIMIT_S = 30.0  # a socket that accepts nothing for this long is closed


class Sweep:
    """The half of the Hub that checks the other: versions, presence, stuck sockets."""

    bus: Bus | None
    groups: dict[int, Group]
    source: Source | None
    writer: Writer
    take: Callable[[News], None]
    read_in_thread: Callable[..., Any]
    _drop: Callable[[Group], None]
    _step_soon: Callable[[Group], None]

    async def _sweep_for_ever(self) -> None:
        while True:
            await self._pause_of_sweep()
            try:
                if self.bus:
                    await self.bus.renew()
                self._count_presence()
                self.writer.close_stuck(SLOW_LIMIT_S)
                await self.heal()
            except DatabaseAway:
                pass  # already logged, once for the outage
            except Exception:
                log.exception("A sweep round failed; the next one tries again.")

    async def _pause_of_sweep(self) -> None:
        """Wait two seconds, or less if the bus may be back: messages of the outage are lost to this process."""
        if self.bus is None:
            await asyncio.sleep(SWEEP_S)
            return
        await asyncio.sleep(LEAST_PAUSE_S)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.bus.may_be_back.wait(), SWEEP_S - LEAST_PAUSE_S)
        self.bus.may_be_back.clear()

    async def heal(self) -> None:
        """Re-read every group whose database version is ahead of what this process knows."""
        keys = [key for key, group in self.groups.items() if group.loaded and group.loaded.done()]
        if not keys or self.source is None:
            return
        before = {key: {t: held.version for t, held in self.groups[key].topics.items()} for key in keys}
        versions = await self.read_in_thread(self.source.versions, keys)
        for key in keys:
            if group := self.groups.get(key):
                self._forget_vanished(group, before[key], versions.get(key, {}))
            await self._take_what_went_back(key, before[key], versions.get(key, {}))
        if not any(self._is_behind(key, versions) for key in keys):
            return
        await asyncio.sleep(ON_ITS_WAY_S)
        for key in keys:
            if self._is_behind(key, versions):
                state = await self.read_in_thread(self.source.read, key)
                for news in state.news if state else []:
                    self.take(news)

    async def _take_what_went_back(self, key: int, before: dict[str, int], versions: dict[str, int]) -> None:
        """Accept the database's state if its version is older than before: it lost commits.

        Every page and program only accepts newer versions, so the versions are raised above all that were
        sent; docs/adr/0040 says why. A standby that is not promoted yet cannot raise them; the next round tries again.
        """
        back = {topic: known for topic, known in before.items() if versions.get(topic, known) < known}
        if not back or self.source is None:
            return
        above = {topic: known + TOLD_ELSEWHERE for topic, known in back.items()}
        await self.read_in_thread(self.source.raise_versions, key, above)
        log.warning("The database lost commits: %d versions of session %d went back.", len(back), key)
        state = await self.read_in_thread(self.source.read, key)
        for news in state.news if state else []:
            self.take(news)
        for member in self.groups[key].members if key in self.groups else ():
            if member.attendee_id is not None:
                for topic in back:
                    member.own_changed(topic)

    def _is_behind(self, key: int, versions: dict[int, dict[str, int]]) -> bool:
        """Return True if the database had a newer version of something than this process knows by now."""
        if (group := self.groups.get(key)) is None:
            return False
        known = {topic: held.version for topic, held in group.topics.items()}
        return any(version > known.get(topic, -1) for topic, version in versions.get(key, {}).items())

    def _forget_vanished(self, group: Group, before: dict[str, int], versions: dict[str, int]) -> None:
        """Publish that topics are gone from the database, except those added or changed while we were reading."""
        for topic in before.keys() - versions.keys():
            held = group.topics[topic]
            if held.version == before[topic] and any(held.states.values()):
                nobody: dict[str, State | None] = dict.fromkeys(held.states)
                self.take(News(group.key, topic, held.version + 1, nobody, owner=held.owner))

    def _count_presence(self) -> None:
        now = asyncio.get_running_loop().time()
        unusual_sessions = newcomers.unusual_sessions()
        awaited = newcomers.expected_sessions() if self.bus else set()
        for key, group in list(self.groups.items()):
            here = group.count_here(now)
            unusual = unusual_sessions.get(key, frozenset())
            if self.bus:
                counts = {"present": here, "unusual": sorted(unusual), "arrived": group.arrived}
                self.bus.publish(key, {"type": "live.present", "group": key, **counts})
                group.arrived = []
            present = here + group.count_elsewhere(now)
            if (
                group.note_unusual(unusual, now)
                or present != group.present
                or now - group.presence_told_at >= SIGN_OF_LIFE_S
            ):
                group.present, group.presence_told_at = present, now
                group.wants(PRESENCE, whole=False)
                self._step_soon(group)
            is_empty = not group.members and not group.page_loads and key not in awaited
            if is_empty and group.loaded and group.loaded.done():
                self._drop(group)
