// Session times in the reader's zone, and it says so. The server writes them in the event's zone; a select offers both.

import "./gate.js"
import { fill } from "./texts.js"
import { paintWhens } from "./when.js"
import { clock, dayOf, inWords, language, ownZone, store, storedZone, weekday } from "./zones.js"

// A session that falls on another day in this zone says which one.
function paintTime(node, zone, eventZone) {
  const date = new Date(node.dateTime)
  const usual = node.dataset.day ?? (eventZone && dayOf(date, eventZone)) // a timetable names what is past midnight
  const moved = usual && dayOf(date, zone) !== usual
  node.textContent = moved ? `${weekday(date, zone)} ${clock(date, zone)}` : clock(date, zone)
}

function paintNotes(zone, eventZone) {
  const first = document.querySelector("time[data-time]")
  const on = first ? new Date(first.dateTime) : new Date()
  for (const note of document.querySelectorAll("[data-zone-note]")) {
    if (note.dataset.words) {
      const words = zone === eventZone ? note.dataset.same : note.dataset.words
      note.textContent = fill(words, { yours: inWords(zone, on), events: inWords(eventZone, on) })
    } else if (note.dataset.yours && zone === ownZone) note.textContent = fill(note.dataset.yours, { zone })
  }
}

// The event's own time stands below the reader's; the page carries each moment once.
function paintEventTime(time, zone, eventZone) {
  const beside = time.parentElement.querySelector("[data-event-time]") ?? eventTimeIn(time.parentElement)
  const date = new Date(time.dateTime)
  beside.hidden = zone === eventZone || clock(date, zone) === clock(date, eventZone)
  if (beside.hidden) return
  const short = new Intl.DateTimeFormat(language, { timeZone: eventZone, timeZoneName: "short" }).formatToParts(date)
  beside.textContent =
    `${clock(date, eventZone)} ${short.find(({ type }) => type === "timeZoneName")?.value ?? ""}`.trim()
}

function eventTimeIn(gut) {
  const tag = document.createElement("small")
  tag.className = "tag"
  tag.dataset.eventTime = ""
  gut.append(tag)
  return tag
}

function paint(zone, eventZone) {
  for (const node of document.querySelectorAll("time[data-time]")) paintTime(node, zone, eventZone)
  if (eventZone) {
    for (const time of document.querySelectorAll(".slot .gut time[data-time]")) paintEventTime(time, zone, eventZone)
  }
  paintNotes(zone, eventZone)
  paintWhens(zone)
}

function addOption(select, zone, words) {
  const option = new Option(fill(words, { zone }), zone)
  select.append(option)
}

function offerZones(select) {
  const { eventZone, yours, event } = select.dataset
  addOption(select, ownZone, yours)
  if (eventZone !== ownZone) addOption(select, eventZone, event)
  select.value = storedZone() === eventZone ? eventZone : ownZone
  select.addEventListener("change", () => {
    store(select.value)
    paint(select.value, eventZone)
  })
  select.closest("[data-zone-tool]").hidden = false
  document.addEventListener("page:swapped", () => paint(select.value, eventZone))
  paint(select.value, eventZone)
}

const select = document.querySelector("[data-zone-select]")
if (select) offerZones(select)
else paint(ownZone, null)
