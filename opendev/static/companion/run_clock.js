// How long the running item of the run sheet has taken, counted on by the server's time; and it stays in sight.

import { on } from "./markup.js"
import { serverNow } from "./server_clock.js"
import { text } from "./texts.js"

const TICK = 5_000

function paint() {
  for (const node of document.querySelectorAll("[data-run-clock]")) {
    const seconds = Number(node.dataset.used) + Math.max(0, serverNow() - Date.parse(node.dataset.since)) / 1000
    const minutes = Number(node.dataset.minutes)
    const words = text(minutes ? "used_of" : "used", { used: Math.floor(seconds / 60), minutes })
    if (node.textContent !== words) node.textContent = words
    node.classList.toggle("over", minutes > 0 && seconds > minutes * 60)
  }
}

let shown = null

function follow() {
  const item = document.querySelector("[data-run-item][data-running]")
  if (item?.dataset.runItem === shown) return
  shown = item?.dataset.runItem ?? null
  if (item) scrollInto(item, item.closest(".runs"))
}

// By hand: scrollIntoView would move the whole page too.
function scrollInto(item, box) {
  const { top, bottom } = item.getBoundingClientRect()
  const edge = box.getBoundingClientRect()
  if (bottom > edge.bottom) box.scrollTop += bottom - edge.bottom
  else if (top < edge.top) box.scrollTop -= edge.top - top
}

on("control:swapped", () => {
  paint()
  follow()
})
on("live:snapshot", paint)
follow()
setInterval(paint, TICK)
