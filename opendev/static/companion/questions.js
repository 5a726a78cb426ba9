// The questions of the room: hears their news and paints them. The order never jumps while one reads: votes change in
// place, new questions come last, and the list is sorted again when one returns to the part or asks for it.

import "./ask.js"
import { emit, on, setHidden, setText, syncChildren } from "./markup.js"
import {
  answeredQuestions,
  openQuestions,
  ownHidden,
  questionOnAir,
  reduceQuestions,
  sorted,
  withMineUpvoted,
} from "./question_state.js"
import { makeRow, paintRow } from "./question_row.js"
import { isOpenState, shownState } from "./session_state.js"
import { sayNow } from "./speak.js"
import { text } from "./texts.js"
import { standing } from "./standing.js"
import { startUpvoting } from "./upvotes.js"

const PART = "questions"
const root = document.querySelector("[data-questions]")

let book = new Map()
let order = [] // ids of the open questions, as they stand
let session = document.body.dataset.sessionNow
let isJoined = false
let shown = Number(root.dataset.shown) // rows of each list, so that a page stays light however many questions there are
let elsewhere = 0 // questions that the snapshot left out
const MORE = 100

function find(name) {
  return root.querySelector(`[data-${name}]`)
}

function paintList(name, template, questions) {
  const list = find(`${name}-list`)
  paintMore(name, questions.length + (name === "open" ? elsewhere : 0) - shown)
  const byId = new Map(questions.slice(0, shown).map((question) => [question.id, question]))
  syncChildren(list, [...byId.keys()], {
    keyOf: (row) => row.dataset.asked,
    make: (id) => makeRow(template, id),
  })
  for (const row of list.children)
    paintRow(row, byId.get(row.dataset.asked), { isOpen: isJoined && isOpenState(session) })
}

function paintMore(name, left) {
  const more = root.querySelector(`[data-more-of="${name}"]`)
  if (!more) return
  more.hidden = left <= 0
  setText(more, "[data-left]", left)
}

// What the snapshot left out comes by REST, in parts; news that came meanwhile are newer and stay.
async function fetchElsewhere() {
  let next = `/api/v1${document.body.dataset.socket.replace("/ws", "").split("?")[0]}questions/`
  while (next && elsewhere > 0) {
    const answer = await fetch(new URL(next, location.href).pathname + new URL(next, location.href).search)
    if (!answer.ok) return
    const part = await answer.json()
    book = part.results.reduce((known, question) => withPart(known, question), book)
    next = part.next
  }
  elsewhere = 0
}

function withPart(known, question) {
  return known.has(question.id) ? known : new Map(known).set(question.id, question)
}

async function showMore() {
  shown += MORE
  paint()
  if (elsewhere === 0 || shown <= book.size) return
  await fetchElsewhere()
  sortAgain()
}

function paintOnAir() {
  const question = questionOnAir(book)
  const part = find("on-air-part")
  part.hidden = !question
  if (question) paintRow(part, question, { isOpen: false })
}

function inOrder(open) {
  const known = new Map(open.map((question) => [question.id, question]))
  order = standing(order, open, (added) => sorted(added, "time"))
  return order.map((id) => known.get(id))
}

function paint() {
  const shown = new Map([...book].map(([id, question]) => [id, withPending(question)]))
  const open = openQuestions(shown)
  const answered = answeredQuestions(shown)
  const own = ownHidden(shown)
  paintOnAir()
  paintList("open", "question", inOrder(open))
  paintList("answered", "question-answered", answered)
  paintList("own", "question-own", own)
  setText(root, "[data-open-count]", open.length + elsewhere)
  setText(root, "[data-answered-count]", answered.length)
  setHidden(root, "[data-sorts]", open.length < 2)
  setHidden(root, "[data-no-questions]", open.length > 0)
  setHidden(root, "[data-own-part]", own.length === 0)
  setHidden(root, "[data-answered-part]", answered.length === 0)
  setHidden(document, "[data-asking]", !isOpenState(session) || !isJoined)
  emit("tabs:exists", { part: PART, count: open.length + elsewhere + (questionOnAir(book) ? 1 : 0) })
}

// What I tapped and the server has not answered yet.
function withPending(question) {
  const wanted = pendingUpvotes.get(question.id)
  if (wanted === undefined || wanted === question.mine.upvoted) return question
  return { ...question, votes: question.votes + (wanted ? 1 : -1), mine: { ...question.mine, upvoted: wanted } }
}

function sortAgain(by = root.dataset.sort) {
  root.dataset.sort = by
  order = sorted(openQuestions(book), by).map(({ id }) => id)
  for (const link of root.querySelectorAll("[data-sort-by]")) {
    if (link.dataset.sortBy === (by || "votes")) link.setAttribute("aria-current", "true")
    else link.removeAttribute("aria-current")
  }
  paint()
}

function hear(frame) {
  const before = questionOnAir(book)
  const known = openQuestions(book).length
  book = reduceQuestions(book, frame)
  const now = questionOnAir(book)
  if (now && now.id !== before?.id) {
    sayNow(text("said_answering", { question: now.text }))
    emit("tabs:news", { part: PART })
  } else if (openQuestions(book).length > known) emit("tabs:news", { part: PART })
  paint()
}

// A page that shows more than a snapshot carries keeps doing so: after a reconnection, and where "show more" was followed
// as a link before the first snapshot.
async function arrive(snapshot) {
  const isFirst = order.length === 0
  isJoined = Boolean(snapshot.me.attendee)
  session = shownState(snapshot.session)
  paintRules(snapshot.session)
  book = reduceQuestions(book, snapshot)
  elsewhere = snapshot.questions_left_out ?? 0
  if (shown > book.size) await fetchElsewhere().catch(() => {}) // no network: the next snapshot asks again
  if (isFirst) sortAgain()
  else paint()
}

function paintRules({ questions }) {
  setText(document, "[data-ask-note]", text(questions.moderated ? "ask_moderated" : "ask_open"))
  const part = document.querySelector("[data-name-part]")
  part.hidden = !questions.named
  part.querySelector("input").disabled = !questions.named
}

on("live:snapshot", arrive)
for (const type of ["question.changed", "questions.changed", "question.tally", "question.gone", "question.mine"])
  on(`live:${type}`, hear)
on("live:session.changed", (frame) => {
  session = shownState(frame.session)
  paintRules(frame.session)
  paint()
})
on("tabs:opened", ({ part }) => part === PART && sortAgain())
on("upvote:changed", paint)
on("upvote:answered", ({ question, upvoted }) => {
  book = withMineUpvoted(book, question, upvoted)
  paint()
})
root.addEventListener("click", (event) => {
  if (event.target.closest("[data-show-more]") && book.size > 0) {
    event.preventDefault()
    showMore()
    return
  }
  const link = event.target.closest("[data-sort-by]")
  if (!link || book.size === 0) return
  event.preventDefault()
  sortAgain(link.dataset.sortBy)
})

const pendingUpvotes = startUpvoting((id) => book.get(id))
