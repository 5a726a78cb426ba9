"""Filters of a programme: by words, day, room, track, language and stars."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from opendev.core.text import folded
from sessions.programme.models import Session

MOST_SIGNS = 120  # of a search text, and of a chosen name


@dataclass(frozen=True, slots=True)
class Filters:
    """A reader's choices; "" and False mean everything. A day is given by its number, as text."""

    q: str = ""
    day: str = ""
    room: str = ""
    track: str = ""
    language: str = ""
    starred: bool = False

    def __bool__(self) -> bool:
        return self != Filters()

    @property
    def query(self) -> str:
        """The choices as the query of an address."""
        fields = {name: getattr(self, name) for name in NAMES if getattr(self, name)}
        return urlencode({**fields, "starred": "yes"} if self.starred else fields)

    def matches(self, session: Session, starred: Collection[int]) -> bool:
        """Return True if a session matches."""
        if self.starred and session.pk not in starred:
            return False
        chosen = (
            (self.day, str(session.day.number)),
            (self.room, session.place),
            (self.track, session.track),
            (self.language, session.language),
        )
        if any(choice and choice != value for choice, value in chosen):
            return False
        text = _searched(session) if self.q else ""
        return all(word in text for word in folded(self.q).split())


NAMES = ("q", "day", "room", "track", "language")


def filters_from(query: Mapping[str, str]) -> Filters:
    """Return the filters in the query of an address. Other parameters are ignored, as everywhere."""
    texts = {name: query.get(name, "").strip()[:MOST_SIGNS] for name in NAMES}
    return Filters(**texts, starred=query.get("starred") == "yes")


@dataclass(frozen=True, slots=True)
class Choices:
    """The available choices; empty if all sessions have the same value, or none."""

    rooms: tuple[str, ...]
    tracks: tuple[str, ...]
    languages: tuple[str, ...]


def choices_in(sessions: Iterable[Session]) -> Choices:
    """Return the rooms, tracks and languages of a programme by which its sessions can be distinguished."""
    meetings = [session for session in sessions if not session.is_break]
    return Choices(
        *(
            _telling_apart({getattr(session, name) for session in meetings})
            for name in ("place", "track", "language")
        )
    )


def _telling_apart(values: set[str]) -> tuple[str, ...]:
    named = sorted((value for value in values if value), key=in_reading_order)
    return tuple(named) if len(values) > 1 else ()


def in_reading_order(name: str) -> tuple[tuple[int, str], ...]:
    """Return the key that sorts names as people do: "Room 2" before "Room 10"."""
    parts: list[tuple[int, str]] = []
    rest = folded(name)
    while rest:
        is_number = rest[0].isdecimal()
        length = next((at for at, sign in enumerate(rest) if sign.isdecimal() != is_number), len(rest))
        part, rest = rest[:length], rest[length:]
        parts.append((int(part), "") if is_number else (-1, part))
    return tuple(parts)


def _searched(session: Session) -> str:
    """Return the text that is searched: the session's row in the programme."""
    texts = (session.title_with_part, session.subtitle, session.by_line_long, session.place, session.track)
    return folded(" ".join(texts))
