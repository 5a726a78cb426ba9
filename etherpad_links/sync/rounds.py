"""One round in a pad: write what is missing, read what people did, and record where everything is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.utils import timezone

from etherpad_links import services
from etherpad_links.easysync import split_lines
from etherpad_links.models import PadLine
from etherpad_links.padserver.pad_socket import PadSocket
from etherpad_links.sync.acts import Act, act_of, add_at_end, take_out_stray
from etherpad_links.sync.blocks import folded
from etherpad_links.sync.layout import Block, Layout, stray
from etherpad_links.sync.memory import PadMemory
from etherpad_links.sync.passages import PassageAct, passage_act, removal_act
from etherpad_links.sync.plan import Plan, compare, settle
from opendev.core.errors import DomainError

log = logging.getLogger("etherpad_links.sync")

QUIET_S = 3.0  # a block that nobody has changed for this long has no half-typed names


class Rounds:
    """The rounds over one connection. `take_turn` waits until one more change may be sent, as the pad's only writer."""

    def __init__(self, pad: PadSocket, memory: PadMemory, take_turn: Callable[[], Awaitable[None]]) -> None:
        self.pad, self.memory, self.take_turn = pad, memory, take_turn
        self.database, self.link = memory.database, memory.link

    async def go(self) -> None:
        """Do one round."""
        if self.memory.rows_changed:
            await self.memory.read_rows()
        if not self.pad.is_read_only:
            await self._write()
        await self._read_quiet_blocks()
        await self.memory.save(self.pad)

    # --- writing

    async def _write(self) -> None:
        while self._next_act() is not None:
            await self.take_turn()
            if (act := self._next_act()) is not None:
                await self._carry_out(act)
        there = [line for line in self.memory.lines.values() if line.state == PadLine.State.OK]
        elsewhere = [line for line in self.memory.lines.values() if line.followed is not None]
        await self.memory.end_repairs(self.pad, [*there, *elsewhere])
        while self._next_passage_act() is not None:
            await self.take_turn()
            if (step := self._next_passage_act()) is not None:
                await self._write_passage(step)

    def _plans(self, layout: Layout) -> list[tuple[Block, Plan]]:
        return [
            (block, compare(block.names, block.line.known, self.pad.author, refills=block.line.refills))
            for block in layout.blocks
            if block.heading is not None
        ]

    def _next_act(self) -> Act | None:
        """Return the next change: headings first, then names outside their blocks, then the others."""
        document, author = self.pad.document, self.pad.author
        lines, layout = self.memory.lines_of(document), self.memory.layout(self.pad)
        for block in layout.blocks:
            line = block.line
            if block.heading is None and (line.state == PadLine.State.NEW or line.wants_heading):
                return Act(add_at_end(document, lines, [line.own_heading], author), line=line)
        plans = self._plans(layout)
        if found := stray(layout, plans, lines, author):
            return take_out_stray(document, found[1], found[0])
        for block, plan in plans:
            last = block.names[-1] if block.names else block.heading
            if last is not None and (act := act_of(document, plan, last, author)):
                return act
        return None

    async def _carry_out(self, act: Act) -> None:
        pad = self.pad
        revision = await pad.submit(act.changeset) if act.changeset else pad.revision
        if act.line:
            act.line.take_new_heading(split_lines(pad.document), act.line.own_heading)
            await self.memory.save(pad, at_once=True)
        if act.names:
            await self.database(
                services.record_names,
                link_id=self.link.pk,
                names=list(act.names),
                revision=revision,
                now=timezone.now(),
            )
        await self.memory.read_rows()

    def _next_passage_act(self) -> PassageAct | None:
        lines, document, written = (
            self.memory.lines_of(self.pad.document),
            self.pad.document,
            self.memory.written,
        )
        for passage in self.memory.passages:
            if act := passage_act(document, lines, passage, written.get(passage.key), self.pad.author):
                return act
        over = written.keys() - {passage.key for passage in self.memory.passages}
        for key in sorted(over):
            return removal_act(document, lines, key, written[key])
        return None

    async def _write_passage(self, act: PassageAct) -> None:
        if act.changeset:
            await self.pad.submit(act.changeset)
        await self.database(services.record_passage, link_id=self.link.pk, key=act.key, lines=act.lines)
        await self.memory.read_rows()

    # --- reading

    async def _read_quiet_blocks(self) -> None:
        """Read what people did to names, in blocks that have not changed for a while."""
        now = asyncio.get_running_loop().time()
        layout = self.memory.layout(self.pad)
        homeless = self._names_without_heading(layout)
        for block in layout.blocks:
            line = block.line
            if block.heading is None or not line.is_quiet(block.names, now, QUIET_S):
                continue
            if (line.is_back or line.refills) and not self.pad.is_read_only:
                line.refills, line.is_back = True, False  # nobody removed the names that are missing now
                self.memory.rows_changed = True
                continue
            await self._read_block(block, homeless)

    async def _read_block(self, block: Block, homeless: set[str]) -> None:
        found = settle(compare(block.names, block.line.known, self.pad.author), self.pad.author)
        common: dict[str, Any] = {"link_id": self.link.pk, "now": timezone.now()}
        for one, changed in found.changed:
            who = {**common, "sign_up_id": one.sign_up_id, "is_claim": one.is_claim}
            text = changed.text.strip()
            await self._note(services.record_changed_name, text=text, revision=self.pad.revision, **who)
        for one in found.gone:
            who = {**common, "sign_up_id": one.sign_up_id, "is_claim": one.is_claim}
            await self._note(services.record_gone_name, text=one.text, **who)
        for text in found.typed:
            if folded(text) in homeless:
                continue
            typed = {**common, "line_id": block.line.line_id, "revision": self.pad.revision}
            await self._note(services.record_typed_name, text=text, **typed)

    def _names_without_heading(self, layout: Layout) -> set[str]:
        """Return, folded, the names on lines whose heading is gone: they may still be there below another one."""
        lost = [block.line for block in layout.blocks if block.heading is None]
        return {folded(one.text) for line in lost for one in line.known if one.was_there}

    async def _note(self, work: Callable[..., None], **what: Any) -> None:
        """Record what people did; text that cannot be a name is left alone."""
        try:
            await self.database(work, **what)
        except DomainError as refusal:
            log.info("Pad %s: a line is no name (%s).", self.pad.address.name, refusal.code)
        self.memory.rows_changed = True
