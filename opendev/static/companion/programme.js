// Moves "live now" and "next" while the page is open. It asks what is live every so often and loads the page anew when
// that differs from what is shown; minutes count down by themselves. Others hear `programme:started` of each session.

import "./gate.js"
import { emit } from "./markup.js"
import { fetchPage, inTurn, swapRegions } from "./regions.js"
import { text } from "./texts.js"

const ASK = 20_000
const MINUTE = 60_000
const home = document.querySelector("[data-now]")
let shownAt = Date.now()

function say(node, words) {
  if (node.textContent !== words) node.textContent = words
}

function shownLive() {
  return home.dataset.live.split(" ").filter(Boolean)
}

async function loadAnew() {
  const { page, status } = await fetchPage(location.href)
  if (status !== 200) return
  swapRegions(page)
  shownAt = Date.now()
  home.dataset.live = page.querySelector("[data-now]")?.dataset.live ?? ""
  emit("page:swapped")
  paintMinutes()
}

let nextShown = null // what is next and what is cancelled, at the last look

async function ask() {
  if (document.visibilityState === "hidden" && !document.querySelector('[data-tell][aria-pressed="true"]')) return
  const answer = await fetch(home.dataset.now, { headers: { Accept: "application/json" } })
  if (!answer.ok) return
  const { live, next, cancelled } = await answer.json()
  const nextIds = [...next.map(({ id }) => id), ...cancelled.map((id) => `-${id}`)].join(" ")
  const isNews = live.map(({ id }) => id).join(" ") !== shownLive().join(" ") || (nextShown ?? nextIds) !== nextIds
  nextShown = nextIds
  if (!isNews) return
  const before = shownLive()
  await inTurn(loadAnew)
  for (const session of live.filter(({ id }) => !before.includes(id))) emit("programme:started", session)
}

function paintMinutes() {
  const gone = Math.floor((Date.now() - shownAt) / MINUTE)
  for (const node of document.querySelectorAll("[data-minutes-left]")) {
    const minutes = Number(node.dataset.minutesLeft) - gone
    if (minutes > 0) say(node, text("minutes_left", { minutes }))
  }
  for (const node of document.querySelectorAll("[data-next]")) {
    const minutes = Math.ceil((Date.parse(node.dataset.next) - Date.now()) / MINUTE)
    if (minutes >= 0 && minutes <= 90) say(node, minutes ? text("starts_in", { minutes }) : text("starts_now"))
  }
}

function quietly(work) {
  return () => work().catch(() => {}) // no network for a while: the next round asks again
}

if (home) {
  setInterval(quietly(ask), ASK)
  setInterval(paintMinutes, MINUTE / 4)
  document.addEventListener("visibilitychange", quietly(ask))
  quietly(ask)()
  paintMinutes()
}
