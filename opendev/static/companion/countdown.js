// Ticks every [data-closes-at] by the server's clock. How it ends is the server's word: the poll changes to closed.

import { fill } from "./texts.js"
import { serverNow } from "./server_clock.js"

const TICK = 250

function clock(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
}

function paint(node) {
  const closesAt = Date.parse(node.dataset.closesAt)
  if (Number.isNaN(closesAt)) return
  const sentence = fill(node.dataset.ticking, { clock: clock(closesAt - serverNow()) })
  if (node.textContent !== sentence) node.textContent = sentence
}

export function setClock(root, poll) {
  for (const part of root.querySelectorAll("[data-clock]")) {
    const node = part.querySelector("[data-closes-at]")
    part.hidden = !poll?.closes_at || poll.state !== "live"
    node.dataset.closesAt = poll?.closes_at ?? ""
    paint(node)
  }
}

setInterval(() => document.querySelectorAll("[data-closes-at]").forEach(paint), TICK)
