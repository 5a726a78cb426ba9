// The room's stage: the poll on air first, with its button in the dock; other live polls below it, each with its own.
// A new poll takes the stage, except from somebody who is in the middle of choosing: then a banner offers it, and they
// see their own vote arrive before they go on.

import { hideBanner, showBanner } from "./banners.js"
import { isChoosing, paintChoice } from "./choice.js"
import { clone, syncChildren } from "./markup.js"
import { makeCard, paintCard } from "./poll_card.js"
import { livePolls, onAir, overPolls } from "./poll_state.js"
import { keyOfPrompt, makePrompt, paintPrompt, recordKeys } from "./record.js"
import { promptsShown } from "./running.js"
import { isOpenState } from "./session_state.js"

const stage = document.querySelector("[data-stage]")
const dock = document.querySelector("[data-dock]")

let stageId = stage.querySelector(":scope > [data-poll]")?.dataset.poll ?? null
let offeredId = null

// Polls that are over leave the stage to what runs, and stand among the earlier ones.
export function chooseStage(book, { isForced = false, isTaken = false } = {}) {
  const last = onAir(book)
  const next = isTaken && last?.state !== "live" ? null : last
  const current = book.polls.get(stageId)
  const mayStay = !isForced && current?.state === "live" && next?.state === "live" && next.id !== current.id
  if (mayStay && (offeredId || isChoosing(current))) return offer(current, next)
  if (offeredId) hideBanner("newpoll")
  offeredId = null
  stageId = next?.id ?? null
  return next
}

function offer(current, next) {
  if (offeredId !== next.id) showBanner("newpoll")
  offeredId = next.id
  return current
}

// The poll on air first, then other live ones; of a session that is over all of them, in their order: its record.
function pollsOnStage(book, onStage, session) {
  if (session === "over") return overPolls(book).reverse()
  const others = livePolls(book).filter(({ id }) => id !== onStage?.id)
  return onStage ? [onStage, ...others] : others
}

export function paintStage(book, onStage, contextOf, { session, isJoined }) {
  const polls = pollsOnStage(book, onStage, session)
  const empty = `empty-${session}`
  const needsWords = polls.length === 0 || session === "over"
  const prompts = new Map((session === "over" ? promptsShown() : []).map((prompt) => [keyOfPrompt(prompt), prompt]))
  const keys = session === "over" ? recordKeys(polls, prompts.values()) : polls.map(({ id }) => id)
  syncChildren(stage, [...(needsWords ? [empty] : []), ...keys], {
    keyOf: (child) => child.dataset.poll ?? child.dataset.prompt ?? child.dataset.empty,
    make: (key) => (key === empty ? clone(empty) : prompts.has(key) ? makePrompt(key) : makeCard(key)),
  })
  for (const entry of stage.querySelectorAll("[data-prompt]")) paintPrompt(entry, prompts.get(entry.dataset.prompt))
  const forms = polls.filter((poll) => paintOne(poll, contextOf(poll), poll === onStage))
  paintDock(forms.includes(onStage) ? onStage : null, { session, isJoined })
  for (const poll of forms) paintChoice(poll)
}

// Whoever has not joined finds "Join this session" there, poll or no poll, at the same place.
function paintDock(poll, { session, isJoined }) {
  const goal = isJoined ? poll && `vote-${poll.id}` : isOpenState(session) && "join"
  dock.hidden = !goal
  if (goal) putButton(dock, goal)
}

function cardOf(id) {
  return stage.querySelector(`[data-poll="${CSS.escape(id)}"]`)
}

function paintOne(poll, context, isOnStage) {
  const card = cardOf(poll.id)
  const isForm = paintCard(card, poll, context) === "form"
  const own = card.querySelector("[data-own-go]")
  own.hidden = isOnStage || !isForm || !context.isJoined
  if (!own.hidden) putButton(own.querySelector("[data-go]"), `vote-${poll.id}`)
  return isForm
}

function putButton(place, goal) {
  if (place.dataset.goal === goal) return
  const button = clone(goal === "join" ? "dock-join" : "dock-vote")
  if (goal !== "join") button.setAttribute("form", goal)
  place.replaceChildren(button)
  place.dataset.goal = goal
}

// After one's own act the button may be gone: people who use the keyboard go on at the poll itself.
export function keepFocusNear(pollId) {
  const focused = document.activeElement
  if (focused && focused !== document.body && !focused.closest("[hidden]")) return
  const question = cardOf(pollId)?.querySelector("[data-question]")
  question?.setAttribute("tabindex", "-1")
  question?.focus({ preventScroll: true })
}
