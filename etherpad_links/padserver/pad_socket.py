"""A live pad: its current document, and one changeset of ours at a time.

A client of Etherpad's realtime protocol, like a browser. The server rebases our changesets onto earlier ones;
we do the same to our changeset in flight, so that both have the same document.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from etherpad_links.easysync import BadChangeset, Changeset, Document, follow, pack, unpack
from etherpad_links.padserver.addresses import PadAddress, Reach
from etherpad_links.padserver.engine_io import Channel
from etherpad_links.padserver.errors import (
    ChangeRefused,
    HistoryDiffers,
    OutcomeUnknown,
    PadRefused,
    PadTrouble,
    PadUnreachable,
    RateLimited,
)

READY_S = 5.0
COMMIT_S = 5.0
RATE_PAUSE_S = 2.0  # after the server said that we are too fast
GREY = "#cccccc"
PROTOCOL_VERSION = 2
LETS_NOBODY_IN = {"unauthorized", "rejected", "deleted"}


@dataclass(frozen=True, slots=True)
class Identity:
    """Our identity on a pad. A token is one author of the pad, so it is stored, and used by only one connection."""

    token: str
    name: str
    session_id: str = ""  # for pads of a group


@dataclass(frozen=True, slots=True)
class KnownState:
    """Our state when the connection was lost: from it the server sends the missed changes one by one."""

    document: Document
    revision: int
    author: str
    is_read_only: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One revision of the pad: the change, its author, and the document before and after."""

    revision: int
    changeset: Changeset
    author: str
    before: Document
    after: Document


Listener = Callable[[Change], None]


@dataclass(slots=True)
class _Outstanding:
    changeset: Changeset
    answer: "asyncio.Future[int]"


def new_token() -> str:
    """Return a token for a new author. Its length has to be a multiple of 4, or newer servers refuse it."""
    return f"t.{secrets.token_urlsafe(15)}"


class PadSocket:
    """One connection to one pad. `heard` is called for every revision, including ours, in order."""

    def __init__(self, address: PadAddress, identity: Identity, heard: Listener | None = None) -> None:
        self.address, self.identity, self.heard = address, identity, heard
        self.document = Document.plain("\n")
        self.revision = -1
        self.author = ""
        self.is_read_only = address.is_read_only
        self.accepted = 0  # our changes that the server accepted on this connection
        self.trouble: PadTrouble | None = None
        self.ended = asyncio.Event()
        self._channel: Channel | None = None
        self._ready = asyncio.Event()
        self._outstanding: _Outstanding | None = None
        self._reader: asyncio.Task[None] | None = None
        self._catches_up = False

    @property
    def known(self) -> KnownState:
        """The state with which to rejoin after the connection was lost."""
        return KnownState(self.document, self.revision, self.author, self.is_read_only)

    async def open(self, reach: Reach, known: KnownState | None = None) -> None:
        """Join the pad: with a snapshot, or with the changes since `known`. This CREATES a missing pad.

        Raises:
            PadTrouble
        """
        if known:
            self.document, self.revision, self.author = known.document, known.revision, known.author
            self.is_read_only |= known.is_read_only
        cookies = {"token": self.identity.token}
        if self.identity.session_id:
            cookies["sessionID"] = self.identity.session_id
        self._channel = await Channel.open(self.address, reach, cookies)
        self._catches_up = known is not None
        self._reader = asyncio.create_task(self._read())
        try:
            await self._send(self._client_ready())
            async with asyncio.timeout(READY_S):
                await self._ready.wait()
            if self.trouble:
                raise self.trouble
            if self._channel.version == 3:  # Etherpad 1.x ignores the name in CLIENT_READY
                await self._send_to_room({"type": "USERINFO_UPDATE", "userInfo": self._user_info()})
        except TimeoutError as error:
            await self.close()
            raise PadUnreachable("the server does not show the pad") from error
        except PadTrouble:
            await self.close()
            raise

    async def submit(self, changeset: Changeset) -> int:
        """Change the current document, and return the revision once the server has accepted it.

        Raises:
            OutcomeUnknown: sent, but no answer came; the connection is closed
            PadTrouble: not accepted
        """
        if self.trouble:
            raise self.trouble
        if self.is_read_only:
            raise PadRefused("the pad is read-only for us")
        if self._outstanding:
            raise RuntimeError("one changeset at a time")
        wire, pool = pack(changeset, self.document)
        change = {"type": "USER_CHANGES", "baseRev": self.revision, "changeset": wire, "apool": pool}
        outstanding = self._outstanding = _Outstanding(changeset, asyncio.get_running_loop().create_future())
        try:
            async with asyncio.timeout(COMMIT_S):
                await self._send_to_room(change)
                return await asyncio.shield(outstanding.answer)
        except TimeoutError as error:
            self._outstanding = None
            await self.close()
            raise OutcomeUnknown("no answer to a change") from error
        finally:
            self._outstanding = None

    async def close(self) -> None:
        """Leave the pad; may be called again."""
        self._end(PadUnreachable("we have left"))
        if self._reader:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
        if self._channel:
            await self._channel.close()

    def _user_info(self) -> dict[str, str]:
        return {"userId": self.author, "name": self.identity.name, "colorId": GREY}

    def _client_ready(self) -> dict[str, Any]:
        ready: dict[str, Any] = {
            "component": "pad",
            "type": "CLIENT_READY",
            "padId": self.address.name,
            "sessionID": self.identity.session_id or None,
            "token": self.identity.token,
            "protocolVersion": PROTOCOL_VERSION,
            "userInfo": {"name": self.identity.name, "colorId": GREY},
        }
        if self._catches_up:
            ready |= {"reconnect": True, "client_rev": self.revision}
        return ready

    async def _send(self, message: dict[str, Any]) -> None:
        if self._channel is None:
            raise PadUnreachable("not connected")
        await self._channel.send(message)

    async def _send_to_room(self, body: dict[str, Any]) -> None:
        await self._send({"component": "pad", "type": "COLLABROOM", "padId": self.address.name, "data": body})

    # --- incoming messages

    async def _read(self) -> None:
        if self._channel is None:
            return
        try:
            async for message in self._channel.messages():
                self._take(message)
        except PadTrouble as trouble:
            self._end(trouble)
        except (BadChangeset, KeyError, TypeError, ValueError, AttributeError) as error:
            kind = HistoryDiffers if self._catches_up and not self._ready.is_set() else PadUnreachable
            self._end(kind(f"the server and we do not hold the same pad ({error!r})"))

    def _end(self, trouble: PadTrouble) -> None:
        """Record why the connection ended, for waiting callers; the first reason counts."""
        if self.trouble is not None:
            return
        self.trouble = trouble
        outstanding = self._outstanding
        if outstanding and not outstanding.answer.done():
            was_refused = isinstance(trouble, ChangeRefused)
            unknown = OutcomeUnknown(str(trouble), was_refused=was_refused)
            outstanding.answer.set_exception(unknown if isinstance(trouble, PadUnreachable) else trouble)
        self._ready.set()
        self.ended.set()

    def _take(self, message: dict[str, Any]) -> None:
        if reason := message.get("disconnect"):
            raise _dismissal(str(reason))
        if status := message.get("accessStatus"):
            raise PadRefused(f"the server does not let us in ({status})")
        if message.get("type") == "CLIENT_VARS":
            self._take_snapshot(message["data"])
        elif message.get("type") == "COLLABROOM":
            self._take_news(message["data"])

    def _take_snapshot(self, told: dict[str, Any]) -> None:
        pad = told["collab_client_vars"]
        attributed = pad["initialAttributedText"]
        self.document = Document.from_wire(
            attributed["text"], attributed["attribs"], pad["apool"]["numToAttrib"]
        )
        self.revision, self.author = pad["rev"], told["userId"]
        self.is_read_only = self.address.is_read_only or bool(told.get("readonly"))
        self._ready.set()

    def _take_news(self, news: dict[str, Any]) -> None:
        kind = news.get("type")
        if kind == "NEW_CHANGES":
            self._take_change(news)
        elif kind == "CLIENT_RECONNECT":
            self._take_missed(news)
        elif kind == "ACCEPT_COMMIT":
            self._take_acceptance(news["newRev"])

    def _take_missed(self, news: dict[str, Any]) -> None:
        """Apply one of the changes that were made while we were away; the last one makes us ready."""
        if news.get("noChanges"):
            if news["newRev"] != self.revision:
                raise BadChangeset("the pad is another than the one that we knew")
            self._ready.set()
            return
        self._take_change(news)
        if self.revision >= news["headRev"]:
            self._ready.set()

    def _take_change(self, news: dict[str, Any]) -> None:
        revision = news["newRev"]
        if revision <= self.revision:
            return  # servers send some twice
        changeset = unpack(news["changeset"], news["apool"]["numToAttrib"])
        if self._outstanding:
            self._outstanding.changeset = follow(changeset, self._outstanding.changeset)
        self._step(revision, changeset, str(news.get("author") or ""))

    def _take_acceptance(self, revision: int) -> None:
        outstanding = self._outstanding
        if outstanding is None:
            raise BadChangeset("an answer that nobody waits for")
        if revision != self.revision:  # the same revision: our change no longer had an effect when it arrived
            self._step(revision, outstanding.changeset, self.author)
        if not outstanding.answer.done():
            outstanding.answer.set_result(revision)
        self._outstanding = None
        self.accepted += 1

    def _step(self, revision: int, changeset: Changeset, author: str) -> None:
        """Advance by exactly one revision.

        Raises:
            BadChangeset: one is missing, or it does not fit
        """
        if revision != self.revision + 1:
            raise BadChangeset(f"revision {revision} after {self.revision}")
        before = self.document
        self.document, self.revision = changeset.apply(before), revision
        if self.heard:
            self.heard(Change(revision, changeset, author, before, self.document))


def _dismissal(reason: str) -> PadTrouble:
    """Return the error for a disconnect by the server."""
    if reason == "rateLimited":
        return RateLimited("too many messages", RATE_PAUSE_S)
    if reason in LETS_NOBODY_IN:
        return PadRefused(f"the server sends us away ({reason})")
    kind = ChangeRefused if reason == "badChangeset" else PadUnreachable
    return kind(f"the server sends us away ({reason})")
