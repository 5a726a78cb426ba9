// The notes, live: asks for them while they can be seen, paints whole lines, and says nothing aloud. What stands in a
// pad is text and nothing else.

import { clone, emit, on } from "./markup.js"
import { isInColumn, isOpenPart } from "./tabs.js"

const PART = "notes"
const home = document.querySelector("[data-notes]")
const list = home.querySelector("[data-notes-lines]")
let revision = null
let isFollowing = false

function makeLine({ level, parts }) {
  const line = clone("note-line")
  line.dataset.level = level
  const body = line.querySelector("[data-note-body]")
  body.replaceChildren(...parts.map(([text, tint]) => (tint ? tinted(text, tint) : document.createTextNode(text))))
  return line
}

function tinted(text, tint) {
  const mark = document.createElement("mark")
  mark.dataset.a = tint
  mark.textContent = text
  return mark
}

function number() {
  let count = 0
  for (const line of list.children) line.querySelector("[data-note-number]").textContent = ++count
  emit("notes:painted")
}

function whole(frame) {
  revision = frame.revision
  list.replaceChildren(...frame.lines.map(makeLine))
  number()
}

function changed(frame) {
  if (frame.from !== revision) return follow() // something was missed: ask for the whole
  revision = frame.revision
  for (let count = 0; count < frame.removed; count += 1) list.children[frame.at]?.remove()
  const lines = frame.lines.map(makeLine)
  const next = list.children[frame.at] ?? null
  for (const line of lines) list.insertBefore(line, next)
  for (const line of list.children) line.removeAttribute("aria-current")
  if (lines.length === 1) lines[0].setAttribute("aria-current", "true") // the line that is being written
  number()
}

function follow() {
  revision = null
  emit("live:send", { type: "notes.follow", ref: "notes" })
}

function keepUp() {
  const wanted = isOpenPart(PART) || isInColumn(PART)
  if (wanted && !isFollowing) follow()
  if (!wanted && isFollowing) emit("live:send", { type: "notes.leave", ref: "notes" })
  isFollowing = wanted
}

if (list) {
  on("live:snapshot", () => {
    isFollowing = false
    keepUp()
  })
  on("tabs:opened", keepUp)
  on("live:notes.whole", whole)
  on("live:notes.changed", changed)
}
on("pad:news", ({ pad }) => {
  const health = home.querySelector("[data-pad-health]")
  health.hidden = !pad || ["ok", "read_only", "unknown", "waiting"].includes(pad.health)
  emit("tabs:exists", { part: PART, count: pad ? 1 : 0 })
})
