"""A schedule by itself: what a file says, whatever its format, and the interface of formats."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody on stage. `external_id` is what the other program knows them by; "" where it does not say."""

    name: str
    external_id: str = ""
    biography: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An address that belongs to an item."""

    title: str
    url: str
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that takes place. `minutes` is its length; `line` is where the file speaks of it."""

    guid: UUID
    title: str
    starts_at: datetime
    minutes: int
    external_id: int | None = None
    slug: str = ""
    subtitle: str = ""
    abstract: str = ""
    description: str = ""
    place: str = ""
    track: str = ""
    kind: str = ""
    language: str = ""
    url: str = ""
    speakers: tuple[Speaker, ...] = ()
    links: tuple[Link, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ScheduleDay:
    """A day with what takes place on it; one that goes on after midnight is still that day."""

    date: date
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """A whole schedule. `notes` are sentences about what was left out or shortened in reading."""

    title: str
    acronym: str
    version: str
    zone: str
    days: tuple[ScheduleDay, ...]
    base_url: str = ""
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def items(self) -> list[Item]:
        """Everything that takes place, in the order of the file."""
        return [item for day in self.days for item in day.items]


class Format(Protocol):
    """A way of writing schedules down."""

    name: str  # in addresses: `schedule.<name>`
    label: str  # for people
    media_type: str

    def knows(self, content: bytes) -> bool:
        """Tell by its beginning whether a file is meant to be in this format."""
        ...

    def read(self, content: bytes, *, zone: str) -> Schedule:
        """Return what the file says.

        Raises:
            BadSchedule
        """
        ...

    def write(self, schedule: Schedule) -> bytes:
        """Return the schedule in this format."""
        ...
