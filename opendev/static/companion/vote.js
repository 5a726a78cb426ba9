// Takes the submit of the real forms and sends the vote over the socket. A vote without an answer is kept, over lost
// connections and reloads, and sent again with the same seq, so that the server counts it once.

import { answerOf, asSent, isSameAnswer, noAnswer, optionsIn, otherIn } from "./answers.js"
import { hideBanner, showBanner } from "./banners.js"
import { chosenIn, dropDraft, pollIdOf } from "./choice.js"
import { keep, recall } from "./kept.js"
import { kindOf } from "./kinds/index.js"
import { emit, on } from "./markup.js"
import { nextSeq } from "./seq.js"
import { sayNow } from "./speak.js"
import { hasText, text } from "./texts.js"

const ANSWER_WITHIN = 8_000
const CAN_BE_TRIED_AGAIN = new Set(["slow_down", "try_later", "busy", "no_answer"])

const pending = new Map(Object.entries(recall("votes") ?? {}).map(([id, vote]) => [id, asNow(vote)])) // poll id -> vote
let findPoll = () => null
let lastRef = 0
let isConnected = false
let hasConnected = false
let canConnect = true // until the first attempt failed: then the plain form is the way

// A vote that waited while the page's script became another: the answer was a list of options.
function asNow(vote) {
  return { field: "options", answer: vote.options, sent: vote.options, ...vote }
}

export function startVoting(pollById) {
  findPoll = pollById
  document.addEventListener("submit", takeSubmit)
  on("live:snapshot", resume)
  on("live:ok", accepted)
  on("live:error", refused)
  on("live:status", noteStatus)
  on("banner:retry-vote", () => resend((vote) => vote.status === "failed"))
}

// The vote that the server's tally does not hold yet, and `before`: what of mine the tally holds instead.
export function pendingFor(poll) {
  const vote = pending.get(poll.id)
  if (vote && isCounted(vote, poll)) pending.delete(poll.id)
  return vote && pending.has(poll.id) ? { ...vote, before: beforeOf(vote, poll) } : null
}

function isCounted(vote, poll) {
  return vote.status === "done" && poll.version >= vote.until
}

// Somebody who changes their mind twice in a second has an earlier vote that is not counted either.
function beforeOf({ earlier, before }, poll) {
  if (!earlier) return before
  return isCounted(earlier, poll) ? earlier.answer : beforeOf(earlier, poll)
}

function takeSubmit(event) {
  const form = event.target
  const isVote = form.matches("[data-vote-form][data-joined]")
  const poll = isVote || form.matches("[data-withdraw-form]") ? findPoll(pollIdOf(form)) : null
  if (!poll || !canConnect) return
  event.preventDefault()
  cast(poll, isVote ? chosenIn(form) : noAnswer(kindOf(poll)), isVote ? "poll.vote" : "poll.withdraw")
}

function cast(poll, answer, type) {
  const earlier = pendingFor(poll) && pending.get(poll.id)
  const seq = nextSeq(poll)
  const kind = kindOf(poll)
  const sent = asSent(kind, answer)
  const other = otherIn(kind, answer)
  const cast = { type, field: kind.field, answer, sent, other, options: optionsIn(kind, answer) }
  pending.set(poll.id, { ...cast, earlier, before: answerOf(poll), seq, status: "sending" })
  keepVotes()
  hideBanner("vote")
  hideBanner("notice")
  if (isConnected) send(poll.id)
  emit("vote:changed", { poll: poll.id, isOwnAct: true })
}

function send(id) {
  const vote = pending.get(id)
  const { type, field, sent, other, seq } = vote
  vote.status = "sending"
  vote.ref = ++lastRef
  const frame = { type, ref: vote.ref, poll: id, seq }
  emit("live:send", type === "poll.vote" ? { ...frame, [field]: sent, ...(other ? { other } : {}) } : frame)
  setTimeout(unanswered, ANSWER_WITHIN, id, vote.ref)
}

function resend(which) {
  hideBanner("vote")
  for (const [id, vote] of pending) {
    if (!which(vote)) continue
    send(id)
    emit("vote:changed", { poll: id })
  }
}

function resume(snapshot) {
  isConnected = hasConnected = canConnect = true
  for (const poll of snapshot.polls) {
    const vote = pending.get(poll.id)
    if (vote) Object.assign(vote, { before: answerOf(poll), earlier: null })
    if (vote && vote.status !== "done" && arrived(poll, vote)) settled(poll.id, poll.mine, poll.version)
  }
  const known = new Set(snapshot.polls.map(({ id }) => id))
  for (const id of pending.keys()) if (!known.has(id)) pending.delete(id)
  resend((vote) => vote.status !== "done")
}

// Once a poll is final its ballots hold no numbers any more, but still the answers.
function arrived(poll, vote) {
  const same = isSameAnswer(kindOf(poll), answerOf(poll), vote.answer)
  return (poll.mine?.seq ?? 0) >= vote.seq || (poll.state !== "live" && same)
}

function noteStatus({ connected }) {
  isConnected = connected
  if (!connected && !hasConnected) canConnect = !navigator.onLine
}

function withRef(ref) {
  return [...pending].find(([, vote]) => vote.ref === ref && vote.status !== "done") ?? []
}

function earlierWithRef(ref) {
  return [...pending.values()].map(({ earlier }) => earlier).find((vote) => vote?.ref === ref)
}

function accepted({ ref, mine, version }) {
  const [id] = withRef(ref)
  if (id) return settled(id, mine, version)
  const vote = earlierWithRef(ref)
  if (vote) Object.assign(vote, { status: "done", until: version })
}

function settled(id, mine, version) {
  const vote = pending.get(id)
  vote.status = "done"
  vote.until = version
  keepVotes()
  dropDraft(id)
  hideBanner("vote")
  sayNow(text(vote.type === "poll.vote" ? "said_saved" : "said_taken_back"))
  emit("vote:answered", {
    poll: id,
    mine: mine ?? { voted: vote.options.length > 0, options: vote.options, [vote.field]: vote.sent, seq: vote.seq },
  })
}

function refused({ ref, code, detail }) {
  const [id] = withRef(ref)
  if (!id) return
  const sentence = hasText(`error_${code}`) ? text(`error_${code}`) : detail || text("error_unknown")
  if (CAN_BE_TRIED_AGAIN.has(code)) return failed(id, sentence)
  pending.delete(id)
  keepVotes()
  emit("vote:refused", { poll: id, code })
  showBanner("notice", sentence)
}

function unanswered(id, ref) {
  const vote = pending.get(id)
  if (isConnected && vote?.ref === ref && vote.status === "sending") failed(id, text("error_no_answer"))
}

function failed(id, sentence) {
  pending.get(id).status = "failed"
  showBanner("unsent", sentence)
  emit("vote:changed", { poll: id })
}

function keepVotes() {
  keep("votes", Object.fromEntries([...pending].filter(([, vote]) => vote.status !== "done")))
}
