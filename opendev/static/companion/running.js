// What runs of the run sheet, above the room's parts: a prompt in large type, a round of questions, a follow-up. Whoever has
// not chosen a part themselves is led to the one that it is about. Says `running:painted`.

import { emit, on, setHidden, setText } from "./markup.js"
import { reduceRunning, runningItem } from "./running_state.js"
import { sayNow } from "./speak.js"
import { text } from "./texts.js"

const PART_OF = { poll: "poll", prompt: "poll", questions: "questions", line: "follow-ups" }
const strip = document.querySelector("[data-running]")
let running = null

export function isTakenByItem() {
  const item = runningItem(running)
  return item !== null && item.kind !== "poll"
}

export function promptsShown() {
  return running?.prompts ?? []
}

function paint() {
  const item = runningItem(running)
  const isShown = isTakenByItem()
  strip.hidden = !isShown
  if (!isShown) return
  strip.dataset.running = item.kind
  setText(strip, "[data-running-word]", text(`running_${item.kind}`))
  setText(strip, "[data-running-text]", item.text || text("running_questions_text"))
  setHidden(strip, "[data-running-link]", true)
  setHidden(strip, `[data-running-link="${item.kind}"]`, false)
}

function hear(frame) {
  const before = runningItem(running)
  running = reduceRunning(running, frame)
  const item = runningItem(running)
  paint()
  emit("running:painted")
  if (!item || item.id === before?.id) return
  emit("tabs:suggest", { part: PART_OF[item.kind] })
  if (item.kind !== "poll")
    sayNow(
      text("said_running", { word: text(`running_${item.kind}`), text: item.text || text("running_questions_text") }),
    )
}

on("live:snapshot", (frame) => {
  running = reduceRunning(running, frame)
  paint()
})
for (const type of ["running.changed", "running.gone"]) on(`live:${type}`, hear)
