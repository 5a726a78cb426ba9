// The room's stage: the poll on air first, with its button in the dock; other live polls below it, each with its own.
// A new poll takes the stage, except from somebody who is in the middle of choosing: then a banner offers it.

import { hideBanner, showBanner } from "./banners.js"
import { isChoosing, paintChoice } from "./choice.js"
import { clone, syncChildren } from "./markup.js"
import { makeCard, paintCard } from "./poll_card.js"
import { livePolls, onAir } from "./poll_state.js"

const stage = document.querySelector("[data-stage]")
const dock = document.querySelector("[data-dock]")

let stageId = stage.querySelector(":scope > [data-poll]")?.dataset.poll ?? null
let offeredId = null

export function chooseStage(book, { isForced = false } = {}) {
  const next = onAir(book)
  const current = book.polls.get(stageId)
  const mayStay = !isForced && current?.state === "live" && next?.state === "live" && next.id !== current.id
  if (mayStay && isChoosing(current)) return offer(current, next)
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

export function paintStage(book, onStage, contextOf, session) {
  const others = livePolls(book).filter(({ id }) => id !== onStage?.id)
  const polls = onStage ? [onStage, ...others] : others
  const empty = `empty-${session}`
  syncChildren(stage, polls.length ? polls.map(({ id }) => id) : [empty], {
    keyOf: (child) => child.dataset.poll ?? child.dataset.empty,
    make: (key) => (key === empty ? clone(empty) : makeCard(key)),
  })
  dock.hidden = true
  for (const poll of polls) paintOne(poll, contextOf(poll), poll === onStage)
}

function cardOf(id) {
  return stage.querySelector(`[data-poll="${CSS.escape(id)}"]`)
}

function paintOne(poll, context, isOnStage) {
  const card = cardOf(poll.id)
  const isForm = paintCard(card, poll, context) === "form"
  const own = card.querySelector("[data-own-go]")
  own.hidden = isOnStage || !isForm
  if (isOnStage) dock.hidden = !isForm
  if (isForm) putButton(isOnStage ? dock : own.querySelector("[data-go]"), poll, context.isJoined)
  paintChoice(poll)
}

function putButton(place, poll, isJoined) {
  const goal = isJoined ? `vote-${poll.id}` : "join"
  if (place.dataset.goal === goal) return
  const button = clone(isJoined ? "dock-vote" : "dock-join")
  if (isJoined) button.setAttribute("form", goal)
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
