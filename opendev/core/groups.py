"""A process's state of the rooms that have sockets: groups, their topics, and who is in them."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils import timezone

from opendev.core.attendance import Ground
from opendev.core.sending import SendMessage, TextMessage

EVERYBODY = "everybody"  # the audience of every socket that has no other; apps name the others
PAGE_LOAD_COUNTS_S = 30.0
COUNT_HOLDS_S = 6.0  # how long the count of another process is valid

State = dict[str, Any]
Frame = dict[str, Any]
Gather = Callable[[Sequence[State], str], Frame]
Gone = tuple[str, int]  # a topic that is no longer there, and its version
GatherWhole = Callable[[Sequence[State], Sequence[Gone], str], Frame]


@dataclass(frozen=True, slots=True)
class News:
    """The current state of one topic of one group, per audience; None for an audience that may not know of it.

    An audience without a state of its own gets that of EVERYBODY. `whole` is False if only the tally changed, so
    that sockets get the short frame. `owner` is the attendee to whom the topic belongs, if any; the owner's
    sockets may belong to an audience of their own.
    """

    group: int
    topic: str
    version: int
    states: Mapping[str, State | None]
    whole: bool = True
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class GroupState:
    """A source's data about a group: its facts, all of its topics, and the attendees whose passes have been revoked.

    `users` are the only ones who may be in it, or None if everybody may.
    """

    facts: dict[str, Any]
    news: list[News]
    revoked: frozenset[int] = frozenset()
    users: frozenset[int] | None = None


class TopicKind(Protocol):
    """How an app puts its topics into frames.

    A kind with many topics that change at once also has `tallies: Gather`, for one frame with all tallies, and
    `several: GatherWhole`, for one with all changed topics. A tally of such a topic is the same for everybody who may
    know of it, except for reserved audiences.
    """

    def changed(self, state: State, now: str) -> Frame: ...
    def tally(self, state: State, now: str) -> Frame: ...
    def gone(self, topic: str, version: int) -> Frame: ...


class Source(Protocol):
    """The source from which the Hub reads groups; called in a separate thread, never on the loop.

    `kinds` maps the word before the colon of a topic's name to its kind. `reserved` are the audiences that require
    a right. `holders` returns the ids that currently hold a right in a group, by the right's name.
    `users_of_closed` returns who may be in a group, for groups that are not open to everybody.
    """

    @property
    def kinds(self) -> Mapping[str, TopicKind]: ...
    @property
    def reserved(self) -> frozenset[str]: ...

    def read(self, group: int) -> GroupState | None: ...
    def versions(self, groups: Iterable[int]) -> dict[int, dict[str, int]]: ...
    def raise_versions(self, group: int, above: Mapping[str, int]) -> None: ...
    def holders(self, right: str, group: int) -> frozenset[int]: ...
    def lasting(self, grounds: frozenset[Ground]) -> frozenset[Ground]: ...
    def revoked_passes(self, groups: Iterable[int]) -> dict[int, frozenset[int]]: ...
    def users_of_closed(self, groups: Iterable[int]) -> dict[int, frozenset[int]]: ...


class Member(Protocol):
    """A socket in a group. `rights` are those that it was opened with: the right's name, and the id that holds it."""

    base_send: SendMessage
    attendee_id: int | None
    ground: Ground | None
    pass_ends_at: float | None
    is_ready: bool
    is_closed: bool

    @property
    def rights(self) -> Mapping[str, int]: ...

    def audience(self, topic: str) -> str: ...
    def note_part(self, topic: str, *, takes_part: bool) -> bool: ...
    def own_changed(self, topic: str) -> None: ...


def has_right(member: Member) -> bool:
    """Return True if the socket was opened with a right, a sign-in or a token."""
    return bool(member.rights) or member.ground is not None


_encoder = json.JSONEncoder(separators=(",", ":"))


def encode(frame: object) -> str:
    """Return the JSON text, without spaces; ASCII only, so that no text from a client can break the sending."""
    return _encoder.encode(frame)


def with_fields(text: str, **fields: str) -> str:
    """Return the JSON text of a non-empty object with added fields, whose values are JSON texts too."""
    more = ",".join(f'"{name}":{value}' for name, value in fields.items())
    return f"{text[:-1]},{more}}}" if more else text


def now_text() -> str:
    """Return the server's time in ISO 8601, UTC, to the millisecond."""
    return timezone.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class Topic:
    """The latest known state of a topic, and the texts made from it."""

    version: int
    states: Mapping[str, State | None]
    owner: int | None = None
    gone_for: set[str] = field(default_factory=set)  # audiences that have not been told yet that it is gone
    shown_to: set[str] = field(default_factory=set)  # audiences that ever saw it
    tallies: dict[str, TextMessage] = field(default_factory=dict)  # the short frame, made once per audience
    answered: set["Member"] = field(
        default_factory=set
    )  # got this tally with their answer, until all have it
    _texts: dict[str, str] = field(default_factory=dict)
    _differences: dict[tuple[str, str], bool] = field(default_factory=dict)

    def key_for(self, audience: str) -> str:
        """Return the audience if it has a state of its own here, otherwise EVERYBODY."""
        return audience if audience in self.states else EVERYBODY

    def state_for(self, audience: str) -> State | None:
        """Return what an audience may know of the topic."""
        return self.states.get(self.key_for(audience))

    def differs(self, before: str, after: str) -> bool:
        """Return True if two audiences get different states; compared once per pair."""
        pair = (before, after)
        if pair not in self._differences:
            self._differences[pair] = self.state_for(before) != self.state_for(after)
        return self._differences[pair]

    def seen_by(self) -> set[str]:
        """Return the audiences that may know of the topic."""
        return {audience for audience, state in self.states.items() if state}

    def state_text(self, audience: str) -> str | None:
        """Return the state as JSON text, encoded once per audience, or None if the audience may not know of it."""
        audience = self.key_for(audience)
        state = self.states.get(audience)
        if state is None:
            return None
        if audience not in self._texts:
            self._texts[audience] = encode(state)
        return self._texts[audience]


class Group:
    """One room: its sockets, the latest state of its topics, and which of them have not been sent yet."""

    def __init__(self, key: int) -> None:
        self.key = key
        self.facts: dict[str, Any] = {}
        self.topics: dict[str, Topic] = {}
        self.members: set[Member] = set()
        self.holders: set[Member] = set()  # those that were opened with a right, which may be revoked
        self.by_attendee: dict[int, set[Member]] = {}
        self.revoked: frozenset[int] = frozenset()  # attendees of its event whose pass was revoked
        self.users: frozenset[int] | None = None  # the only ones who may be here; None: everybody
        self.page_loads: dict[int, float] = {}
        self.present = 0
        self.elsewhere: dict[str, tuple[int, float]] = {}  # process -> its count, and when
        self.presence_told_at = 0.0
        self.unusual: frozenset[str] = frozenset()  # what one network does like a program (newcomers.py)
        self.unusual_elsewhere: dict[str, float] = {}  # what -> when another process last reported it
        self.arrived: list[int] = []  # attendees seen here, to report to the process at which they joined
        self.unheard: dict[str, bool] = {}  # topic -> whole; in order of waiting
        self.next_step_at = 0.0
        self.stepping: asyncio.Task[None] | None = None
        self.loaded: asyncio.Future[bool] | None = None

    def lets_in(self, member: Member) -> bool:
        """Return True if the group is open to everybody, or to the user who opened the socket."""
        return self.users is None or (member.ground is not None and member.ground.user_id in self.users)

    def wants(self, topic: str, *, whole: bool) -> None:
        """Note that this topic has not been sent yet; a change of state goes before tallies."""
        whole = self.unheard.pop(topic, False) or whole
        self.unheard = {topic: True, **self.unheard} if whole else {**self.unheard, topic: False}

    @property
    def joins(self) -> str:
        """How people join, for reserved audiences: `usual` or `unusual`."""
        return "unusual" if "joins" in self.unusual else "usual"

    @property
    def notices(self) -> dict[str, Any]:
        """What reserved audiences learn about unusual networks: `joins`, and the list of everything `unusual`."""
        return {"joins": self.joins, "unusual": sorted(self.unusual)}

    def note_unusual(self, here: frozenset[str], now: float) -> bool:
        """Update what is unusual from this process's count and the others'; return True if that changed."""
        elsewhere = {what for what, at in self.unusual_elsewhere.items() if now - at < COUNT_HOLDS_S}
        before, self.unusual = self.unusual, here | elsewhere
        return self.unusual != before

    def take_alike(self, kind: str, *, whole: bool, most: int) -> list[str]:
        """Remove and return the waiting topics of a kind, either whole ones or tallies."""
        alike = [
            topic for topic, how in self.unheard.items() if how == whole and topic.startswith(f"{kind}:")
        ]
        topics = alike[:most]
        for topic in topics:
            del self.unheard[topic]
        return topics

    def count_here(self, now: float) -> int:
        """Return how many distinct attendees have a socket in this process or loaded a page in the last 30 s."""
        self.page_loads = {who: at for who, at in self.page_loads.items() if now - at < PAGE_LOAD_COUNTS_S}
        return len(self.by_attendee.keys() | self.page_loads.keys())

    def count_elsewhere(self, now: float) -> int:
        """Return how many attendees the other processes counted recently."""
        self.elsewhere = {
            who: count for who, count in self.elsewhere.items() if now - count[1] < COUNT_HOLDS_S
        }
        return sum(count for count, _at in self.elsewhere.values())


def is_owned(group: Group | None, topic: str, attendee_id: int | None) -> bool:
    """Return True if the topic is known here, and is this attendee's own."""
    known = group.topics.get(topic) if group is not None else None
    return attendee_id is not None and known is not None and known.owner == attendee_id
