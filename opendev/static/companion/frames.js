// Commands by socket and their answers. `ask(frame)` resolves with the ok or error, or with `no_answer` when none comes.

import { emit, on } from "./markup.js"

const ANSWER_WITHIN = 8_000
const waiting = new Map() // ref -> settle

let last = 0
let isConnected = false

export function canAsk() {
  return isConnected
}

export function ask(frame) {
  last += 1
  const ref = `q${last}`
  return new Promise((settle) => {
    waiting.set(ref, settle)
    setTimeout(() => answer({ type: "error", ref, code: "no_answer" }), ANSWER_WITHIN)
    emit("live:send", { ...frame, ref })
  })
}

function answer(frame) {
  const settle = waiting.get(frame.ref)
  waiting.delete(frame.ref)
  settle?.(frame)
}

on("live:ok", answer)
on("live:error", answer)
on("live:status", ({ connected }) => {
  isConnected = connected
  if (!connected) for (const ref of [...waiting.keys()]) answer({ type: "error", ref, code: "no_answer" })
})
