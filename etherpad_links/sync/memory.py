"""The worker's memory of one pad: its last document, the sign-up lines, and what we wrote."""

import asyncio
import logging
from collections.abc import Sequence

from django.utils import timezone

from etherpad_links import services
from etherpad_links.easysync import Document, Line, split_lines
from etherpad_links.easysync.documents import without_large_values
from etherpad_links.easysync.units import from_units
from etherpad_links.models import EtherpadLink, PadLine
from etherpad_links.padserver.pad_socket import Change, KnownState, PadSocket
from etherpad_links.selectors import copy_of, lines_for_pad, passages_in
from etherpad_links.sync.database import Database
from etherpad_links.sync.layout import Layout, lay_out, name_headings
from etherpad_links.sync.passages import Passage, PassageSource
from etherpad_links.sync.tracking import TrackedLine, tracked

log = logging.getLogger("etherpad_links.sync")

SAVE_S = 0.3


class PadMemory:
    """The sign-up lines and passages of one pad, tracked through its changes and stored in the database."""

    def __init__(self, link: EtherpadLink, database: Database, source: PassageSource) -> None:
        self.link, self.database, self.source = link, database, source
        self.known: KnownState | None = None
        self.lines: dict[int, TrackedLine] = {}
        self.passages: list[Passage] = []
        self.written: dict[str, list[str]] = {}
        self.rows_changed = True
        self.server_lost_pad = False  # the pad's server lost text: nobody removed it
        self.saved: tuple[object, ...] = ()
        self.saved_at = -1e9
        self.split_of: Document | None = None
        self.split: list[Line] = []

    async def remember(self) -> None:
        """Load the previous worker's state."""
        kept = await self.database(copy_of, self.link.pk)
        if kept is None:
            return
        document = Document.from_wire(kept.text, kept.runs, kept.pool)
        rows = await self.database(lines_for_pad, self.link.session_id)  # may fail, and is then repeated
        self.lines = {row.pk: tracked(row, with_position=True) for row in rows}
        self.known = KnownState(document, kept.revision, kept.author)

    def forget_places(self, *, server_lost_pad: bool) -> None:
        """Start again with a newly read document: positions belong to the old one."""
        self.lines, self.known, self.server_lost_pad = {}, None, server_lost_pad

    def heard(self, change: Change) -> None:
        """Track the headings through a change."""
        for line in self.lines.values():
            line.move(change.changeset)

    async def read_rows(self) -> None:
        """Read the session's sign-up lines, names and passages."""
        self.rows_changed = False
        rows = await self.database(lines_for_pad, self.link.session_id)
        before, self.lines = self.lines, {}
        for row in rows:
            line = self.lines[row.pk] = before.get(row.pk) or tracked(row, with_position=False)
            line.was_lost_by_server |= (
                self.server_lost_pad and row.pk not in before and line.state == PadLine.State.OK
            )
        headings = [row.title for row in rows] + [line.heading for line in self.lines.values()]
        for row in rows:
            self.lines[row.pk].update(row, headings)
        name_headings(self.lines.values())
        self.server_lost_pad = False
        self.passages = await self.database(self.source.read, self.link.session_id)
        self.written = await self.database(passages_in, self.link.pk)

    def lines_of(self, document: Document) -> list[Line]:
        """Return the lines of the document, split once."""
        if self.split_of is not document:
            self.split_of, self.split = document, split_lines(document)
        return self.split

    def layout(self, pad: PadSocket) -> Layout:
        """Return the pad's current layout."""
        lines, known = self.lines_of(pad.document), list(self.lines.values())
        return lay_out(lines, known, pad.author, self.passages, self.written)

    async def save(self, pad: PadSocket, *, at_once: bool = False) -> None:
        """Store the document and the headings' positions, if they changed, at most a few times a second."""
        now = asyncio.get_running_loop().time()
        places = [line.place for line in self.lines.values()]
        state = (pad.revision, *places)
        if state == self.saved or (now - self.saved_at < SAVE_S and not at_once):
            return
        document = pad.document
        runs, pool = document.to_wire()
        copy = {
            "author": pad.author,
            "revision": pad.revision,
            "text": from_units(document.text),
            "runs": runs,
            "pool": without_large_values(pool),
        }
        await self.database(
            services.record_places, link_id=self.link.pk, places=places, copy=copy, now=timezone.now()
        )
        self.saved, self.saved_at = state, now

    async def end_repairs(self, pad: PadSocket, lines: Sequence[TrackedLine]) -> None:
        """Delete granted repairs: the heading is there, and everybody on the line is below it."""
        for line in lines:
            if not (line.refills or line.has_wish):
                continue
            line.refills = False
            if line.has_wish:
                await self.save(pad, at_once=True)
                wish = {"pointed_at": line.pointed_at, "wants_heading": line.wants_heading}
                line.pointed_at = line.followed = None
                line.wants_heading = False
                await self.database(services.repair_done, line_id=line.line_id, **wish)
