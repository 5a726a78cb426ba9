"""The rights of open sockets, checked every second: a socket that lost its ground is closed."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from opendev.core.groups import Group, Source
from opendev.core.threads import DatabaseAway
from opendev.core.writing import Writer

log = logging.getLogger("opendev.live")

SIGN_IN_ENDED = 4401  # close code: the token, sign-in or pass that opened this socket is no longer valid
NOT_ALLOWED = 4403  # close code: the role or display link that this socket was opened with is gone
RECHECK_S = 1.0  # docs/roles.md promises two seconds; reading takes some of that


class Rights:
    """The part of the Hub that closes sockets whose rights were revoked, in whichever process that happened.

    Processes do not notify each other: each reads the database, so no message can be lost.
    """

    groups: dict[int, Group]
    source: Source | None
    writer: Writer
    read_in_thread: Callable[..., Any]

    async def _recheck_for_ever(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_S)
            try:
                await self._recheck_rights()
            except DatabaseAway:
                pass  # already logged, once for the outage
            except Exception:
                log.exception("A look at the rights of sockets failed; the next one tries again.")

    async def _recheck_rights(self) -> None:
        """Close the sockets whose role, display link, token, sign-in or pass is gone, or whose room was closed to them.

        They reconnect with their current rights, or not at all.
        """
        if self.source is None:
            return
        self._close_expired()
        await self._close_groundless(self.source)
        await self._close_revoked(self.source)
        await self._close_outsiders(self.source)
        for group in list(self.groups.values()):
            for right in sorted({right for member in group.holders for right in member.rights}):
                await self._recheck(group, right, self.source)

    def _close_expired(self) -> None:
        """Close the sockets of expired passes, which needs no database."""
        now = time.time()
        for group in list(self.groups.values()):
            ended = [m for m in group.members if m.pass_ends_at is not None and m.pass_ends_at < now]
            for member in ended:
                self.writer.close(group, member, SIGN_IN_ENDED)

    async def _close_groundless(self, source: Source) -> None:
        """Close the sockets whose API token or sign-in was revoked, expired, or belongs to a deactivated user."""
        holders = [(g, m, m.ground) for g in self.groups.values() for m in g.holders if m.ground is not None]
        if not holders:
            return
        lasting = await self.read_in_thread(source.lasting, frozenset(ground for _g, _m, ground in holders))
        for group, member, ground in holders:
            if ground not in lasting:
                self.writer.close(group, member, SIGN_IN_ENDED)

    async def _close_revoked(self, source: Source) -> None:
        """Close the sockets of attendees whose pass was revoked, or who were erased."""
        keys = [key for key, group in self.groups.items() if group.by_attendee]
        if not keys:
            return
        revoked = await self.read_in_thread(source.revoked_passes, keys)
        for key in keys:
            if group := self.groups.get(key):
                group.revoked = revoked.get(key, frozenset())
                for member in [m for a in group.revoked for m in group.by_attendee.get(a, ())]:
                    self.writer.close(group, member, SIGN_IN_ENDED)

    async def _close_outsiders(self, source: Source) -> None:
        """Close the sockets in groups that are no longer open to everybody, except those of users who may be there."""
        if not self.groups:
            return
        users = await self.read_in_thread(source.users_of_closed, list(self.groups))
        for key, group in list(self.groups.items()):
            group.users = users.get(key)
            for member in [m for m in group.members if not group.lets_in(m)]:
                self.writer.close(group, member, NOT_ALLOWED)

    async def _recheck(self, group: Group, right: str, source: Source) -> None:
        """Close the sockets that were opened with a right that their holder no longer has."""
        members = [member for member in group.holders if right in member.rights]
        holders = await self.read_in_thread(source.holders, right, group.key)
        for member in members:
            if member.rights[right] not in holders:
                self.writer.close(group, member, NOT_ALLOWED)
