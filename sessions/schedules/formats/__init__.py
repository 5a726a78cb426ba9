"""Schedules as other programs write and read them: one interface, a module a format.

To add a format, write a module with a `FORMAT` (see `schedule.Format`) and name it here. A format reads bytes into a
`Schedule` and writes one; sessions/schedules/services/importing.py writes any of them to the database.
"""

from sessions.schedules.formats import frab_json, frab_xml
from sessions.schedules.formats.schedule import Format, Item, Link, Schedule, ScheduleDay, Speaker
from sessions.schedules.formats.troubles import BadSchedule, Troubles

FORMATS: dict[str, Format] = {one.name: one for one in (frab_json.FORMAT, frab_xml.FORMAT)}

__all__ = [
    "FORMATS",
    "BadSchedule",
    "Format",
    "Item",
    "Link",
    "Schedule",
    "ScheduleDay",
    "Speaker",
    "read_schedule",
]


def read_schedule(content: bytes, *, zone: str) -> Schedule:
    """Return what a file says, in whichever of the known formats it is.

    Args:
        zone: the name of the time zone for times that come without one, where the file names none.

    Raises:
        BadSchedule: with the place of each mistake; also when no format knows it.
    """
    for one in FORMATS.values():
        if one.knows(content):
            return one.read(content, zone=zone)
    raise Troubles.only(1, "", "is_no_schedule")
