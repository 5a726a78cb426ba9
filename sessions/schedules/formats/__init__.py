"""Other programs' schedule formats: one interface, one module per format.

To add a format, write a module with a `FORMAT` (see `schedule.Format`) and list it here. A format reads bytes into a
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
    """Parse a file in any of the known formats.

    Args:
        zone: the name of the time zone for times without one, if the file has none.

    Raises:
        BadSchedule: with the position of each error; also if no format recognises it.
    """
    for one in FORMATS.values():
        if one.knows(content):
            return one.read(content, zone=zone)
    raise Troubles.only(1, "", "is_no_schedule")
