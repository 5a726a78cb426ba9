"""How the worker joins a pad: without creating it, with its last state, and no faster than the server allows."""

import asyncio
import logging

from etherpad_links import services
from etherpad_links.configuration import api_for, reach
from etherpad_links.models import EtherpadLink
from etherpad_links.padserver.addresses import PadAddress
from etherpad_links.padserver.errors import (
    ChecksLimited,
    HistoryDiffers,
    PadMissing,
    PadRefused,
    PadTrouble,
    PadUnreachable,
    RateLimited,
)
from etherpad_links.padserver.http import exists_async
from etherpad_links.padserver.pad_socket import Identity, KnownState, Listener, PadSocket, new_token
from etherpad_links.sync.memory import PadMemory

log = logging.getLogger("etherpad_links.sync")

OUR_NAME = "Sign-ups"
PROBE_S = 15.0  # between two checks on a server that limits us
MOST_CATCHING_UP = 3  # connections, if people type in the meantime
CAREFUL_S = 180.0  # for this long after a refusal, checks are made one by one
CHECKS_AT_ONCE = 2  # a check that a busy server answers too late still counts
CHECK_HOLDS_S = 90.0  # a join that fails right after a check needs no second one


class Checks:
    """The checks of one server's pads. By default a server lets an address export ten times in 90 s."""

    def __init__(self) -> None:
        self.opens_at = self.careful_until = -1e9
        self.lock, self.few = asyncio.Lock(), asyncio.Semaphore(CHECKS_AT_ONCE)

    async def exists(self, address: PadAddress) -> bool:
        """Return True if the pad exists, asked without a key.

        Raises:
            ChecksLimited: the server allows no more checks for now
            PadTrouble
        """
        if asyncio.get_running_loop().time() >= self.careful_until:
            async with self.few:
                return await self._ask(address)
        async with self.lock:
            return await self._ask(address)

    async def _ask(self, address: PadAddress) -> bool:
        now = asyncio.get_running_loop().time()
        if now < self.opens_at:
            raise ChecksLimited("other pads are checked first", self.opens_at - now)
        try:
            return await exists_async(address, reach())
        except RateLimited as limited:
            now = asyncio.get_running_loop().time()
            self.opens_at, self.careful_until = now + min(limited.retry_after, PROBE_S), now + CAREFUL_S
            raise ChecksLimited(
                "the server limits how many pads are checked", self.opens_at - now
            ) from limited


class Connector:
    """Joins one pad."""

    def __init__(self, link: EtherpadLink, address: PadAddress, memory: PadMemory, checks: Checks) -> None:
        self.link, self.address, self.memory, self.checks = link, address, memory, checks
        self.reads_afresh = False  # our last state led to changes that the server does not accept
        self.may_be_gone = False
        self.there_at = -1e9  # when the server last confirmed that it has the pad

    def learn(self, trouble: PadTrouble) -> None:
        """Record what ended the last connection. A pad that may be gone counts as such until its server denies it."""
        self.may_be_gone |= isinstance(trouble, PadMissing | PadRefused)

    async def connect(self, heard: Listener) -> PadSocket:
        """Join the pad; with our last state if it still fits, so that no change is missed.

        Raises:
            PadTrouble
        """
        if self.memory.known is None:
            await self.memory.remember()
        await self._check_that_it_exists()
        token = await self.memory.database(
            services.keep_author_token, link_id=self.link.pk, token=new_token()
        )
        identity, known, differs = Identity(token, OUR_NAME), self.memory.known, False
        if known is not None and not self.reads_afresh:
            try:
                return await self._catch_up(identity, known, heard)
            except PadUnreachable as trouble:
                differs = isinstance(trouble, HistoryDiffers)
                log.info("Pad %s is read afresh.", self.address.name)
        pad = PadSocket(self.address, identity, heard)
        await pad.open(reach())
        await self._begin_with(pad, known, differs=differs)
        return pad

    async def _catch_up(self, identity: Identity, known: KnownState, heard: Listener) -> PadSocket:
        """Join with our last state. After a connection that delivered missed changes, connect again.

        Etherpad 2.5 accepts the first change of such a connection, and then answers it with "badChangeset", because it
        continues to count from the revision that we sent.
        """
        for nth in range(MOST_CATCHING_UP):
            pad = PadSocket(self.address, identity, heard)
            await pad.open(reach(), known)
            if pad.revision == known.revision or nth == MOST_CATCHING_UP - 1:
                break
            known = self.memory.known = pad.known
            await pad.close()
        return pad

    async def _begin_with(self, pad: PadSocket, known: KnownState | None, *, differs: bool) -> None:
        """Start with a newly read document; what its server lost since has to be written again."""
        is_another = known is not None and (
            differs or pad.revision < known.revision or pad.author != known.author
        )
        lost_pad = is_another and known is not None and known.document.text != pad.document.text
        if is_another:
            lost = await self.memory.database(
                services.record_lost_revisions,
                link_id=self.link.pk,
                revision=0 if differs else pad.revision,
                passages_too=lost_pad,
            )
            log.warning("Pad %s has lost revisions; %d names are written again.", self.address.name, lost)
        self.memory.forget_places(server_lost_pad=lost_pad)
        self.reads_afresh = False

    async def _check_that_it_exists(self) -> None:
        """Joining a missing pad would create an empty one. If we have a copy, it was there a moment ago.

        Raises:
            PadMissing, ChecksLimited
        """
        api = None if self.address.is_read_only else api_for(self.link)
        there = None
        if api is not None:
            try:
                there = await api.has_pad_async(self.address.name)
            except (PadRefused, PadUnreachable) as trouble:  # a wrong key, or an API that we may not use
                log.info("Pad %s: the server's API does not help (%s).", self.address.name, trouble)
        if there is None and (self.may_be_gone or not self._was_there_a_moment_ago):
            there = await self.checks.exists(self.address)
        if there is False:
            self.may_be_gone = True
            raise PadMissing("the server has no such pad")
        if there:
            self.there_at, self.may_be_gone = asyncio.get_running_loop().time(), False

    @property
    def _was_there_a_moment_ago(self) -> bool:
        is_fresh = asyncio.get_running_loop().time() - self.there_at < CHECK_HOLDS_S
        return is_fresh or self.memory.known is not None
