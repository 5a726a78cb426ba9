// Ticks every [data-closes-at] by the server's clock. How it ends is the server's word: the poll changes to closed.

import { setText } from "./markup.js"
import { serverNow } from "./server_clock.js"

const TICK = 250

function clock(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
}

export function clockOf(poll) {
  return clock(Date.parse(poll.closes_at) - serverNow())
}

function paint(node) {
  const closesAt = Date.parse(node.dataset.closesAt)
  if (Number.isNaN(closesAt)) return
  const part = node.closest("[data-clock]")
  setText(part, "[data-clock-word]", part.dataset.in)
  setText(part, "[data-closes-at]", clock(closesAt - serverNow()))
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
