#!/usr/bin/env bash
# ical.js 2.2.1 reads a timezone whose onsets are DTSTART and a list of RDATE as if only the first RDATE was there.
#
# Expected: RFC 5545, 3.6.5: DTSTART is the first onset, and each RDATE value one more. Python's icalendar writes zones so
# (`Timezone.from_tzinfo`).
# Instead: where there is an RDATE, DTSTART counts no more, and of a list with commas only the first value does. The first
# year has no offset at all: 12:00 in Berlin is read as 12:00 UTC. In the third year summer never begins. With one
# DAYLIGHT and STANDARD for each onset every year is right.
# Here: sessions/programme/calendar.py writes one component for each onset; tests/sessions/programme/test_calendar.py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --silent ical.js@2.2.1
cat > seen.mjs <<'JS'
import ICAL from "ical.js"

const SUMMER = ["20260329T020000", "20270328T020000", "20280326T020000"]
const WINTER = ["20261025T030000", "20271031T030000", "20281029T030000"]
const NOONS = ["20260701", "20261201", "20270701", "20271201", "20280701", "20281201"]
const RIGHT = "10:00 11:00 10:00 11:00 10:00 11:00"

const part = (kind, lines, from, to) =>
  [`BEGIN:${kind}`, ...lines, `TZOFFSETFROM:${from}`, `TZOFFSETTO:${to}`, `END:${kind}`]
const parts = (lines) => [...part("DAYLIGHT", lines(SUMMER), "+0100", "+0200"), ...part("STANDARD", lines(WINTER), "+0200", "+0100")]
const zones = {
  "DTSTART and a list of RDATE": parts(([first, ...others]) => [`DTSTART:${first}`, `RDATE:${others.join(",")}`]),
  "DTSTART and one RDATE a line": parts(([first, ...others]) => [`DTSTART:${first}`, ...others.map((at) => `RDATE:${at}`)]),
  "a part for each onset": [0, 1, 2].flatMap((year) => parts((onsets) => [`DTSTART:${onsets[year]}`])),
}

function noonsInUtc(zone) {
  const events = NOONS.flatMap((day) =>
    ["BEGIN:VEVENT", `UID:${day}`, "DTSTAMP:20260101T000000Z", `DTSTART;TZID=Hall:${day}T120000`, "END:VEVENT"])
  const head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//finding//", "BEGIN:VTIMEZONE", "TZID:Hall"]
  const lines = [...head, ...zone, "END:VTIMEZONE", ...events, "END:VCALENDAR", ""]
  const calendar = new ICAL.Component(ICAL.parse(lines.join("\r\n")))
  const starts = calendar.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event).startDate)
  return starts.map((start) => start.toJSDate().toISOString().slice(11, 16)).join(" ")
}

const seen = Object.entries(zones).map(([form, zone]) => [form, noonsInUtc(zone)])
console.log("noon in summer and winter of 2026, 2027 and 2028, in UTC; right is", RIGHT)
for (const [form, times] of seen) console.log(`${form}: ${times}`)
const asDescribed = ["12:00 12:00 10:00 11:00 11:00 11:00", "12:00 12:00 10:00 11:00 10:00 11:00", RIGHT]
process.exit(seen.map(([, times]) => times).join() === asDescribed.join() ? 0 : 1)
JS
TZ=UTC node seen.mjs
