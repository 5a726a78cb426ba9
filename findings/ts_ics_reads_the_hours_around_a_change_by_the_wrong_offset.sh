#!/usr/bin/env bash
# Expected: ts-ics reads a local time by the offset that its zone has at that moment.
# Instead: it compares the local time with the onset of summer or winter time as if both were in UTC. In Chicago, the first six hours
# after the change of autumn are an hour early: 03:12 on 1 November 2026 (CST, UTC-6) is read as 08:12Z instead of 09:12Z.
# Version: ts-ics 2.4.6, with one STANDARD or DAYLIGHT for each onset. The machine's own zone does not matter.
# Where we deal with it: sessions/programme/calendar.py writes times within these hours in UTC.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent ts-ics@2.4.6
cat > read.mjs <<'JS'
import { convertIcsCalendar } from "ts-ics"

const onset = (kind, at, from, to) =>
  [`BEGIN:${kind}`, `DTSTART:${at}`, `TZOFFSETFROM:${from}`, `TZOFFSETTO:${to}`, `END:${kind}`]
const read = (local) => {
  const lines = [
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//finding//EN", "BEGIN:VTIMEZONE", "TZID:America/Chicago",
    ...onset("DAYLIGHT", "20260308T020000", "-0600", "-0500"),
    ...onset("STANDARD", "20261101T020000", "-0500", "-0600"),
    "END:VTIMEZONE", "BEGIN:VEVENT", "UID:1", "DTSTAMP:20260101T000000Z",
    `DTSTART;TZID=America/Chicago:${local}`, "SUMMARY:A", "END:VEVENT", "END:VCALENDAR", "",
  ]
  return convertIcsCalendar(undefined, lines.join("\r\n")).events[0].start.date.toISOString()
}
const seen = { after: read("20261101T031200"), later: read("20261101T091200") }
console.log("03:12 CST, six hours behind UTC, is read as", seen.after, "(right: 2026-11-01T09:12:00.000Z)")
console.log("09:12 CST is read as", seen.later, "(right)")
process.exit(seen.after === "2026-11-01T08:12:00.000Z" && seen.later === "2026-11-01T15:12:00.000Z" ? 0 : 1)
JS
TZ=UTC node read.mjs
TZ=America/Chicago node read.mjs
