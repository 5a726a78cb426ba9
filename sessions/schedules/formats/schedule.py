"""A schedule independent of its format, and the interface of formats."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody on stage. `external_id` is their id in the other program, or ""."""

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
    """One item of the programme. `minutes` is its length; `line` is its position in the file."""

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
    """A day with its items, including those after midnight."""

    date: date
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """A whole schedule. `notes` are sentences about what was left out or shortened on reading."""

    title: str
    acronym: str
    version: str
    zone: str
    days: tuple[ScheduleDay, ...]
    base_url: str = ""
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def items(self) -> list[Item]:
        """All items, in the order of the file."""
        return [item for day in self.days for item in day.items]


class Format(Protocol):
    """A file format for schedules."""

    name: str  # in addresses: `schedule.<name>`
    label: str  # for people
    media_type: str

    def knows(self, content: bytes) -> bool:
        """Return True if a file's beginning looks like this format."""
        ...

    def read(self, content: bytes, *, zone: str) -> Schedule:
        """Parse the file.

        Raises:
            BadSchedule
        """
        ...

    def write(self, schedule: Schedule) -> bytes:
        """Return the schedule in this format."""
        ...
