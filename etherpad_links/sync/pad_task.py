"""One pad: its connection, and one round after the other of finding, writing and reading."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from etherpad_links import services
from etherpad_links.configuration import reach
from etherpad_links.easysync import (
    Document,
    Line,
    split_lines,
)
from etherpad_links.easysync.units import from_units
from etherpad_links.models import EtherpadLink, PadLine
from etherpad_links.padserver.addresses import PadAddress, read_pad_address
from etherpad_links.padserver.errors import (
    AddressForbidden,
    ChangeRefused,
    PadMissing,
    PadRefused,
    PadTrouble,
    PadUnreachable,
    RateLimited,
)
from etherpad_links.padserver.http import exists
from etherpad_links.padserver.pad_socket import Change, Identity, KnownState, PadSocket, new_token
from etherpad_links.selectors import copy_of, lines_for_pad, passages_in
from etherpad_links.sync.acts import Act, act_of, add_at_end
from etherpad_links.sync.blocks import folded, names_under
from etherpad_links.sync.database import Database
from etherpad_links.sync.locks import RENEW_S, PadLocks
from etherpad_links.sync.pace import Pace
from etherpad_links.sync.passages import Passage, PassageAct, PassageSource, passage_act, removal_act
from etherpad_links.sync.plan import compare, settle
from etherpad_links.sync.reading import learn_read_only_id
from etherpad_links.sync.tracking import TrackedLine, tracked
from opendev.core.errors import DomainError

log = logging.getLogger("etherpad_links.sync")

OUR_NAME = "Sign-ups"
QUIET_S = 3.0  # a block that nobody changed for so long holds no half-typed names
SAVE_S = 0.3
TICK_S = 0.5
RETRY_S = (1.0, 2.0, 5.0, 15.0, 30.0)
HEALTH = {
    PadMissing: EtherpadLink.Health.MISSING,
    PadRefused: EtherpadLink.Health.REFUSED,
    AddressForbidden: EtherpadLink.Health.FORBIDDEN,
}


class LockIsElsewhere(Exception):
    """Another worker writes into this pad."""


class PadTask:
    """Looks after one pad as long as it runs."""

    def __init__(
        self, link: EtherpadLink, database: Database, locks: PadLocks, pace: Pace, source: PassageSource
    ) -> None:
        self.link, self.database, self.locks, self.pace, self.source = link, database, locks, pace, source
        self.passages: list[Passage] = []
        self.written: dict[str, list[str]] = {}
        self.address: PadAddress = read_pad_address(link.url)
        self.wake = asyncio.Event()
        self.rows_changed = True
        self.lines: dict[int, TrackedLine] = {}
        self.known: KnownState | None = None
        self.reads_afresh = False  # what we knew led to a change that the server refused
        self.pad: PadSocket | None = None
        self.failures = 0
        self.said_that_we_wait = False
        self.held_at = self.saved_at = -1e9
        self.saved: tuple[object, ...] = ()
        self.split_of: Document | None = None
        self.split: list[Line] = []

    # --- life

    async def run(self) -> None:
        """Keep the pad in step until cancelled; whatever goes wrong is tried again."""
        try:
            while True:
                try:
                    await self._hold()
                    await self._keep_in_step()
                except LockIsElsewhere:
                    self._say_that_we_wait()
                    await asyncio.sleep(RENEW_S)
                except PadTrouble as trouble:
                    self.reads_afresh |= isinstance(trouble, ChangeRefused)
                    await self._rest(trouble)
                except DatabaseError:
                    log.exception("The database failed while pad %s was kept in step.", self.address.name)
                    await asyncio.sleep(RETRY_S[0])
        finally:
            await asyncio.shield(self.database(self.locks.release, self.link.pk))

    async def _hold(self) -> None:
        """Take or renew the pad's lock.

        Raises:
            LockIsElsewhere
        """
        now = asyncio.get_running_loop().time()
        if now - self.held_at < RENEW_S:
            return
        if not await self.database(self.locks.hold, self.link.pk, timezone.now()):
            self.held_at = -1e9
            raise LockIsElsewhere
        self.held_at, self.said_that_we_wait = now, False

    def _say_that_we_wait(self) -> None:
        if not self.said_that_we_wait:
            log.warning("Another worker writes into pad %s; this one waits.", self.address.name)
        self.said_that_we_wait = True

    async def _rest(self, trouble: PadTrouble) -> None:
        """Say what is wrong, once, and wait longer from time to time."""
        health = HEALTH.get(type(trouble), EtherpadLink.Health.UNREACHABLE)
        if isinstance(trouble, RateLimited):
            await asyncio.sleep(trouble.retry_after)
            return
        if not self.failures:
            log.warning("Pad %s: %s. Names are kept until it is back.", self.address.name, trouble)
        wait = RETRY_S[min(self.failures, len(RETRY_S) - 1)]
        self.failures += 1
        if self.failures > 1 or health != EtherpadLink.Health.UNREACHABLE:  # a blink is no news
            await self.database(
                services.record_health, link_id=self.link.pk, health=health, now=timezone.now()
            )
        await asyncio.sleep(wait)

    # --- the connection

    async def _keep_in_step(self) -> None:
        pad = self.pad = await self._connect()
        try:
            await self.database(
                services.record_health,
                link_id=self.link.pk,
                health=EtherpadLink.Health.OK,
                now=timezone.now(),
            )
            if self.failures:
                log.warning("Pad %s is back.", self.address.name)
            self.failures, self.rows_changed = 0, True
            await learn_read_only_id(self.link, self.database)
            while True:
                await self._hold()
                await self._round(pad)
                await self._sleep_till_something_happens()
                if pad.trouble:
                    raise pad.trouble
        finally:
            self.known = pad.known
            await pad.close()

    async def _connect(self) -> PadSocket:
        """Join the pad; with what we knew before if that still fits, so that nothing that was done is overlooked."""
        await self._check_that_it_exists()
        identity = Identity(await self._token(), OUR_NAME)
        if self.reads_afresh:
            self.known = None
        elif self.known is None:
            await self._remember()
        if self.known is not None:
            pad = PadSocket(self.address, identity, self._heard)
            try:
                await pad.open(reach(), self.known)
                return pad
            except PadUnreachable:
                log.info("Pad %s is read afresh.", self.address.name)
        pad = PadSocket(self.address, identity, self._heard)
        await pad.open(reach())
        if self.known is not None and pad.revision < self.known.revision:
            lost = await self.database(
                services.record_lost_revisions, link_id=self.link.pk, revision=pad.revision
            )
            log.warning("Pad %s has lost revisions; %d names are written again.", self.address.name, lost)
        self.lines = {}  # positions belong to the document that we knew
        self.known, self.reads_afresh = None, False
        return pad

    async def _check_that_it_exists(self) -> None:
        """Joining a missing pad would make an empty one.

        Raises:
            PadMissing
        """
        try:
            if not await asyncio.to_thread(exists, self.address, reach()):
                raise PadMissing("the server has no such pad")
        except RateLimited:
            if self.known is None:
                raise

    async def _token(self) -> str:
        token: str = await self.database(services.keep_author_token, link_id=self.link.pk, token=new_token())
        return token

    async def _remember(self) -> None:
        """Take up what the worker before us knew."""
        kept = await self.database(copy_of, self.link.pk)
        if kept is None:
            return
        document = Document.from_wire(kept.text, kept.runs, kept.pool)
        self.known = KnownState(document, kept.revision, kept.author)
        rows = await self.database(lines_for_pad, self.link.session_id)
        self.lines = {row.pk: tracked(row, with_position=True) for row in rows}

    def _heard(self, change: Change) -> None:
        for line in self.lines.values():
            line.move(change.changeset)
        self.wake.set()

    def look_again(self) -> None:
        """The database has something new for this pad."""
        self.rows_changed = True
        self.wake.set()

    async def _sleep_till_something_happens(self) -> None:
        pad = self.pad
        try:
            async with asyncio.timeout(TICK_S):
                await self.wake.wait()
        except TimeoutError:
            pass
        self.wake.clear()
        if pad is not None and pad.ended.is_set() and pad.trouble:
            raise pad.trouble

    # --- one round

    async def _round(self, pad: PadSocket) -> None:
        """Write all that is to be written, read what is quiet, and note where everything stands."""
        if self.rows_changed:
            await self._read_rows()
        while self._next_act(pad) is not None:
            await self._take_turn()
            if (act := self._next_act(pad)) is not None:
                await self._carry_out(pad, act)
        while self._next_passage_act(pad) is not None:
            await self._take_turn()
            if (step := self._next_passage_act(pad)) is not None:
                await self._write_passage(pad, step)
        await self._read_quiet_blocks(pad)
        await self._save(pad)

    async def _read_rows(self) -> None:
        self.rows_changed = False
        rows = await self.database(lines_for_pad, self.link.session_id)
        self.lines = {row.pk: self.lines.get(row.pk) or tracked(row, with_position=False) for row in rows}
        headings = [row.title for row in rows] + [line.heading for line in self.lines.values()]
        for row in rows:
            self.lines[row.pk].update(row, headings)
        self.passages = await self.database(self.source.read, self.link.session_id)
        self.written = await self.database(passages_in, self.link.pk)

    def _split(self, document: Document) -> list[Line]:
        """Return the lines of the document at hand, split once."""
        if self.split_of is not document:
            self.split_of, self.split = document, split_lines(document)
        return self.split

    def _blocks(self, pad: PadSocket) -> list[tuple[TrackedLine, Line | None, list[Line]]]:
        """Return every line with its heading and the lines under it, as they stand now."""
        lines = self._split(pad.document)
        found = [(line, line.find(lines)) for line in self.lines.values()]
        headings = {heading.number for _, heading in found if heading}
        return [
            (
                line,
                heading,
                names_under(
                    lines,
                    heading,
                    other_headings=headings,
                    author=pad.author,
                    known={folded(one.text or one.wanted) for one in line.known},
                )
                if heading
                else [],
            )
            for line, heading in found
        ]

    def _next_act(self, pad: PadSocket) -> Act | None:
        for line, heading, names in self._blocks(pad):
            if heading is None:
                if line.state == PadLine.State.NEW or line.wants_heading:
                    lines = self._split(pad.document)
                    return Act(add_at_end(pad.document, lines, [line.title], pad.author), line=line)
                continue
            plan = compare(names, line.known, pad.author)
            if act := act_of(pad.document, plan, names[-1] if names else heading, pad.author):
                return act
        return None

    async def _carry_out(self, pad: PadSocket, act: Act) -> None:
        revision = await pad.submit(act.changeset) if act.changeset else pad.revision
        if act.line:
            act.line.take_new_heading(split_lines(pad.document), act.line.title)
            wish = {"pointed_at": act.line.pointed_at, "wants_heading": act.line.wants_heading}
            await self.database(services.repair_done, line_id=act.line.line_id, **wish)
        if act.names:
            await self.database(
                services.record_names,
                link_id=self.link.pk,
                names=list(act.names),
                revision=revision,
                now=timezone.now(),
            )
        await self._read_rows()

    async def _take_turn(self) -> None:
        await self.pace.turn()
        await self._hold()

    def _next_passage_act(self, pad: PadSocket) -> PassageAct | None:
        lines = self._split(pad.document)
        for passage in self.passages:
            written = self.written.get(passage.key)
            if act := passage_act(pad.document, lines, passage, written, pad.author):
                return act
        over = self.written.keys() - {passage.key for passage in self.passages}
        for key in sorted(over):
            return removal_act(pad.document, lines, key, self.written[key])
        return None

    async def _write_passage(self, pad: PadSocket, act: PassageAct) -> None:
        if act.changeset:
            await pad.submit(act.changeset)
        await self.database(services.record_passage, link_id=self.link.pk, key=act.key, lines=act.lines)
        await self._read_rows()

    async def _read_quiet_blocks(self, pad: PadSocket) -> None:
        """Take in what people did to names, where the block has not changed for a while."""
        now = asyncio.get_running_loop().time()
        for line, heading, names in self._blocks(pad):
            if heading is None or not line.is_quiet(names, now, QUIET_S):
                continue
            found = settle(compare(names, line.known, pad.author), pad.author)
            common: dict[str, Any] = {"link_id": self.link.pk, "now": timezone.now()}
            for one, changed in found.changed:
                who = {**common, "sign_up_id": one.sign_up_id, "is_claim": one.is_claim}
                text = changed.text.strip()
                await self._note(services.record_changed_name, text=text, revision=pad.revision, **who)
            for one in found.gone:
                who = {**common, "sign_up_id": one.sign_up_id, "is_claim": one.is_claim}
                await self._note(services.record_gone_name, text=one.text, **who)
            for text in found.typed:
                typed = {**common, "line_id": line.line_id, "revision": pad.revision}
                await self._note(services.record_typed_name, text=text, **typed)

    async def _note(self, work: Callable[..., None], **what: Any) -> None:
        """Write down what people did; what can be no name is left where it stands."""
        try:
            await self.database(work, **what)
        except DomainError as refusal:
            log.info("Pad %s: a line is no name (%s).", self.address.name, refusal.code)
        self.look_again()

    async def _save(self, pad: PadSocket) -> None:
        now = asyncio.get_running_loop().time()
        places = [line.place for line in self.lines.values()]
        state = (pad.revision, *places)
        if state == self.saved or now - self.saved_at < SAVE_S:
            return
        document = pad.document
        runs, pool = document.to_wire()
        copy = {
            "author": pad.author,
            "revision": pad.revision,
            "text": from_units(document.text),
            "runs": runs,
            "pool": pool,
        }
        await self.database(
            services.record_places, link_id=self.link.pk, places=places, copy=copy, now=timezone.now()
        )
        self.saved, self.saved_at = state, now
        for line in self.lines.values():
            await self._forget_wish(line)

    async def _forget_wish(self, line: TrackedLine) -> None:
        """A moderator's wish is granted once the heading is where they said, or anew."""
        if line.state == PadLine.State.OK and (line.pointed_at is not None or line.wants_heading):
            wish = {"pointed_at": line.pointed_at, "wants_heading": line.wants_heading}
            line.pointed_at, line.wants_heading = None, False
            await self.database(services.repair_done, line_id=line.line_id, **wish)
