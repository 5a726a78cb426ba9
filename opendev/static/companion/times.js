// Session times in the reader's zone, and it says so. The server writes them in the event's zone; a select offers both.

import "./gate.js"
import { fill } from "./texts.js"

const STORED = "companion:zone"
const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone
const language = document.documentElement.lang || "en-GB"

function storedZone() {
  try {
    return localStorage.getItem(STORED)
  } catch {
    return null // storage is forbidden: the reader's own zone it is
  }
}

function store(zone) {
  try {
    localStorage.setItem(STORED, zone)
  } catch {
    // the choice lasts as long as the page
  }
}

function clock(date, zone) {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(date)
}

function dayOf(date, zone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(date)
}

function weekday(date, zone) {
  return new Intl.DateTimeFormat(language, { weekday: "short", timeZone: zone }).format(date)
}

// A session that falls on another day in this zone says which one.
function paintTime(node, zone, eventZone) {
  const date = new Date(node.dateTime)
  const moved = eventZone && dayOf(date, zone) !== dayOf(date, eventZone)
  node.textContent = moved ? `${weekday(date, zone)} ${clock(date, zone)}` : clock(date, zone)
}

// "Central European Summer Time (Europe/Paris)": the words that stand for the zone on the day of the first time shown.
function inWords(zone) {
  const first = document.querySelector("time[data-time]")
  const on = first ? new Date(first.dateTime) : new Date()
  const parts = new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: "long" }).formatToParts(on)
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? zone
  return name === zone ? zone : `${name} (${zone})`
}

function paintNotes(zone, eventZone) {
  for (const note of document.querySelectorAll("[data-zone-note]")) {
    if (note.dataset.words) {
      const words = zone === eventZone ? note.dataset.same : note.dataset.words
      note.textContent = fill(words, { yours: inWords(zone), events: inWords(eventZone) })
    } else if (note.dataset.yours && zone === ownZone) note.textContent = fill(note.dataset.yours, { zone })
  }
}

function paintEventTime(node, zone, eventZone) {
  const date = new Date(node.dataset.eventTime)
  node.hidden = zone === eventZone || clock(date, zone) === clock(date, eventZone)
  const short = new Intl.DateTimeFormat(language, { timeZone: eventZone, timeZoneName: "short" }).formatToParts(date)
  node.textContent = `${clock(date, eventZone)} ${short.find(({ type }) => type === "timeZoneName")?.value ?? ""}`.trim()
}

function paint(zone, eventZone) {
  for (const node of document.querySelectorAll("time[data-time]")) paintTime(node, zone, eventZone)
  for (const node of document.querySelectorAll("[data-event-time]")) paintEventTime(node, zone, eventZone)
  paintNotes(zone, eventZone)
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
