// The control room's line of what people tap: pace as long as it holds, reactions of the last seconds.

import { on } from "./markup.js"
import { recent, sumOf } from "./reaction_state.js"

const EVERY = 1_000
const line = document.querySelector("[data-reactions]")
let pace = null // as the page has it until the first snapshot
let heard = []
let timer = null

// null is a few: one or two are not counted out.
function countOf(signal) {
  return signal in pace ? pace[signal] : sumOf(heard, signal)
}

function paint() {
  clearTimeout(timer)
  heard = recent(heard, Date.now())
  const parts = [...line.querySelectorAll("[data-signal]")]
  for (const part of parts) {
    const count = countOf(part.dataset.signal)
    part.hidden = count === 0
    part.querySelector("b").textContent = count ?? line.dataset.few
  }
  line.hidden = parts.every((part) => part.hidden)
  timer = heard.length ? setTimeout(paint, EVERY) : null
}

function hearPace(frame) {
  if (!frame.pace) return // a helper's snapshot has none
  pace = frame.pace
  paint()
}

if (line) {
  on("live:snapshot", hearPace)
  on("live:pace.changed", hearPace)
  on("live:reaction.tally", ({ reactions }) => {
    heard = [...heard, { at: Date.now(), reactions }]
    if (pace) paint()
  })
}
