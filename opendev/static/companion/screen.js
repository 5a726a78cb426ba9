// The presenter's screen: always what everybody may see. Paints the poll on air, or the calm picture when there is none.

import "./connection.js"
import "./countdown.js"
import "./keys.js"
import "./keys_dialog.js"
import "./presence.js"
import "./screen_acts.js"
import { setClock } from "./countdown.js"
import { fitScreen } from "./screen_fit.js"
import { connect } from "./live.js"
import { on, setHidden, setText } from "./markup.js"
import { peopleHere } from "./presence.js"
import { emptyBook, hasCounts, onAir, reduce } from "./poll_state.js"
import { paintPicks, paintResults } from "./poll_rows.js"
import { text } from "./texts.js"

const page = document.body.dataset
const main = document.querySelector("[data-screen]")
const list = main.querySelector("[data-rows]")
let book = emptyBook()

function paintRows(poll, view) {
  if (main.dataset.view !== view || main.dataset.poll !== poll.id) list.replaceChildren()
  if (view === "results") paintResults(list, poll)
  else paintPicks(list, poll)
}

function paintPoll(poll) {
  const isVisible = hasCounts(poll)
  const view = isVisible ? "results" : "picks"
  const state = document.querySelector("[data-screen-state]")
  setText(main, "[data-question]", poll.question)
  setText(main, "[data-ballots]", poll.ballots)
  state.dataset.state = main.dataset.state = poll.state
  state.textContent = text(`screen_${poll.state}_${isVisible ? "shown" : "hidden"}`)
  paintRows(poll, view)
  main.dataset.view = view
  main.dataset.poll = poll.id
}

function paintCalm() {
  const question = main.querySelector("[data-question]")
  question.textContent = question.dataset.calm
  list.replaceChildren()
  main.dataset.view = "calm"
  main.dataset.state = "plain"
  main.dataset.poll = ""
}

function paintTurnout(poll) {
  for (const bar of main.querySelectorAll("[data-progress]")) {
    bar.max = Math.max(1, peopleHere(), poll?.ballots ?? 0)
    bar.value = poll?.ballots ?? 0
  }
}

function paint() {
  const poll = onAir(book)
  if (poll) paintPoll(poll)
  else paintCalm()
  setHidden(document, "[data-screen-state], [data-screen] [data-rows], [data-turnout], [data-progress]", !poll)
  setHidden(main, "[data-calm-part]", Boolean(poll))
  setClock(document, poll)
  paintTurnout(poll)
  document.title = poll?.state === "live" ? text("title_open", { title: page.title }) : page.title
  fitScreen(main)
}

function hear(frame) {
  book = reduce(book, frame)
  paint()
}

for (const type of ["snapshot", "poll.changed", "poll.tally", "poll.gone"]) on(`live:${type}`, hear)
function hearSession({ session }) {
  setText(main, "[data-calm-now]", text(`calm_${session.state}`))
}

on("live:snapshot", hearSession)
on("live:session.changed", hearSession)
on("presence:painted", () => paintTurnout(onAir(book)))
on("live:status", ({ refused }) => refused && location.reload()) // the display link was revoked: the server says so
addEventListener("resize", () => fitScreen(main))
document.fonts.ready.then(() => fitScreen(main))
connect(page.socket)
