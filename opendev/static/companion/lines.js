// Sign-up lines in the room: hears the news, paints what changed, and sends a tap over the socket. Without a socket, and
// for whoever has not joined, the forms post.

import { showBanner } from "./banners.js"
import { emptyLines, inOrder, reduceLines, withMyName } from "./line_state.js"
import { makeLine, paintLine } from "./line_card.js"
import { emit, on, setHidden, syncChildren } from "./markup.js"
import { askName, canAskName, closeSignUp, showErrors } from "./sign_up_dialog.js"
import "./notes.js"
import "./note_taps.js"
import "./pad_state.js"
import { sayNow } from "./speak.js"
import { isOpenPart } from "./tabs.js"
import { text } from "./texts.js"

const PART = "follow-ups"
const ANSWER_WITHIN = 8_000

const home = document.querySelector("[data-lines]")
const asked = new Map() // ref -> {line, type, isDialog}
let book = emptyLines()
let isConnected = false
let isJoined = false
let isKnown = home.dataset.known === "yes"
let me = home.dataset.me
let lastRef = 0

function pendingOf(id) {
  const waiting = [...asked.values()].filter(({ line }) => line === id).pop()
  return waiting && (waiting.type === "line.sign_up" ? "signing" : "withdrawing")
}

function paint() {
  const lines = inOrder(book)
  syncChildren(
    home,
    lines.map(({ id }) => id),
    { keyOf: (card) => card.dataset.line, make: makeLine },
  )
  for (const card of home.children) {
    const line = book.get(card.dataset.line)
    paintLine(card, line, { pending: pendingOf(line.id), me })
  }
  setHidden(document, "[data-some-lines]", lines.length === 0)
  setHidden(document, "[data-no-lines]", lines.length > 0)
  emit("tabs:exists", { part: PART, count: lines.length })
  emit("lines:painted")
}

function hear(frame) {
  const isNew = frame.type === "line.changed" && !book.has(frame.line.id)
  book = reduceLines(book, frame)
  paint()
  if (!isNew) return
  emit("tabs:news", { part: PART })
  if (isOpenPart(PART)) sayNow(text("said_line_open", { title: frame.line.title }))
}

// Another window of mine signed up or withdrew, or a moderator took my name from the line or put it back.
function hearMine({ line, mine }) {
  book = withMyName(book, line, mine)
  noteMe(mine)
  paint()
}

function noteMe(mine) {
  if (!mine.signed_up) return
  isKnown = true
  me = mine.name
}

function arrive(snapshot) {
  isConnected = true
  isJoined = Boolean(snapshot.me.attendee)
  for (const [ref, { type, line, said }] of asked) send(ref, type, line, said) // what was asked before is asked again
  hear(snapshot)
}

// ---- acts

function ask(type, line, said = {}, { isDialog = false } = {}) {
  lastRef += 1
  const ref = `line-${lastRef}`
  asked.set(ref, { type, line, said, isDialog })
  send(ref, type, line, said)
  setTimeout(unanswered, ANSWER_WITHIN, ref)
  if (isDialog) return
  paint()
  keepFocusNear(line)
}

function send(ref, type, line, said) {
  emit("live:send", { ...said, type, ref, line })
}

function answered({ ref, mine }) {
  const act = asked.get(ref)
  if (!act) return
  asked.delete(ref)
  book = withMyName(book, act.line, mine)
  noteMe(mine)
  if (act.isDialog) closeSignUp()
  paint()
  keepFocusNear(act.line)
  const { title } = book.get(act.line) ?? { title: "" }
  sayNow(text(mine.signed_up ? "said_signed_up" : "said_withdrawn", { title }))
}

function refused({ ref, code, detail, fields }) {
  const act = asked.get(ref)
  if (!act) return
  asked.delete(ref)
  paint()
  if (act.isDialog && fields) return showErrors(fields, code)
  if (code === "name_needed") return askName(book.get(act.line))
  if (act.isDialog) closeSignUp()
  showBanner("notice", code === "line_is_closed" ? text("error_line_is_closed") : detail)
}

function unanswered(ref) {
  if (!isConnected || !asked.has(ref)) return
  refused({ ref, code: "no_answer", detail: text("error_name_unsent") })
}

// The button that was pressed is gone: people who use the keyboard go on at the line's title.
function keepFocusNear(id) {
  const focused = document.activeElement
  if (focused && focused !== document.body && !focused.closest("[hidden]")) return
  document.getElementById(`line-${id}-h`)?.focus({ preventScroll: true })
}

document.addEventListener("submit", (event) => {
  const isTap = event.target.matches("[data-tap-form]")
  if (!(isTap || event.target.matches("[data-withdraw-name-form]"))) return
  const line = book.get(event.target.closest("[data-line]").dataset.line)
  if (!line || (!isTap && !isConnected) || (isTap && isKnown && !isConnected)) return
  const isAsking = isTap && !(isKnown && isJoined)
  if (isAsking && !canAskName()) return // the form leads to the line's own page, which asks
  event.preventDefault()
  if (isAsking) askName(line)
  else ask(isTap ? "line.sign_up" : "line.withdraw", line.id)
})

on("sign-up:said", ({ line, said }) => ask("line.sign_up", line, said, { isDialog: true }))
on("live:snapshot", arrive)
on("live:status", ({ connected }) => {
  isConnected = connected
})
for (const type of ["line.changed", "line.tally", "line.gone"]) on(`live:${type}`, hear)
on("live:line.mine", hearMine)
on("pad:news", paint)
on("live:ok", answered)
on("live:error", refused)
