// Questions in the control room: votes are painted and sorted in place, any other change has the page's regions fetched anew.

import { emit, on, setText } from "./markup.js"
import { sortQueue } from "./queue_order.js"

function paintVotes({ questions }) {
  for (const { id, votes } of questions) setText(document, `[data-votes-of="${CSS.escape(id)}"]`, votes)
  sortQueue()
}

function isKnownHere({ id, version }) {
  const item = document.querySelector(`[data-queue-item="${CSS.escape(id)}"]`)
  return Number(item?.dataset.questionVersion) >= version
}

on("live:question.tally", paintVotes)
for (const type of ["question.changed", "questions.changed", "question.gone"]) on(`live:${type}`, () => emit("control:stale"))
on("live:snapshot", (frame) => {
  paintVotes(frame)
  if (!frame.questions.every(isKnownHere)) emit("control:stale")
})
