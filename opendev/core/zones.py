"""Time zones of events."""

from functools import cache
from zoneinfo import available_timezones

# Entries of the database that are not the zone of a place, such as "this machine's own". Browsers do not know them.
NO_ZONES = frozenset({"Factory", "localtime", "posixrules", "leapseconds", "Etc/Unknown"})
USUAL_ZONE = "UTC"


@cache
def time_zones() -> frozenset[str]:
    """Return the names of the zones that an event may be in: those that browsers and calendars know too."""
    return frozenset(
        name
        for name in available_timezones()
        if name not in NO_ZONES and not name.startswith(("posix/", "right/", "SystemV/"))
    )
