// The page's one live region, for people who listen. It is empty at load; counts are spoken at most every ten seconds,
// openings, closings and one's own vote at once. Focus is never moved. Scripts beside the page's say `speak:now`.

import { on } from "./markup.js"

const BETWEEN_COUNTS = 10_000

let spokenAt = Date.now()
let waiting = null
let timer = null

function speak(sentence) {
  const region = document.querySelector("[data-speak]")
  if (!region || region.textContent === sentence) return
  region.textContent = sentence
  spokenAt = Date.now()
}

export function sayNow(sentence) {
  clearTimeout(timer)
  timer = waiting = null
  if (sentence) speak(sentence)
}

export function sayCount(sentence) {
  waiting = sentence
  const wait = spokenAt + BETWEEN_COUNTS - Date.now()
  timer ??= setTimeout(
    () => {
      timer = null
      if (waiting) speak(waiting)
      waiting = null
    },
    Math.max(0, wait),
  )
}

on("speak:now", sayNow)
