// When a session begins: day, time and zone as the reader has them, with the event's own beside. Where somebody chose the
// event's zone in a programme, that stays chosen. An organiser who moves the session moves it here too.

import { on } from "./markup.js"
import { fill } from "./texts.js"
import { clock, dayOf, language, ownZone, storedZone, weekday } from "./zones.js"

const DAY = { day: "numeric", month: "long", year: "numeric" }

// "Tuesday 15 December 2026", as the server writes it: in English, browsers differ about a comma after the weekday.
function day(date, zone) {
  if (!language.startsWith("en"))
    return new Intl.DateTimeFormat(language, { weekday: "long", ...DAY, timeZone: zone }).format(date)
  const weekdays = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: zone })
  return `${weekdays.format(date)} ${new Intl.DateTimeFormat(language, { ...DAY, timeZone: zone }).format(date)}`
}

function besides(date, zone, eventZone) {
  if (dayOf(date, zone) === dayOf(date, eventZone)) return clock(date, eventZone)
  return `${weekday(date, eventZone)} ${clock(date, eventZone)}`
}

function paintWhen(node, chosen) {
  const { begins, eventZone, one, both } = node.dataset
  const date = new Date(begins)
  const zone = chosen ?? (storedZone() === eventZone ? eventZone : ownZone)
  const isSame =
    zone === eventZone ||
    `${day(date, zone)} ${clock(date, zone)}` === `${day(date, eventZone)} ${clock(date, eventZone)}`
  const words = {
    day: day(date, zone),
    time: clock(date, zone),
    zone,
    events: besides(date, zone, eventZone),
    eventZone,
  }
  node.textContent = fill(isSame ? one : both, isSame ? { ...words, zone: eventZone } : words)
}

export function paintWhens(zone = null) {
  for (const node of document.querySelectorAll("[data-begins]")) paintWhen(node, zone)
}

function hearSession({ session }) {
  for (const node of document.querySelectorAll("[data-begins]")) {
    if (!session.starts_at || node.dataset.begins === session.starts_at) continue
    node.dataset.begins = session.starts_at
    paintWhen(node, null)
  }
}

on("live:snapshot", hearSession)
on("live:session.changed", hearSession)
paintWhens()
