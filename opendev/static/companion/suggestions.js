// Suggested follow-ups in the room: hears their news and paints them, sends taps, and tells who supported one that it is a
// follow-up now. The order never jumps while one reads: it is sorted again when one returns to the part.

import { changeOwn, startAsking } from "./asking.js"
import { hideBanner, showBanner } from "./banners.js"
import { clone, emit, on, setHidden, setText, syncChildren } from "./markup.js"
import { isOpenState, shownState } from "./session_state.js"
import {
  bySupport,
  byTime,
  ofLines,
  openSuggestions,
  ownHidden,
  reduceSuggestions,
  withMine,
} from "./suggestion_state.js"
import { standing } from "./standing.js"
import { startTaps } from "./taps.js"
import { counted, hasText, text } from "./texts.js"

const PART = "follow-ups"
const root = document.querySelector("[data-suggestions]")
const list = root.querySelector("[data-suggested-list]")
const form = document.querySelector("[data-suggest-form]")

let book = new Map()
let order = [] // ids of the open suggestions, as they stand
let session = document.body.dataset.sessionNow
let rules = { taken: false, moderated: false }
let isJoined = false
let openedLine = null // of the banner

// ---- painting

function makeRow(id) {
  const row = clone("suggestion")
  row.dataset.suggested = id
  row.id = `suggestion-${id}`
  for (const each of row.querySelectorAll("form"))
    each.action = each.action.replace("/suggestions/0/", `/suggestions/${id}/`)
  row.querySelector("label").htmlFor = `title-${id}`
  row.querySelector("label + input").id = `title-${id}`
  return row
}

function paintRow(row, suggestion) {
  const { mine, state, supporters, title } = suggestion
  setText(row, "[data-said]", title)
  setText(row, "[data-supporters]", supporters)
  setHidden(row, "[data-own]", !mine.author)
  setText(row, "[data-own-state]", hasText(`suggestion_${state}`) ? text(`suggestion_${state}`) : "")
  setHidden(row, "[data-own-acts]", !mine.author)
  setHidden(row, "[data-edit-own]", supporters > 0 || state === "dismissed")
  const field = row.querySelector("[data-edit-suggestion] input[name=title]")
  if (document.activeElement !== field && !row.querySelector("[data-edit-own]").open) field.value = title
  const button = row.querySelector("[data-up]")
  button.setAttribute("aria-pressed", String(mine.supported))
  button.setAttribute("aria-label", counted(mine.author ? "own_supporters" : "support", supporters))
  button.disabled = mine.author || state !== "open" || !isJoined || !isOpenState(session)
}

function paint() {
  const open = new Map(openSuggestions(book).map((suggestion) => [suggestion.id, withPending(suggestion)]))
  order = standing(order, [...open.values()], (added) => added.sort(byTime))
  const shown = new Map([...order.map((id) => [id, open.get(id)]), ...ownHidden(book).map((own) => [own.id, own])])
  syncChildren(list, [...shown.keys()], { keyOf: (row) => row.dataset.suggested, make: makeRow })
  for (const row of list.children) paintRow(row, shown.get(row.dataset.suggested))
  root.hidden = shown.size === 0
  const takes = rules.taken && isJoined && isOpenState(session)
  setHidden(document, "[data-suggesting]", !takes)
  setText(document, "[data-suggest-note]", text(rules.moderated ? "suggest_moderated" : "suggest_open"))
  emit("tabs:exists", { part: PART, exists: shown.size > 0 || (rules.taken && isOpenState(session)) })
  paintLines()
}

// What I tapped and the server has not answered yet.
function withPending(suggestion) {
  const wanted = pending.get(suggestion.id)
  if (wanted === undefined || wanted === suggestion.mine.supported) return suggestion
  const supporters = suggestion.supporters + (wanted ? 1 : -1)
  return { ...suggestion, supporters, mine: { ...suggestion.mine, supported: wanted } }
}

// The line that was opened from what I suggested or supported says so.
function paintLines() {
  const wishes = ofLines(book)
  if (openedLine && !wishes.has(openedLine)) takeBackOffer() // the opening was undone
  for (const card of document.querySelectorAll("[data-line]")) {
    const wish = wishes.get(card.dataset.line)
    setHidden(card, "[data-of-line-part]", !wish)
    if (wish) setText(card, "[data-of-line]", text(`of_line_${wish}`))
  }
}

function sortAgain() {
  order = openSuggestions(book)
    .sort(bySupport)
    .map(({ id }) => id)
  paint()
}

// ---- news

function hear(frame) {
  const known = openSuggestions(book).length
  const wishes = ofLines(book)
  book = reduceSuggestions(book, frame)
  if (openSuggestions(book).length > known) emit("tabs:news", { part: PART })
  paint()
  const { suggestion } = frame
  if (suggestion?.line && !wishes.has(suggestion.line) && ofLines(book).has(suggestion.line)) offer(suggestion)
}

// One tap puts the name on the line: the line's own button, which asks for a name where none is known.
function offer({ line, title }) {
  openedLine = line
  showBanner("opened", text("said_opened", { title }))
}

function takeBackOffer() {
  openedLine = null
  hideBanner("opened")
}

function arrive(snapshot) {
  const isFirst = book.size === 0
  isJoined = Boolean(snapshot.me.attendee)
  session = shownState(snapshot.session)
  rules = snapshot.session.suggestions
  const wishes = ofLines(book)
  book = reduceSuggestions(book, snapshot)
  if (isFirst) return sortAgain()
  paint()
  const missed = [...book.values()].find(({ line }) => line && !wishes.has(line) && ofLines(book).has(line))
  if (missed) offer(missed)
}

// ---- acts

const pending = startTaps({
  selector: "[data-support-form]",
  idOf: (tap) => tap.closest("[data-suggested]").dataset.suggested,
  find: (id) => book.get(id),
  isOn: ({ mine }) => mine.supported,
  frame: (suggestion, wanted) => ({ type: wanted ? "suggestion.support" : "suggestion.take_back", suggestion }),
  changed: paint,
  answered({ suggestion, mine }) {
    book = withMine(book, suggestion, mine)
    paint()
  },
})

startAsking(form, {
  name: "suggest",
  field: "title",
  frame: () => ({ type: "suggestion.suggest" }),
  said: "said_suggested",
  linkOf: ({ kind, id, title }) => [`#${kind}-${id}`, title],
})

document.addEventListener("submit", async (event) => {
  const own = event.target
  const suggestion = own.closest("[data-suggested]")?.dataset.suggested
  if (own.matches("[data-edit-suggestion]"))
    changeOwn(event, { type: "suggestion.edit", suggestion, title: own.elements.title.value })
  if (own.matches("[data-withdraw-suggestion]"))
    if (await changeOwn(event, { type: "suggestion.withdraw", suggestion }))
      document.querySelector("#suggesting > summary").focus()
})

on("banner:join-line", () => {
  document.getElementById(`tap-${openedLine}`)?.click()
  takeBackOffer()
})
on("live:snapshot", arrive)
for (const type of ["suggestion.changed", "suggestion.tally", "suggestion.gone", "suggestion.mine"])
  on(`live:${type}`, hear)
on("live:session.changed", (frame) => {
  session = shownState(frame.session)
  rules = frame.session.suggestions
  paint()
})
on("lines:painted", paintLines)
on("tabs:opened", ({ part }) => part === PART && sortAgain())
