// The queue's open questions stand by votes, also while these come in: the first is the one that the key puts on air.
// Nothing moves under a hand: the order waits until nobody has used the list for a moment.

import { byId } from "./ids.js"
import { syncChildren } from "./markup.js"
import { nothingIsPressed } from "./presses.js"

const QUIET = 3000 // milliseconds since the pointer moved in the list, or the focus was there
let usedAt = -QUIET
let timer = null

const isByTime = new URLSearchParams(location.search).get("sort") === "time"
const openList = () => (isByTime ? null : document.querySelector("[data-queue-open]"))

function votesOf(row) {
  return Number(row.querySelector("[data-votes-of]").textContent)
}

// As the server sorts them: pinned ones first, then by votes, then the one that was asked earlier.
function inOrder(rows) {
  const byAge = ({ dataset: a }, { dataset: b }) => a.askedAt.localeCompare(b.askedAt) || byId(a.queueItem, b.queueItem)
  return [...rows].sort(
    (a, b) => ("pinned" in b.dataset) - ("pinned" in a.dataset) || votesOf(b) - votesOf(a) || byAge(a, b),
  )
}

function note({ target }) {
  if (target instanceof Element && target.closest("[data-queue-open]")) usedAt = performance.now()
}

function quietIn(list) {
  return list.contains(document.activeElement) ? QUIET : usedAt + QUIET - performance.now()
}

export async function sortQueue() {
  await nothingIsPressed()
  const list = openList()
  const rows = list ? [...list.querySelectorAll(":scope > [data-queue-item]")] : []
  const wanted = inOrder(rows)
  if (timer || wanted.every((row, place) => row === rows[place])) return
  const rest = quietIn(list)
  if (rest > 0) timer = setTimeout(sortLater, rest)
  else syncChildren(list, wanted, { keyOf: (row) => row })
}

function sortLater() {
  timer = null
  sortQueue()
}

for (const type of ["pointermove", "pointerdown", "wheel", "focusin"])
  document.addEventListener(type, note, { capture: true, passive: true })
