// Applause on the wall: a bar that grows with the room, and goes away a few seconds after the last tap.

import { on } from "./markup.js"
import { peopleHere } from "./presence.js"
import { recent, shareOf, sumOf } from "./reaction_state.js"

const EVERY = 1_000
const claps = document.querySelector("[data-claps]")
const main = document.querySelector("[data-screen]")
let heard = []
let timer = null

function paint() {
  clearTimeout(timer)
  heard = main.dataset.shows === "blank" ? [] : recent(heard, Date.now())
  for (const row of claps.querySelectorAll("[data-clap]")) {
    const count = sumOf(heard, row.dataset.clap)
    row.toggleAttribute("data-on", count > 0)
    if (count) row.querySelector("b").textContent = count // the last number stays while it fades
    row.querySelector("rect").setAttribute("width", `${shareOf(count, peopleHere())}%`)
  }
  timer = heard.length ? setTimeout(paint, EVERY) : null
}

function hearSession({ session }) {
  claps.hidden = !session.reactions.taken || !session.reactions.on_screen
  if (claps.hidden) heard = []
  paint()
}

function hearTaps({ reactions }) {
  heard = [...heard, { at: Date.now(), reactions }]
  paint()
}

// An embed of the result alone has none.
if (claps) {
  on("live:snapshot", hearSession)
  on("live:session.changed", hearSession)
  on("live:reaction.tally", hearTaps)
}
