#!/usr/bin/env bash
# Five of six calendar readers let DURATION:PT6H last seven hours in the night in which summer time ends.
#
# Expected: RFC 5545, 3.3.6: hours, minutes and seconds of a duration are exact; only days and weeks go by the clock. From 23:00
# on 24 October 2026 in Berlin, six hours end at 03:00 UTC, which the clocks there call 04:00.
# Instead: icalendar, recurring-ical-events, ics, vobject and ical.js add six hours to what the clock shows: 05:00, an hour late,
# and say "6:00:00" of it, also in Python, where the difference of two times of one zone leaves its changes out. icalendar says
# five hours of the same night if it has a DTEND, and six have passed. node-ical is right.
# Version: icalendar 7.3.0, recurring-ical-events 3.8.2, ics 0.7.3, vobject 0.9.9, ical.js 2.2.1, node-ical 0.26.1.
# Here: sessions/programme/calendar.py writes DTEND, never DURATION, and in UTC within the doubled hour.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q icalendar==7.3.0 recurring-ical-events==3.8.2 ics==0.7.3 vobject==0.9.9 tzdata==2026.3
npm init -y > /dev/null
npm install --no-audit --no-fund --silent ical.js@2.2.1 node-ical@0.26.1
cat > write.py <<'PYTHON'
import sys

zone = ["BEGIN:VTIMEZONE", "TZID:Europe/Berlin"]
for kind, onset, before, after in [("DAYLIGHT", "20260329T020000", "+0100", "+0200"), ("STANDARD", "20261025T030000", "+0200", "+0100")]:
    zone += [f"BEGIN:{kind}", f"DTSTART:{onset}", f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}", f"END:{kind}"]
event = ["BEGIN:VEVENT", "UID:1", "DTSTAMP:20260101T000000Z", "DTSTART;TZID=Europe/Berlin:20261024T230000", sys.argv[1]]
lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//finding//", *zone, "END:VTIMEZONE", *event, "END:VEVENT", "END:VCALENDAR", ""]
sys.stdout.write("\r\n".join(lines))
PYTHON
venv/bin/python write.py "DURATION:PT6H" > duration.ics
venv/bin/python write.py "DTEND;TZID=Europe/Berlin:20261025T040000" > end.ics
cat > read.py <<'PYTHON'
import sys
from datetime import UTC
from pathlib import Path

import icalendar
import ics
import recurring_ical_events
import vobject

text = Path(sys.argv[1]).read_text()
(event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
(recurring,) = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between((2026, 10, 1), (2026, 11, 1))
(other,) = ics.Calendar(text).events
third = vobject.readOne(text).vevent
ends = {
    "icalendar": event.end,
    "recurring-ical-events": recurring.end,
    "ics": other.end.datetime,
    "vobject": third.dtend.value if hasattr(third, "dtend") else third.dtstart.value + third.duration.value,
}
for reader, end in ends.items():
    print(f"{reader}: {end.astimezone(UTC):%H:%M}")
print("icalendar's duration:", event.duration)
PYTHON
cat > read.mjs <<'JS'
import { readFileSync } from "node:fs"
import ICAL from "ical.js"
import nodeIcal from "node-ical"

const text = readFileSync(process.argv[2], "utf8")
const event = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent"))
const other = Object.values(nodeIcal.sync.parseICS(text)).find((part) => part.type === "VEVENT")
for (const [reader, end] of [["ical.js", event.endDate.toJSDate()], ["node-ical", other.end]])
  console.log(`${reader}: ${end.toISOString().slice(11, 16)}`)
JS
for file in duration end; do
  { venv/bin/python -W ignore read.py $file.ics; TZ=UTC node read.mjs $file.ics; } > $file.txt
  echo "the end in UTC, right is 03:00 ($file.ics):"
  sed 's/^/  /' $file.txt
done
[ "$(grep -c ': 04:00' duration.txt)" = 5 ] && grep -q 'node-ical: 03:00' duration.txt
grep -q "icalendar's duration: 6:00:00" duration.txt
[ "$(grep -c ': 03:00' end.txt)" = 6 ] && grep -q "icalendar's duration: 5:00:00" end.txt
