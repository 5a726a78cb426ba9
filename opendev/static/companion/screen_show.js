// What the presenter's screen shows, also within other pages: always what everybody may see. Paints the poll on air, or the
// calm picture when there is none.

import "./countdown.js"
import "./presence.js"
import { setClock } from "./countdown.js"
import { fetchPage, inTurn, swapRegions } from "./regions.js"
import { shownState } from "./session_state.js"
import { kindOf } from "./kinds/index.js"
import { fitScreen } from "./screen_fit.js"
import { connect } from "./live.js"
import { peopleHere } from "./presence.js"
import { emptyBook, hasCounts, onAir, reduce } from "./poll_state.js"
import { paintSummary } from "./poll_summary.js"
import { paintPicks, paintResults } from "./poll_rows.js"
import { paintOwnWords } from "./other_words.js"
import { paintRight } from "./right_answer.js"
import { clone, on, setHidden, setText, syncChildren } from "./markup.js"
import { openQuestions, questionOnAir, reduceQuestions, sorted } from "./question_state.js"
import { reduceRunning, runningItem } from "./running_state.js"
import { counted, text } from "./texts.js"

const page = document.body.dataset
const main = document.querySelector("[data-screen]")
const list = main.querySelector("[data-rows]")
let book = emptyBook()
let questions = new Map()
let running = null
let session = main.dataset.sessionNow
let roundsAsked = "" // for which poll, as it stands, the sentence about the round before was fetched
let shows = main.dataset.shows // what a moderator wants here: what is on air, the code, questions or nothing
const names = new Map() // sign-up line -> how many names stand under it
const QUESTIONS_SHOWN = 5
const ASKED_MOST = { kind: "questions", text: "" }

function paintRows(poll, view) {
  if (main.dataset.view !== view || main.dataset.poll !== poll.id) list.replaceChildren()
  paintSummary(main, poll)
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
  paintRight(main, poll)
  paintOwnWords(main, poll)
  main.dataset.view = view
  main.dataset.poll = poll.id
  main.dataset.look = kindOf(poll).look ?? ""
}

function paintCalm(view) {
  const question = main.querySelector("[data-question]")
  question.textContent = view === "end" ? question.dataset.thanks : question.dataset.calm
  list.replaceChildren()
  main.dataset.view = view
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
function isVoting() {
  return onAir(book)?.state === "live"
}

function questionToShow() {
  return isVoting() || shows !== "on_air" ? null : questionOnAir(questions)
}

// A poll that runs is shown as a poll; a question on air goes before what runs.
function itemToShow() {
  if (shows !== "on_air") return shows === "questions" ? ASKED_MOST : null
  const item = runningItem(running)
  return isVoting() || questionOnAir(questions) || item?.kind === "poll" ? null : item
}

function paintItem(item) {
  const state = document.querySelector("[data-screen-state]")
  setText(main, "[data-question]", item.text || text("running_questions_text"))
  if (main.dataset.view !== item.kind) list.replaceChildren()
  state.dataset.state = main.dataset.state = "live"
  state.textContent = text(`running_${item.kind}`)
  main.dataset.view = item.kind
  main.dataset.poll = ""
  if (item.kind === "questions") paintMostWanted()
  if (item.kind === "line") setText(main, "[data-asked-by]", counted("call", names.get(item.line) ?? 0))
}

function paintMostWanted() {
  const wanted = sorted(openQuestions(questions), "votes").slice(0, QUESTIONS_SHOWN)
  setText(main, "[data-asked-by]", text("screen_ask"))
  syncChildren(
    list,
    wanted.map(({ id }) => id),
    { keyOf: (row) => row.dataset.option, make: () => clone("asked-row") },
  )
  wanted.forEach(({ id, votes, text: said }, index) => {
    const row = list.children[index]
    row.dataset.option = id
    setText(row, "[data-place]", votes)
    setText(row, "[data-option-text]", said)
  })
}

// What changed since the round before, once both are over: the server says it.
function paintRounds(poll) {
  const isOver = poll?.round > 1 && poll.state !== "live" && hasCounts(poll)
  for (const said of main.querySelectorAll("[data-rounds-of]")) {
    said.hidden = !isOver || said.dataset.roundsOf !== poll.id
  }
  const asks = isOver ? `${poll.id} ${poll.state}` : ""
  if (asks && asks !== roundsAsked) inTurn(refreshRegions)
  roundsAsked = asks
}

function paintTurnout(poll) {
  for (const bar of main.querySelectorAll("[data-progress]")) {
    bar.max = Math.max(1, peopleHere(), poll?.ballots ?? 0)
    bar.value = poll?.ballots ?? 0
  }
}

function paint() {
  const isOver = session === "over"
  const question = isOver ? null : questionToShow()
  const item = isOver ? null : itemToShow()
  const poll = question || item || isOver || shows !== "on_air" ? null : onAir(book)
  main.dataset.shows = isOver ? "on_air" : shows
  if (question) paintQuestion(question)
  else if (item) paintItem(item)
  else if (poll) paintPoll(poll)
  else paintCalm(isOver ? "end" : "calm")
  setHidden(document, "[data-screen-state]", !poll && !question && !item)
  setHidden(main, "[data-asked-by]", !question && item?.kind !== "line" && item?.kind !== "questions")
  if (!poll) setHidden(main, "[data-summary-row], [data-right-row], [data-own-words-row]", true)
  setHidden(main, "[data-calm-words]", Boolean(isOver || poll || question || item))
  setHidden(main, "[data-end]", !isOver)
  setHidden(document, "[data-turnout], [data-progress]", !poll)
  list.hidden = !poll && !list.children.length
  list.setAttribute("aria-label", text(poll ? "rows_options" : "rows_questions"))
  setHidden(main, "[data-calm-part]", Boolean(poll))
  setClock(document, poll)
  paintRounds(poll)
  paintTurnout(poll)
  document.title = poll?.state === "live" ? text("title_open", { title: page.title }) : page.title
  fitScreen(main)
}

function hearNames({ lines = [], line, count }) {
  for (const { id, count: under } of lines) names.set(id, under)
  if (typeof line === "string") names.set(line, count)
  else if (line) names.set(line.id, line.count)
}

function hear(frame) {
  book = reduce(book, frame)
  running = reduceRunning(running, frame)
  hearNames(frame)
  questions = reduceQuestions(questions, frame)
  paint()
}

const NEWS = [
  "running.changed",
  "running.gone",
  "line.changed",
  "line.tally",
  "poll.changed",
  "poll.tally",
  "poll.gone",
  "question.changed",
  "questions.changed",
  "question.tally",
  "question.gone",
]
for (const type of ["snapshot", ...NEWS]) on(`live:${type}`, hear)

function hearSession({ session: told }) {
  const before = session
  session = main.dataset.sessionNow = shownState(told)
  shows = told.screen.shows
  paintTheme(told.screen)
  setText(main, "[data-calm-now]", text(`calm_${session}`))
  paint()
  if (session === "over" && before !== "over") inTurn(refreshRegions)
}

// A window that was opened in colours of its own keeps them.
function paintTheme({ theme }) {
  const html = document.documentElement
  if (!("ownTheme" in html.dataset)) html.dataset.theme = theme
}

// Which follow-ups are open, and whether there is a recap, the server says. Without it the slide is as old as the page.
async function refreshRegions() {
  try {
    const { page: fresh, status } = await fetchPage(location.href)
    if (status === 200) swapRegions(fresh)
  } catch {
    // no network: the slide that came with the page is there
  }
  paint()
}

on("live:snapshot", hearSession)
on("live:session.changed", hearSession)
for (const type of ["line.changed", "line.gone"]) on(`live:${type}`, () => session === "over" && inTurn(refreshRegions))
on("presence:painted", () => paintTurnout(session === "over" ? null : onAir(book)))
on("live:status", ({ refused }) => refused && location.reload()) // the display link was revoked: the server says so
addEventListener("resize", () => fitScreen(main))
document.fonts.ready.then(() => fitScreen(main))
connect(page.socket)
