// J and K, or the arrows, choose the poll on stage: the next or the previous one of the list.

import { isKeyForUs, letterOf } from "./keys.js"

const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }

// In the chart and in the side panel the arrows scroll; everywhere else they choose.
function isFree(event) {
  return !event.key.startsWith("Arrow") || event.target.closest("#stage-body, .panel") === null
}

// The address is ahead of the page while an answer is on its way, so that two quick steps are two.
function currentIndex(items) {
  const asked = new URLSearchParams(location.search).get("poll")
  const byAddress = items.findIndex((item) => item.dataset.item === asked)
  return byAddress >= 0 ? byAddress : items.findIndex((item) => item.getAttribute("aria-current") === "true")
}

function pick(step) {
  const items = [...document.querySelectorAll("[data-item]")]
  const current = currentIndex(items)
  const start = current < 0 && step < 0 ? items.length : current
  const link = items[start + step]?.querySelector("a[href^='?']")
  link?.focus()
  link?.click()
}

document.addEventListener("keydown", (event) => {
  const step = STEPS[event.key.length === 1 ? letterOf(event) : event.key]
  if (!step || !isKeyForUs(event) || !isFree(event)) return
  event.preventDefault()
  pick(step)
})
