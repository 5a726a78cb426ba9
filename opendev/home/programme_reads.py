"""The programme for everybody: read once, with its rows as HTML, and assembled for each reader."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from etherpad_links.selectors import notes_urls
from opendev.core.kept import Kept
from opendev.core.presence import present_in
from opendev.home.timetable import Cell, Timetable, timetable_of
from sessions.follow_ups.selectors.groups import sessions_with_lines
from sessions.programme import selectors
from sessions.programme.models import Event, EventDay, Session
from sessions.programme.selectors.filters import Choices, Filters, choices_in
from sessions.programme.selectors.now import now_and_next

MOST_OPEN = 40  # sessions of an event whose days are all expanded; in a longer one, only one day is at first
ROW = "home/programme/slot.html"


@dataclass(frozen=True)
class Row:
    """A session's row as HTML."""

    session: Session
    html: SafeString


@dataclass(frozen=True)
class DayRows:
    """A day as it is shown: its rows, whether it is expanded, and how many of its rows are not hidden."""

    day: EventDay
    rows: list[Row]
    timetable: Timetable | None
    is_open: bool
    number_shown: int

    @property
    def html(self) -> SafeString:
        """All rows, one after the other."""
        return format_html_join("", "{}", ((row.html,) for row in self.rows))


@dataclass(frozen=True)
class ProgrammeReads:
    """A programme as everybody sees it. Threads share it, so it must not be changed."""

    event: Event
    days: list[DayRows]
    choices: Choices
    live: list[int]
    next: list[int]
    row_context: dict[str, Any]
    unusual: dict[tuple[int, bool, bool], Row] = field(
        default_factory=dict
    )  # rows by session, starred, hidden

    @cached_property
    def number(self) -> int:
        """How many sessions it has."""
        return sum(len(day.rows) for day in self.days)

    @property
    def is_long(self) -> bool:
        """Whether its days are collapsed."""
        return self.number > MOST_OPEN

    def for_reader(self, filters: Filters, starred: Collection[int]) -> list[DayRows]:
        """Return the days as one reader sees them: starred sessions are marked, filtered ones hidden.

        Hidden sessions stay in the page, so that the script can show them again when the filters change.
        """
        return [self._day(day, filters, starred) for day in self.days]

    def _day(self, day: DayRows, filters: Filters, starred: Collection[int]) -> DayRows:
        if not filters and not any(row.session.pk in starred for row in day.rows):
            return day
        rows, shown = [], 0
        for row in day.rows:
            is_starred = row.session.pk in starred
            is_hidden = bool(filters) and not filters.matches(row.session, starred)
            shown += not is_hidden
            is_usual = not (is_starred or is_hidden)
            rows.append(row if is_usual else self._row(day, row.session, is_starred, is_hidden))
        return replace(day, rows=rows, number_shown=shown, is_open=shown > 0 if filters else day.is_open)

    def _row(self, day: DayRows, session: Session, is_starred: bool, is_hidden: bool) -> Row:
        """Return a row that differs from the common one; cached too, since it depends on nothing else of the reader."""
        key = (session.pk, is_starred, is_hidden)
        if key not in self.unusual:
            cell = day.timetable.cells.get(session.pk) if day.timetable else None
            shown_as = {"is_starred": is_starred, "is_hidden": is_hidden}
            self.unusual[key] = Row(session, _render({**self.row_context, **shown_as}, session, cell))
        return self.unusual[key]


programmes: Kept[ProgrammeReads] = Kept()


def programme_reads(slug: str, *, anew: bool = False) -> ProgrammeReads:
    """Return an event's programme as everybody sees it, as new as the reader may expect.

    Raises:
        NotFound: there is no such event.
    """
    key = (slug, get_language())
    return programmes.get(key, lambda: _read(selectors.event_by_slug(slug)), anew=anew)


def _read(event: Event) -> ProgrammeReads:
    days = selectors.programme(event)
    sessions: list[Session] = [session for day in days for session in day.sessions.all()]
    notes = notes_urls(session.pk for session in sessions)
    for session in sessions:
        session.notes_url = notes.get(session.pk, "")  # type: ignore[attr-defined]
        session.minutes_left = _minutes_left(session)  # type: ignore[attr-defined]
    current = now_and_next(sessions)
    choices = choices_in(sessions)
    grids = [timetable_of(day.date, event.zone, list(day.sessions.all())) for day in days]
    context = {
        "event": event,
        "here": event.get_absolute_url(),
        "star_icon": render_to_string("partials/icon.html", {"name": "star"}),
        "present": present_in(session.pk for session in current.live),
        "with_lines": sessions_with_lines(event.pk),
        "next": {session.pk for session in current.next},
        "choices": choices,
        "is_dense": any(grids) or len(sessions) > MOST_OPEN,
    }
    reads = ProgrammeReads(
        event=event,
        days=[],
        choices=choices,
        live=[session.pk for session in current.live],
        next=[session.pk for session in current.next],
        row_context=context,
    )
    open_day = _open_day(event, days, current.live or current.next)
    for day, grid in zip(days, grids, strict=True):
        is_open = len(sessions) <= MOST_OPEN or day.pk == open_day
        rows = _rows(context, event, day, grid)
        reads.days.append(DayRows(day, rows, grid, is_open, len(rows)))
    return reads


def _rows(context: dict[str, Any], event: Event, day: EventDay, grid: Timetable | None) -> list[Row]:
    cells = grid.cells if grid else {}
    with timezone.override(event.zone):
        return [
            Row(session, _render(context, session, cells.get(session.pk))) for session in day.sessions.all()
        ]


def _render(context: dict[str, Any], session: Session, cell: Cell | None) -> SafeString:
    with timezone.override(session.event.zone):
        return render_to_string(ROW, {**context, "session": session, "cell": cell})


def _open_day(event: Event, days: list[EventDay], current: list[Session]) -> int | None:
    """Return the day of a long programme that is expanded: today, else the day of the current or the next session."""
    today = timezone.localdate(timezone=event.zone)
    numbers = [day.pk for day in days if day.date == today] + [session.day_id for session in current]
    return next(iter([*numbers, *(day.pk for day in days)]), None)


def _minutes_left(session: Session) -> int:
    """Return how long a live session still has by its plan; 0 if it is not live, or overruns."""
    if session.state != Session.State.LIVE or session.went_live_at is None:
        return 0
    begun = timezone.now() - session.went_live_at
    return max(0, session.minutes - int(begun.total_seconds() // 60))
