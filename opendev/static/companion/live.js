// The socket. Says `live:<frame type>` for every frame and `live:status`; hears `live:send` and `live:reconnect`.
// Reconnecting is the same as arriving: the server begins with a snapshot, so nothing that was missed has to be asked for.

import { emit, on } from "./markup.js"

const FIRST_DELAY = 500
const LONGEST_DELAY = 15_000
const SILENCE_THAT_IS_DEAD = 45_000 // presence comes at least every 20 s
const SILENCE_THAT_IS_SUSPECT = 30_000 // after waking up
const WATCH_EVERY = 5_000
const REFUSALS_BEFORE_HINT = 3
const SILENCE_BEFORE_HINT = 20_000
const FAILURES_BEFORE_ASKING = 4
const ANSWERS_WITHIN = 10_000
const ASKED = "/healthz"
const isRefusalForGood = (code) => code >= 4400 && code < 4500

let path = ""
let socket = null
let attempts = 0 // since the last frame
let heardAt = 0
let frameAt = Date.now()
let timer = null
let needs = () => null // of a frame: what must be there before it is said
let queue = null // frames wait in their order, once one has to
let turn = 0 // counts what was begun; an answer to an earlier turn comes too late

// `needsOf` returns a promise for a frame that has to wait for something, and null for others.
export function connect(socketPath, needsOf = needs) {
  path = socketPath
  needs = needsOf
  on("live:send", send)
  on("live:reconnect", reconnectNow)
  addEventListener("online", wakeUp)
  addEventListener("pageshow", (event) => event.persisted && wakeUp())
  addEventListener("pagehide", drop) // an open socket keeps the page out of the back-forward cache
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wakeUp())
  setInterval(watch, WATCH_EVERY)
  open()
}

function address() {
  const url = new URL(path, location.href)
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:"
  return url.href
}

function open() {
  clearTimeout(timer)
  timer = null
  turn += 1
  const mine = new WebSocket(address())
  socket = mine
  heardAt = Date.now()
  mine.onmessage = (event) => mine === socket && hear(event.data)
  mine.onclose = (event) => mine === socket && lost(event.code, event.reason)
}

function hear(data) {
  heardAt = frameAt = Date.now()
  const frame = JSON.parse(data)
  attempts = 0
  const need = needs(frame)
  if (need || queue) wait(frame, need, socket)
  else say(frame)
}

function say(frame) {
  emit(`live:${frame.type}`, frame)
  if (frame.type === "snapshot") emit("live:status", { connected: true })
}

// What it needs does not come: the connection is begun anew after a while, and its snapshot asks again.
function giveUp(from) {
  lost()
  from.close()
}

function wait(frame, need, from) {
  const mine = Promise.all([queue, need])
    .then(() => from === socket && say(frame))
    .catch(() => from === socket && giveUp(from))
    .then(() => {
      if (queue === mine) queue = null
    })
  queue = mine
}

function lost(code, reason) {
  socket = null
  attempts += 1
  const isForGood = isRefusalForGood(code) && attempts >= REFUSALS_BEFORE_HINT
  emit("live:status", { connected: false, hint: isForGood || isHopeless(), refused: isRefusalForGood(code) })
  if (!isForGood) timer = setTimeout(comeBack, Math.max(delay(), wantedDelay(reason)))
}

// Firefox holds a new socket back after others to the same address have failed: longer after each, up to a minute, also when
// the server is there again. It never does so with a request, so after some failures one goes ahead of the socket.
async function comeBack() {
  turn += 1
  const mine = turn
  const isThere = attempts < FAILURES_BEFORE_ASKING || (await isServed())
  if (mine !== turn) return
  if (isThere) open()
  else lost()
}

// A refusal is an answer too: a proxy may keep this address to itself. Without the server it says 502, 503 or 504.
async function isServed() {
  const asking = new AbortController()
  const late = setTimeout(() => asking.abort(), ANSWERS_WITHIN)
  try {
    return (await fetch(ASKED, { cache: "no-store", signal: asking.signal })).status < 500
  } catch {
    return false
  } finally {
    clearTimeout(late)
  }
}

// The network is there, yet the server does not let us in: loading the page again may help.
function isHopeless() {
  return navigator.onLine && attempts >= REFUSALS_BEFORE_HINT && Date.now() - frameAt > SILENCE_BEFORE_HINT
}

// Full jitter: a room that lost its server does not come back in one wave.
function delay() {
  const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempts)
  return Math.random() * longest
}

// A server that is full or behind says when to come back; everybody takes up to half as long again, to come back apart.
function wantedDelay(reason) {
  const seconds = Number(/retry_after=(\d+)/.exec(reason)?.[1] ?? 0)
  return seconds * 1_000 * (1 + Math.random() / 2)
}

function drop() {
  clearTimeout(timer)
  turn += 1
  const old = socket
  socket = null
  old?.close()
}

function reconnectNow() {
  drop()
  emit("live:status", { connected: false })
  open()
}

function isOpen() {
  return socket?.readyState === WebSocket.OPEN
}

function wakeUp() {
  const silence = Date.now() - heardAt
  if (!isOpen() || silence > SILENCE_THAT_IS_SUSPECT) reconnectNow()
}

function watch() {
  if (socket && Date.now() - heardAt > SILENCE_THAT_IS_DEAD) reconnectNow()
}

function send(frame) {
  if (isOpen()) socket.send(JSON.stringify(frame))
}
