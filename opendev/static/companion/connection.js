// Tells people about the connection: two seconds of silence are nothing, then the ink banner, on return a quiet one.

import { hideBanner, showBanner } from "./banners.js"
import { on } from "./markup.js"

const SILENCE_BEFORE_BANNER = 2_000
const BACK_STAYS = 4_000

let isTold = false
let isHinting = false
let timer = null

function tell() {
  timer = null
  isTold = true
  showBanner(isHinting ? "refused" : "reconnecting")
}

function down(hint) {
  const isNewHint = hint && !isHinting
  isHinting = hint || isHinting
  if (isTold && isNewHint) tell()
  if (!isTold) timer ??= setTimeout(tell, SILENCE_BEFORE_BANNER)
}

function up() {
  clearTimeout(timer)
  timer = null
  isHinting = false
  if (!isTold) return
  isTold = false
  const banner = showBanner("back")
  setTimeout(() => banner.remove(), BACK_STAYS)
}

on("live:status", ({ connected, hint }) => (connected ? up() : down(Boolean(hint))))
timer = setTimeout(tell, SILENCE_BEFORE_BANNER) // no socket at all is silence, too
addEventListener("pagehide", () => hideBanner("connection"))

// A rehearsal that was cleared: the page says by itself that nothing is here any more.
on("live:session.gone", () => location.reload())
