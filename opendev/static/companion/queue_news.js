// Questions in the control room: votes are painted and sorted in place, any other change has the page's regions fetched anew.

import { emit, on, setText } from "./markup.js"
import { sortQueue } from "./queue_order.js"

function paintVotes({ questions }) {
  for (const { id, votes } of questions) setText(document, `[data-votes-of="${CSS.escape(id)}"]`, votes)
  if (questions.some(belongsHere)) emit("control:stale")
  sortQueue()
}

// The page shows the first of a long list: one that is not among them, and has more votes by now than the last, belongs there.
function belongsHere({ id, votes }) {
  if (document.querySelector(`[data-queue-item="${CSS.escape(id)}"]`)) return false
  const last = document.querySelector("[data-queue-open] > [data-queue-item]:last-child [data-votes-of]")
  return last !== null && votes > Number(last.textContent)
}

function isKnownHere({ id, version }) {
  const item = document.querySelector(`[data-queue-item="${CSS.escape(id)}"]`)
  return Number(item?.dataset.questionVersion) >= version
}

on("live:question.tally", paintVotes)
for (const type of ["question.changed", "questions.changed", "question.gone"])
  on(`live:${type}`, () => emit("control:stale"))
on("live:snapshot", (frame) => {
  paintVotes(frame)
  if (!frame.questions.every(isKnownHere)) emit("control:stale")
})
