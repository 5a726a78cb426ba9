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
import { questionOnAir, reduceQuestions } from "./question_state.js"
import { counted, text } from "./texts.js"

const page = document.body.dataset
const main = document.querySelector("[data-screen]")
const list = main.querySelector("[data-rows]")
let book = emptyBook()
let questions = new Map()

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

function paintQuestion({ name, text: said, votes }) {
  const state = document.querySelector("[data-screen-state]")
  setText(main, "[data-question]", said)
  setText(main, "[data-asked-by]", counted("asked_by", votes).replace("{name}", name || text("anonymous")))
  list.replaceChildren()
  state.dataset.state = main.dataset.state = "live"
  state.textContent = text("screen_question")
  main.dataset.view = "question"
  main.dataset.poll = ""
}

// While votes are being cast nothing takes the poll off the screen.
function questionToShow() {
  return onAir(book)?.state === "live" ? null : questionOnAir(questions)
}

function paintTurnout(poll) {
  for (const bar of main.querySelectorAll("[data-progress]")) {
    bar.max = Math.max(1, peopleHere(), poll?.ballots ?? 0)
    bar.value = poll?.ballots ?? 0
  }
}

function paint() {
  const question = questionToShow()
  const poll = question ? null : onAir(book)
  if (question) paintQuestion(question)
  else if (poll) paintPoll(poll)
  else paintCalm()
  setHidden(document, "[data-screen-state]", !poll && !question)
  setHidden(main, "[data-asked-by]", !question)
  setHidden(main, "[data-calm-words]", Boolean(poll || question))
  setHidden(document, "[data-screen] [data-rows], [data-turnout], [data-progress]", !poll)
  setHidden(main, "[data-calm-part]", Boolean(poll))
  setClock(document, poll)
  paintTurnout(poll)
  document.title = poll?.state === "live" ? text("title_open", { title: page.title }) : page.title
  fitScreen(main)
}

function hear(frame) {
  book = reduce(book, frame)
  questions = reduceQuestions(questions, frame)
  paint()
}

const NEWS = ["poll.changed", "poll.tally", "poll.gone", "question.changed", "question.tally", "question.gone"]
for (const type of ["snapshot", ...NEWS]) on(`live:${type}`, hear)
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
