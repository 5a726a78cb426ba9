// "Undo (5)" counts down and goes; the form in it is a plain one. Each page that is swapped in brings its own seconds.

import { removeGently } from "./focus.js"
import { emit, on } from "./markup.js"

const TICK = 200
const endings = new WeakMap() // banner -> when it ends

function endOf(banner) {
  if (!endings.has(banner)) endings.set(banner, performance.now() + Number(banner.dataset.seconds) * 1000)
  return endings.get(banner)
}

// The key takes back what was done last; earlier acts keep their buttons.
function giveKeyToNewest() {
  const banners = [...document.querySelectorAll("[data-undo]")]
  const newest = banners.reduce((best, banner) => (best && endOf(best) >= endOf(banner) ? best : banner), null)
  for (const banner of banners) {
    const isNewest = banner === newest
    if (banner.hasAttribute("data-is-older") === !isNewest) continue
    banner.toggleAttribute("data-is-older", !isNewest)
    const button = banner.querySelector("button")
    if (isNewest) button.dataset.key = "u"
    else delete button.dataset.key
  }
}

function tick() {
  for (const banner of document.querySelectorAll("[data-undo]")) {
    const left = Math.ceil((endOf(banner) - performance.now()) / 1000)
    if (left <= 0) {
      removeGently(banner)
      emit("undo:over")
      continue
    }
    const words = `(${left})`
    const node = banner.querySelector("[data-undo-left]")
    if (node.textContent !== words) node.textContent = words
  }
  giveKeyToNewest()
}

tick()
on("control:swapped", tick)
setInterval(tick, TICK)
