#!/usr/bin/env bash
# icalendar 7.3.0 writes a VTIMEZONE whose summer time begins an hour late, and calendar names unescaped.
#
# Expected: an onset is the local time before the change (RFC 5545, 3.6.5): Berlin's summer of 2026 begins at
# DTSTART:20260329T020000 with TZOFFSETFROM:+0100. NAME and X-WR-CALNAME are TEXT (RFC 7986, 5.1), so that commas and
# semicolons get a backslash, as icalendar itself does in SUMMARY and DESCRIPTION.
# Instead: `Timezone.from_tzinfo` says 20260329T030000, and dateutil reads 01:30 UTC that night as 02:30, an hour that
# there is not. NAME and X-WR-CALNAME keep their bare commas; vobject takes the first part for the whole name.
# Here: sessions/programme/calendar.py writes onsets and names itself; tests/sessions/programme/test_calendar.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q icalendar==7.3.0 vobject==0.9.9 python-dateutil==2.9.0.post0 tzdata==2026.3
cat > "$folder/seen.py" <<'PYTHON'
import io
import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import vobject
from dateutil.tz import tzical
from icalendar import Calendar, Timezone

NAME = "Chicago, spring; day 1"
berlin = ZoneInfo("Europe/Berlin")
zone = Timezone.from_tzinfo(berlin, first_date=date(2026, 1, 1), last_date=date(2027, 1, 1))
calendar = Calendar()
for field in ("NAME", "X-WR-CALNAME", "SUMMARY"):
    calendar.add(field, NAME)
calendar.add("VERSION", "2.0")
calendar.add("PRODID", "-//finding//")
calendar.add_component(zone)
text = calendar.to_ical().decode()

daylight = text[text.index("BEGIN:DAYLIGHT") : text.index("END:DAYLIGHT")].split()
moment = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
seen = {
    "onset": next(line for line in daylight if line.startswith("DTSTART")),
    "clock by zoneinfo": f"{moment.astimezone(berlin):%H:%M}",
    "clock by dateutil": f"{moment.astimezone(tzical(io.StringIO(text)).get('Europe/Berlin')):%H:%M}",
    "names": [line for line in text.splitlines() if line.startswith(("NAME", "X-WR-CALNAME", "SUMMARY"))],
    "vobject": vobject.readOne(text).contents["name"][0].value,
}
for what, answer in seen.items():
    print(f"{what}: {answer}")
as_described = {
    "onset": "DTSTART:20260329T030000",
    "clock by zoneinfo": "03:30",
    "clock by dateutil": "02:30",
    "names": [f"NAME:{NAME}", f"X-WR-CALNAME:{NAME}", r"SUMMARY:Chicago\, spring\; day 1"],
    "vobject": "Chicago",
}
sys.exit(seen != as_described)
PYTHON
"$folder/venv/bin/python" "$folder/seen.py"
