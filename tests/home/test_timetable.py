"""A day of several rooms as a grid: where each session stands."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from opendev.home.timetable import MOST_LANES, MOST_LINES, timetable_of
from sessions.programme.models import Session

DAY = date(2026, 7, 1)
BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")


def sessions(*given, zone=BERLIN):
    """Sessions of the day, as (room, hour, minute, minutes[, kind]) by the zone's clock; hour 24 is past midnight."""
    return [
        Session(
            pk=number,
            place=room,
            minutes=minutes,
            kind="".join(kind),
            starts_at=(datetime(2026, 7, 1, tzinfo=zone) + timedelta(hours=hour, minutes=minute)).astimezone(
                UTC
            ),
        )
        for number, (room, hour, minute, minutes, *kind) in enumerate(given, 1)
    ]


def heads(grid):
    return [(room.name, room.lane, room.lanes) for room in grid.rooms]


def places(grid):
    return {pk: (cell.start, cell.end, cell.lane, cell.lanes) for pk, cell in grid.cells.items()}


def hours(grid, zone=BERLIN):
    return [(f"{hour.at.astimezone(zone):%H:%M}", hour.line, hour.is_next_day) for hour in grid.hours]


def test_rooms_are_columns_in_reading_order_and_lines_lie_where_something_begins_or_ends():
    grid = timetable_of(DAY, BERLIN, sessions(("Room 10", 9, 0, 60), ("Room 2", 9, 30, 60)))
    assert heads(grid) == [("Room 2", 2, 1), ("Room 10", 3, 1)]
    assert places(grid) == {1: (2, 4, 3, 1), 2: (3, 5, 2, 1)}
    assert hours(grid) == [("09:00", 2, False), ("10:00", 4, False)]


def test_sessions_of_one_room_at_the_same_time_stand_side_by_side():
    grid = timetable_of(DAY, BERLIN, sessions(("Hall", 9, 0, 60), ("Hall", 9, 30, 60), ("Hall", 10, 0, 30)))
    assert heads(grid) == [("Hall", 2, 2)]
    assert {pk: cell.lane for pk, cell in grid.cells.items()} == {1: 2, 2: 3, 3: 2}


def test_break_stands_across_all_rooms_unless_something_else_is_on():
    day = [("A", 9, 0, 60), ("B", 9, 0, 60), ("", 10, 0, 30, "break"), ("A", 10, 30, 30)]
    assert places(timetable_of(DAY, BERLIN, sessions(*day)))[3] == (3, 4, 2, 2)
    grid = timetable_of(DAY, BERLIN, sessions(*day, ("B", 10, 15, 30)))
    assert heads(grid)[-1] == ("", 4, 1)
    assert grid.cells[3].lane == 4


def test_session_over_midnight_goes_on_and_the_hours_past_it_are_the_next_days():
    grid = timetable_of(DAY, BERLIN, sessions(("A", 23, 0, 120), ("B", 24, 30, 60)))
    assert hours(grid) == [("23:00", 2, False), ("00:00", 3, True), ("01:00", 5, True)]
    assert places(grid) == {1: (2, 5, 2, 1), 2: (4, 6, 3, 1)}


def test_hour_without_anything_has_no_row_and_what_begins_after_it_has_a_label():
    grid = timetable_of(DAY, BERLIN, sessions(("A", 9, 0, 30), ("B", 9, 0, 30), ("A", 14, 45, 30)))
    assert [label for label, _line, _next in hours(grid)] == ["09:00", "14:45", "15:00"]


def test_hours_are_those_of_the_events_clock():
    grid = timetable_of(DAY, KOLKATA, sessions(("A", 9, 30, 60), ("B", 9, 30, 60), zone=KOLKATA))
    assert [label for label, _line, _next in hours(grid, KOLKATA)] == ["09:30", "10:00"]


def test_many_moments_are_rounded_until_the_style_sheet_has_lines_for_them():
    given = [(f"Room {number % 2}", 8 + number // 12, number % 12 * 5 + 1, 4) for number in range(120)]
    grid = timetable_of(DAY, BERLIN, sessions(*given))
    assert max(cell.end for cell in grid.cells.values()) <= MOST_LINES + 1
    assert all(cell.start < cell.end for cell in grid.cells.values())


def test_one_room_too_many_rooms_and_weeks_are_a_list():
    assert timetable_of(DAY, BERLIN, []) is None
    assert timetable_of(DAY, BERLIN, sessions(("A", 9, 0, 60), ("A", 10, 0, 60))) is None
    rooms = [(f"Room {number}", 9, 0, 60) for number in range(MOST_LANES + 1)]
    assert timetable_of(DAY, BERLIN, sessions(*rooms)) is None
    assert len(timetable_of(DAY, BERLIN, sessions(*rooms[:-1])).rooms) == MOST_LANES
    assert timetable_of(DAY, BERLIN, sessions(("A", 9, 0, 30_000), ("B", 9, 0, 60))) is None
