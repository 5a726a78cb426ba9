// Suggested follow-ups in the control room: supporters are painted in place, any other change has the page's regions fetched
// anew. So has another order of the list, unless somebody is using it.

import { emit, on, setText } from "./markup.js"
import { counted } from "./texts.js"

function countOf(row) {
  return Number(row.querySelector("[data-supporters-of]").dataset.count)
}

function isInOrder(rows) {
  return rows.every((row, place) => place === 0 || countOf(rows[place - 1]) >= countOf(row))
}

function paintSupporters({ suggestions }) {
  for (const { id, supporters } of suggestions) {
    for (const node of document.querySelectorAll(`[data-supporters-of="${CSS.escape(id)}"]`)) {
      node.dataset.count = supporters
      setText(node.parentElement, "[data-supporters-of]", counted("supporters", supporters))
    }
  }
  const list = document.querySelector("[data-suggestions]")
  if (!list || list.matches(":hover, :focus-within")) return
  if (!isInOrder([...list.querySelectorAll('[data-suggestion-state="open"]')])) emit("control:stale")
}

function isKnownHere({ id, version, state }) {
  const row = document.querySelector(`[data-suggestion-item="${CSS.escape(id)}"]`)
  return row ? Number(row.dataset.suggestionVersion) >= version : state === "opened"
}

on("live:suggestion.tally", paintSupporters)
for (const type of ["suggestion.changed", "suggestion.gone"]) on(`live:${type}`, () => emit("control:stale"))
on("live:snapshot", (frame) => {
  paintSupporters(frame)
  if (!frame.suggestions.every(isKnownHere)) emit("control:stale")
})
