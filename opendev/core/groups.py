"""What a process knows of the rooms that have sockets: groups, their topics, and who is in them."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils import timezone

from opendev.core.attendance import Ground
from opendev.core.sending import SendMessage, TextMessage

MODERATORS, VOTED, AUTHOR, EVERYBODY = "moderators", "voted", "author", "everybody"
AUDIENCES = (MODERATORS, VOTED, AUTHOR, EVERYBODY)
PAGE_LOAD_COUNTS_S = 30.0
COUNT_HOLDS_S = 6.0  # how long the count of another process is believed

State = dict[str, Any]
Frame = dict[str, Any]
Gather = Callable[[Sequence[State], str], Frame]
Gone = tuple[str, int]  # a topic that is no longer there, and its version
GatherWhole = Callable[[Sequence[State], Sequence[Gone], str], Frame]


@dataclass(frozen=True, slots=True)
class News:
    """One topic of one group as it stands now, for each audience; None where an audience may not know of it.

    `whole` is False when only the tally moved, so that sockets are sent the short frame. `author` is the attendee whose
    topic it is, where it has one: their sockets are told what is for AUTHOR.
    """

    group: int
    topic: str
    version: int
    states: Mapping[str, State | None]
    whole: bool = True
    author: int | None = None


@dataclass(frozen=True, slots=True)
class GroupState:
    """What a source knows of a group: facts about it, all of its topics, and whose passes open nothing any more."""

    facts: dict[str, Any]
    news: list[News]
    revoked: frozenset[int] = frozenset()


class TopicKind(Protocol):
    """How an app puts its topics into frames.

    A kind of which many topics move at once has `tallies: Gather` too, for one frame with all of them, and
    `several: GatherWhole` for one with all that changed. A tally of such a topic is the same for all who may know of
    it, but for moderators.
    """

    def changed(self, state: State, now: str) -> Frame: ...
    def tally(self, state: State, now: str) -> Frame: ...
    def gone(self, topic: str, version: int) -> Frame: ...


class Source(Protocol):
    """Where the Hub reads groups from; called in a thread of its own, never on the loop.

    `kinds` is found by the word before the colon of a topic's name.
    """

    @property
    def kinds(self) -> Mapping[str, TopicKind]: ...

    def read(self, group: int) -> GroupState | None: ...
    def versions(self, groups: Iterable[int]) -> dict[int, dict[str, int]]: ...
    def raise_versions(self, group: int, above: Mapping[str, int]) -> None: ...
    def moderators(self, group: int) -> frozenset[int]: ...
    def helpers(self, group: int) -> frozenset[int]: ...
    def displays(self, group: int) -> frozenset[int]: ...
    def lasting(self, grounds: frozenset[Ground]) -> frozenset[Ground]: ...
    def revoked_passes(self, groups: Iterable[int]) -> dict[int, frozenset[int]]: ...


class Member(Protocol):
    """A socket in a group."""

    base_send: SendMessage
    attendee_id: int | None
    moderator_id: int | None
    helper_id: int | None
    display_id: int | None
    ground: Ground | None
    pass_ends_at: float | None
    is_ready: bool
    is_closed: bool

    def audience(self, topic: str) -> str: ...
    def note_voted(self, topic: str, *, voted: bool) -> bool: ...
    def own_changed(self, topic: str) -> None: ...


def has_right(member: Member) -> bool:
    """Return True if the socket is a moderator's, a helper's, a display's, or was opened with a sign-in or token."""
    rights = (member.moderator_id, member.helper_id, member.display_id, member.ground)
    return any(right is not None for right in rights)


_encoder = json.JSONEncoder(separators=(",", ":"))


def encode(frame: object) -> str:
    """Return the JSON text, without spaces; ASCII only, so that no text a client sent can break the sending."""
    return _encoder.encode(frame)


def now_text() -> str:
    """Return the server's time in ISO 8601, UTC, to the millisecond."""
    return timezone.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class Topic:
    """The latest that is known of a topic, and the texts made of it."""

    version: int
    states: Mapping[str, State | None]
    author: int | None = None
    gone_for: set[str] = field(default_factory=set)  # who has yet to hear that it is no longer there
    shown_to: set[str] = field(default_factory=set)  # who ever saw it
    tallies: dict[str, TextMessage] = field(default_factory=dict)  # the short frame, made once an audience
    told: set["Member"] = field(default_factory=set)  # who heard this tally with their answer, until all have
    voters_see_more: bool = field(init=False)  # so that whoever votes is told at once
    _texts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.voters_see_more = self.states.get(VOTED) != self.states.get(EVERYBODY)

    def state_text(self, audience: str) -> str | None:
        """Return the state as JSON text, encoded once an audience; None where the audience may not know of it."""
        state = self.states.get(audience)
        if state is None:
            return None
        if audience not in self._texts:
            self._texts[audience] = encode(state)
        return self._texts[audience]


class Group:
    """One room: its sockets, the latest state of its topics, and which of them the sockets have not heard yet."""

    def __init__(self, key: int) -> None:
        self.key = key
        self.facts: dict[str, Any] = {}
        self.topics: dict[str, Topic] = {}
        self.members: set[Member] = set()
        self.holders: set[Member] = set()  # those that were opened with a right, which may be taken away
        self.by_attendee: dict[int, set[Member]] = {}
        self.revoked: frozenset[int] = frozenset()  # attendees of its event whose pass opens nothing any more
        self.page_loads: dict[int, float] = {}
        self.present = 0
        self.elsewhere: dict[str, tuple[int, float]] = {}  # process -> how many it counted, and when
        self.presence_told_at = 0.0
        self.unusual: frozenset[str] = frozenset()  # what one network does as a program would (newcomers.py)
        self.unusual_elsewhere: dict[str, float] = {}  # when another process last said so, by what it is
        self.arrived: list[int] = []  # attendees seen here, to be told to the process they joined at
        self.unheard: dict[str, bool] = {}  # topic -> whole; in order of waiting
        self.next_step_at = 0.0
        self.stepping: asyncio.Task[None] | None = None
        self.loaded: asyncio.Future[bool] | None = None

    def wants(self, topic: str, *, whole: bool) -> None:
        """Note that the sockets have not heard of this topic; a change of state goes before tallies."""
        whole = self.unheard.pop(topic, False) or whole
        self.unheard = {topic: True, **self.unheard} if whole else {**self.unheard, topic: False}

    @property
    def joins(self) -> str:
        """What moderators are told of the way people join: `usual` or `unusual`."""
        return "unusual" if "joins" in self.unusual else "usual"

    @property
    def notices(self) -> dict[str, Any]:
        """What moderators are told of one network's doings: `joins`, and the list of all that is `unusual`."""
        return {"joins": self.joins, "unusual": sorted(self.unusual)}

    def note_unusual(self, here: frozenset[str], now: float) -> bool:
        """Set what is unusual by this process's count and the others'; return whether that changed."""
        elsewhere = {what for what, at in self.unusual_elsewhere.items() if now - at < COUNT_HOLDS_S}
        before, self.unusual = self.unusual, here | elsewhere
        return self.unusual != before

    def take_alike(self, kind: str, *, whole: bool, most: int) -> list[str]:
        """Return topics of a kind that wait in the same way, whole or their tally, and take them off the list."""
        alike = [
            topic for topic, how in self.unheard.items() if how == whole and topic.startswith(f"{kind}:")
        ]
        found = alike[:most]
        for topic in found:
            del self.unheard[topic]
        return found

    def count_here(self, now: float) -> int:
        """Return how many distinct attendees have a socket in this process or loaded a page in the last 30 s."""
        self.page_loads = {who: at for who, at in self.page_loads.items() if now - at < PAGE_LOAD_COUNTS_S}
        return len(self.by_attendee.keys() | self.page_loads.keys())

    def count_elsewhere(self, now: float) -> int:
        """Return how many attendees the other processes counted of late."""
        self.elsewhere = {
            who: count for who, count in self.elsewhere.items() if now - count[1] < COUNT_HOLDS_S
        }
        return sum(count for count, _at in self.elsewhere.values())
