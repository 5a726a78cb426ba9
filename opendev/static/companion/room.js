// The attendee's room: hears the news, keeps the book of polls, paints what changed.

import "./gate.js"
import "./connection.js"
import "./lines.js"
import "./picture_png.js"
import "./presence.js"
import "./questions.js"
import "./reactions.js"
import "./suggestions.js"
import "./when.js"
import { isTakenByItem } from "./running.js"
import { dropDraft, paintChoice } from "./choice.js"
import { clockOf } from "./countdown.js"
import { kindsFor } from "./kinds/later.js"
import { connect } from "./live.js"
import { emit, on, setText } from "./markup.js"
import { peopleHere } from "./presence.js"
import { emptyBook, hasCounts, overPolls, reduce, withMine } from "./poll_state.js"
import { paintEarlier } from "./room_earlier.js"
import { chooseStage, keepFocusNear, paintStage } from "./room_stage.js"
import { shownState } from "./session_state.js"
import { rightLine, rightOf } from "./right_answer.js"
import { sayCount, sayNow } from "./speak.js"
import { isOpenPart } from "./tabs.js"
import { text } from "./texts.js"
import { pendingFor, startVoting } from "./vote.js"

const page = document.body.dataset
const wanted = new Map() // poll id -> "form" or "results", what its reader asked for
const tapped = new Set() // polls whose view was chosen since the last vote was sent: the answer to it changes nothing there
let book = emptyBook()
let me = { attendee: null }
let session = page.sessionNow
let stagePoll = null
let hasSnapshot = false

function contextOf(poll) {
  return { pending: pendingFor(poll), wanted: wanted.get(poll.id), isJoined: Boolean(me.attendee) }
}

function paint({ isForced = false } = {}) {
  if (!hasSnapshot) return
  stagePoll = chooseStage(book, { isForced, isTaken: isTakenByItem() })
  paintStage(book, stagePoll, contextOf, { session, isJoined: Boolean(me.attendee) })
  paintEarlier(session === "over" ? [] : overPolls(book).filter(({ id }) => id !== stagePoll?.id))
  setText(document, "[data-stage] [data-present]", peopleHere())
  paintTitle()
}

function paintTitle() {
  const isOpen = stagePoll?.state === "live"
  document.title = isOpen ? text("title_open", { title: page.title }) : page.title
}

function paintSession() {
  page.sessionNow = session
  for (const node of document.querySelectorAll("[data-session-state]")) {
    node.dataset.state = session
    node.textContent = text(`session_${session}`)
  }
}

// What a listener must hear at once: opened, closed, shown. Counts may wait.
function announce(before, after) {
  if (!after) return
  if (after.state === "live" && before?.state !== "live") {
    emit("tabs:news", { part: "poll" })
    return sayNow(text("said_open", { question: after.question }))
  }
  if (before?.state === "live" && after.state !== "live") return sayNow(text("said_closed"))
  if (before && !rightOf(before) && rightOf(after)) return sayNow(text("said_right", { right: rightLine(after) }))
  if (before && !hasCounts(before) && hasCounts(after) && !after.mine?.voted) return sayNow(text("said_shown"))
  if (after.closes_at && !before?.closes_at) return sayNow(text("said_clock", { clock: clockOf(after) }))
  if (after.state === "live") sayCount(text("voted_here", { voted: after.ballots, here: peopleHere() }))
}

function hear(frame) {
  const before = stagePoll
  book = reduce(book, frame)
  paint()
  const isAnother = before?.id !== stagePoll?.id
  if (isAnother && isOpenPart("poll")) scrollTo({ top: 0, behavior: "instant" }) // it begins at its question
  if (before && !book.polls.has(before.id)) sayNow(text("said_gone"))
  if (before?.id === stagePoll?.id) announce(before, stagePoll)
  else announce(null, stagePoll)
}

function arrive(snapshot) {
  const isFirst = !hasSnapshot
  me = snapshot.me
  session = shownState(snapshot.session)
  hasSnapshot = true
  paintSession()
  if (!isFirst) return hear(snapshot)
  book = reduce(book, snapshot)
  for (const poll of snapshot.polls) if (document.getElementById(`poll-${poll.id}`)) rememberWish(poll)
  paint()
}

// A page that was asked for with ?view=form or ?view=results keeps that view.
function rememberWish(poll) {
  const asked = new URLSearchParams(location.search).get("view")
  if (asked === "form" || asked === "results") wanted.set(poll.id, asked)
}

function show(event) {
  const link = event.target.closest("[data-poll] [data-show]")
  if (!link || !hasSnapshot) return
  event.preventDefault()
  const id = link.closest("[data-poll]").dataset.poll
  wanted.set(id, link.dataset.show)
  tapped.add(id)
  paint()
  keepFocusNear(id)
}

function answered({ poll, mine }) {
  book = withMine(book, poll, mine)
  if (!tapped.has(poll)) wanted.delete(poll)
  paint()
}

function refused({ poll }) {
  if (book.polls.get(poll)?.state === "live") wanted.set(poll, "form")
  paint()
}

function changed({ poll, isOwnAct }) {
  if (isOwnAct) {
    wanted.delete(poll)
    tapped.delete(poll)
  }
  paint()
  if (isOwnAct) keepFocusNear(poll)
}

// Another window of mine voted. What this one was showing gives way, unless it has a vote of its own on its way.
function hearMine(frame) {
  const poll = book.polls.get(frame.poll)
  if (poll?.mine?.voted !== frame.mine.voted) wanted.delete(frame.poll)
  if (poll && !pendingFor(poll)) dropDraft(frame.poll)
  const hadFocus = document.activeElement?.closest("[data-poll]")?.dataset.poll === frame.poll
  book = reduce(book, frame)
  paint()
  if (hadFocus) keepFocusNear(frame.poll)
}

for (const type of ["poll.changed", "poll.tally", "poll.gone"]) on(`live:${type}`, hear)
on("live:poll.mine", hearMine)
on("running:painted", () => paint())
on("live:snapshot", arrive)
on("live:session.changed", (frame) => {
  session = shownState(frame.session)
  paintSession()
  paint()
})
on("vote:answered", answered)
on("vote:refused", refused)
on("vote:changed", changed)
on("choice:changed", ({ poll }) => paintChoice(book.polls.get(poll)))
on("banner:show-new", () => paint({ isForced: true }))
document.addEventListener("click", show)

startVoting((id) => book.polls.get(id) ?? null)
connect(page.socket, kindsFor)
