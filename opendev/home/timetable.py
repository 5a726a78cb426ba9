"""A day of several rooms as a grid: hours as rows, rooms as columns.

A style sheet places each session by the numbers of its lines, for which it has rules (programme.css). There are only
lines where something begins or ends, so that an empty hour takes no space on the page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sessions.programme.models import Session
from sessions.programme.selectors.filters import in_reading_order

MOST_LINES = 96  # the style sheet has a rule for each one
MOST_LANES = 32
STEPS_MIN = (1, 5, 10, 15, 30, 60)  # times are rounded down to these until there are enough lines
HEADS = 1  # the line with the rooms' names; the hours' column has the same number
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Room:
    """A column's header. A room has as many lanes as it has simultaneous sessions."""

    name: str
    lane: int
    lanes: int


@dataclass(frozen=True, slots=True)
class Hour:
    """A row's label; `is_next_day` if it is past midnight."""

    at: datetime
    line: int
    is_next_day: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A session's place: from line to line, and in how many lanes."""

    start: int
    end: int
    lane: int
    lanes: int


@dataclass(frozen=True, slots=True)
class Timetable:
    """A day's grid."""

    rooms: list[Room]
    hours: list[Hour]
    cells: dict[int, Cell]
    lanes: int


@dataclass(frozen=True, slots=True)
class _Span:
    """A session with its rounded times."""

    session: Session
    start: datetime
    end: datetime


def timetable_of(day: date, zone: ZoneInfo, sessions: Sequence[Session]) -> Timetable | None:
    """Return the grid of a day's sessions; None if a list is clearer, or the grid would be too large."""
    for step in STEPS_MIN:
        spans = sorted((_rounded(session, zone, step) for session in sessions), key=lambda span: span.start)
        marks = _marks(spans, zone)
        moments = sorted({moment for span in spans for moment in (span.start, span.end)} | marks)
        if len(moments) <= MOST_LINES:
            return _laid_out(
                spans, moments, [(mark, mark.astimezone(zone).date() > day) for mark in sorted(marks)]
            )
    return None


def _rounded(session: Session, zone: ZoneInfo, step: int) -> _Span:
    start = _round_down(session.starts_at, zone, step)
    end = _round_down(session.ends_at, zone, step)
    return _Span(session, start, max(end, start + timedelta(minutes=step)))


def _round_down(moment: datetime, zone: ZoneInfo, step: int) -> datetime:
    """Return a time rounded in local time; in UTC that is half an hour off for zones like Kolkata's."""
    local = moment.astimezone(zone)
    since = timedelta(
        minutes=(local.hour * 60 + local.minute) % step, seconds=local.second, microseconds=local.microsecond
    )
    return moment - since


def _marks(spans: list[_Span], zone: ZoneInfo) -> set[datetime]:
    """Return the times with a label: full hours in which something is on, and the start after a pause."""
    marks: set[datetime] = set()
    reached: datetime | None = None
    for span in spans:
        if reached is None or span.start > reached:
            marks.add(span.start)
        hour = _round_down(span.start, zone, 60)
        for _hour in range(MOST_LINES + 2):  # a session that lasts weeks has more hours than there are lines
            hour += HOUR
            if hour >= span.end:
                break
            marks.add(hour)
        reached = max(reached or span.end, span.end)
    return marks


def _laid_out(
    spans: list[_Span], moments: list[datetime], marks: list[tuple[datetime, bool]]
) -> Timetable | None:
    line_of = {moment: HEADS + 1 + number for number, moment in enumerate(moments)}
    everywhere, in_rooms = _across(spans)
    rooms: list[Room] = []
    cells: dict[int, Cell] = {}
    first = HEADS + 1
    names = {span.session.place for span in in_rooms}
    for name in sorted(names, key=lambda name: (not name, in_reading_order(name))):
        lanes = _in_lanes(span for span in in_rooms if span.session.place == name)
        rooms.append(Room(name, first, len(lanes)))
        for number, lane in enumerate(lanes):
            for span in lane:
                cells[span.session.pk] = Cell(line_of[span.start], line_of[span.end], first + number, 1)
        first += len(lanes)
    number = first - HEADS - 1
    if not 1 < number <= MOST_LANES:
        return None
    for span in everywhere:
        cells[span.session.pk] = Cell(line_of[span.start], line_of[span.end], HEADS + 1, number)
    hours = [Hour(mark, line_of[mark], is_next_day) for mark, is_next_day in marks]
    return Timetable(rooms, hours, cells, number)


def _across(spans: list[_Span]) -> tuple[list[_Span], list[_Span]]:
    """Return the sessions across all rooms, and those in one.

    Breaks and sessions without a room span all rooms while nothing else is on.
    """
    everywhere: list[_Span] = []
    in_rooms: list[_Span] = []
    reached: datetime | None = None
    for number, span in enumerate(spans):
        following = spans[number + 1] if number + 1 < len(spans) else None
        is_alone = (reached is None or span.start >= reached) and (
            not following or following.start >= span.end
        )
        is_free = span.session.is_break or not span.session.place
        (everywhere if is_free and is_alone else in_rooms).append(span)
        reached = max(reached or span.end, span.end)
    return everywhere, in_rooms


def _in_lanes(spans: Iterable[_Span]) -> list[list[_Span]]:
    """Return a room's sessions in as few lanes as possible, side by side."""
    lanes: list[list[_Span]] = []
    for span in spans:
        free = next((lane for lane in lanes if lane[-1].end <= span.start), None)
        if free is None:
            lanes.append(free := [])
        free.append(span)
    return lanes
