// Filters the programme without asking: the server hides what a query filters out and leaves it in the page, so that
// script shows it again. The address follows, for a reload and for others; sessions/programme/selectors/filters.py
// reads it by the same rules.

import "./gate.js"
import { text } from "./texts.js"

const form = document.querySelector("[data-programme-filter]")
const days = document.querySelector("[data-days]")
const ADDRESS_MS = 300 // browsers refuse more than a hundred changes of the address in half a minute
const isNarrow = matchMedia("(max-width: 48rem)")
let rows = []
let openBefore = null // the days that stood open before the first filter
let addressTimer = 0

export function folded(words) {
  return words.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")
}

function readRows() {
  rows = [...days.querySelectorAll("[data-day]")].map((day) => ({
    day,
    sessions: [...day.querySelectorAll("li.slot")].map((row) => ({ row, words: wordsOf(row) })),
  }))
}

function wordsOf(row) {
  const parts = row.querySelectorAll("h3, .meta")
  return folded([...parts].map((part) => part.textContent).join(" "))
}

function chosen() {
  const given = new FormData(form)
  const filters = [...given].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value)
  return Object.fromEntries(filters)
}

function matches({ row, words }, filters, wanted) {
  for (const name of ["room", "track", "language"]) {
    if (filters[name] && row.dataset[name] !== filters[name]) return false
  }
  if (filters.starred && !row.querySelector('[name="starred"][value="no"]')) return false
  return wanted.every((word) => words.includes(word))
}

function apply() {
  const filters = chosen()
  const isFiltered = Object.keys(filters).length > 0
  const wanted = folded(filters.q ?? "")
    .split(/\s+/)
    .filter(Boolean)
  if (isFiltered) openBefore ??= rows.map(({ day }) => day.open)
  let shown = 0
  let all = 0
  for (const [number, { day, sessions }] of rows.entries()) {
    let shownHere = 0
    const isChosenDay = !filters.day || filters.day === day.dataset.day
    for (const session of sessions) {
      const isShown = isChosenDay && matches(session, filters, wanted)
      if (session.row.hidden === isShown) session.row.hidden = !isShown
      shownHere += isShown
    }
    day.hidden = isFiltered && !shownHere
    if (isFiltered) day.open = true
    else if (openBefore) day.open = openBefore[number]
    shown += shownHere
    all += sessions.length
  }
  if (!isFiltered) openBefore = null
  say(isFiltered, shown, all)
  writeAddress(filters)
}

function say(isFiltered, shown, all) {
  days.toggleAttribute("data-filtered", isFiltered)
  form.querySelector("[data-find-clear]").hidden = !isFiltered
  form.querySelector("[data-find-none]").hidden = !isFiltered || shown > 0
  form.querySelector("[data-find-count]").textContent = isFiltered ? text("sessions_shown", { shown, all }) : ""
}

function writeAddress(filters) {
  clearTimeout(addressTimer)
  addressTimer = setTimeout(() => {
    const query = new URLSearchParams(filters).toString()
    const address = `${location.pathname}${query ? `?${query}` : ""}${location.hash}`
    if (address !== `${location.pathname}${location.search}${location.hash}`) history.replaceState(null, "", address)
  }, ADDRESS_MS)
}

function clear() {
  for (const field of form.elements) {
    if (field.type === "checkbox") field.checked = false
    else if ("value" in field) field.value = ""
  }
  apply()
}

if (form) {
  readRows()
  form.querySelector("[data-find-plain]").hidden = true
  form.addEventListener("input", () => {
    const wasFiltered = days.hasAttribute("data-filtered")
    apply()
    if (!wasFiltered && isNarrow.matches) form.scrollIntoView() // else a phone's keyboard hides what is found
  })
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    apply()
  })
  form.querySelector("[data-find-clear]").addEventListener("click", (event) => {
    event.preventDefault()
    clear()
    form.elements.q.focus()
  })
  document.addEventListener("page:swapped", () => {
    readRows()
    apply()
  })
  addEventListener("pageshow", apply) // browsers fill in again what was chosen before "back"
}
