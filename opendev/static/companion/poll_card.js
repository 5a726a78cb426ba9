// One poll on the room page: chooses its view and paints it into the card. Views are cloned from the server's partials.

import { answerOf, optionsIn } from "./answers.js"
import { applyDraft } from "./choice.js"
import { setClock } from "./countdown.js"
import { kindOf } from "./kinds/index.js"
import { addressPicture, clone, cloneAll, setHidden, setText } from "./markup.js"
import { hasCounts } from "./poll_state.js"
import { paintSummary } from "./poll_summary.js"
import { paintChoices, paintFields, paintForm, paintResults } from "./poll_rows.js"
import { changes, footnote, hiddenNote, label, note, privacyNote } from "./poll_words.js"
import { withOptimism } from "./result_rows.js"
import { paintOwnWords } from "./other_words.js"
import { paintRight } from "./right_answer.js"

const LONG_QUESTION = 140
const BODY = { form: "form", results: "results", waiting: "choices", hidden: "choices" }

// What the page shows as mine: the pending vote if there is one, else what the server knows.
function mineOf(poll, pending) {
  if (pending && pending.status !== "failed") {
    const { options, answer } = pending
    return { options, answer, isPending: pending.status !== "done" }
  }
  const answer = answerOf(poll)
  return {
    options: optionsIn(kindOf(poll), answer),
    answer,
    isPending: false,
    hasVotedElsewhere: Boolean(poll.mine?.voted) && poll.mine.options === null,
  }
}

export function viewOf(poll, hasVoted, wanted) {
  const isVisible = hasCounts(poll)
  if (poll.state !== "live") return isVisible ? "results" : "hidden"
  const mayVote = !poll.mine?.voted || canChange(poll)
  if (wanted === "form" && mayVote) return "form"
  if (hasVoted) return isVisible ? "results" : "waiting"
  return wanted === "results" && isVisible ? "results" : "form"
}

// A vote of another device counts here, but only that device can change it: then `options` is null.
function canChange(poll) {
  return poll.may_change && !(poll.mine?.voted && poll.mine.options === null)
}

export function makeCard(pollId) {
  const card = clone("card")
  card.id = `poll-${pollId}`
  card.dataset.poll = pollId
  card.setAttribute("aria-labelledby", `label-${pollId} q-${pollId}`)
  card.querySelector("[data-label]").id = `label-${pollId}`
  card.querySelector("[data-question]").id = `q-${pollId}`
  card.querySelector("[data-note]").id = `note-${pollId}`
  card.querySelector("[data-named-note]").id = `named-${pollId}`
  addressPicture(card, pollId)
  return card
}

function setBody(card, poll, view, isJoined) {
  const body = card.querySelector("[data-body]")
  body.replaceChildren(cloneAll(BODY[view]))
  for (const form of body.querySelectorAll("form")) {
    form.id += poll.id
    form.setAttribute("action", form.getAttribute("action").replace("/polls/0/", `/polls/${poll.id}/`))
  }
  const fieldset = body.querySelector("fieldset")
  fieldset?.setAttribute("aria-labelledby", `q-${poll.id}`)
  fieldset?.setAttribute("aria-describedby", `note-${poll.id} named-${poll.id}`)
  body.querySelector("[data-withdraw]")?.setAttribute("form", `withdraw-${poll.id}`)
  const form = body.querySelector("[data-vote-form]")
  form?.toggleAttribute("data-joined", isJoined)
  if (form && !isJoined) form.setAttribute("action", form.dataset.joinAction)
}

function paintBody(card, poll, view, mine) {
  const list = card.querySelector("[data-body] [data-rows]")
  if (view === "results") paintSummary(card, poll)
  const isWritten = kindOf(poll).isWritten
  const marked = isWritten ? (poll.mine?.options ?? []) : mine.options
  if (view === "results") return paintResults(list, poll, { mine: marked, isPending: mine.isPending })
  const shown = isWritten ? { ...poll, options: mine.options.map((word) => ({ id: word, text: word })) } : poll
  if (view !== "form") return paintChoices(list, shown, { mine: mine.options, isPending: mine.isPending })
  const isNew = !list.firstElementChild
  if (isWritten) paintFields(list, poll)
  else paintForm(list, poll, mine.answer)
  if (isNew) applyDraft(list.closest("form"), mine.answer)
}

function paintLinks(card, poll, hasVoted) {
  const isLive = poll.state === "live"
  setHidden(card, "[data-show=form]", !isLive || (hasVoted && !canChange(poll)))
  setHidden(card, "[data-show=results]", !hasVoted && !hasCounts(poll))
  setHidden(card, "[data-withdraw]", !hasVoted || !canChange(poll))
  setHidden(card, "[data-when=voted]", !hasVoted)
  setHidden(card, "[data-when=seen]", hasVoted)
  setHidden(card, "[data-hidden-icon]", hasCounts(poll))
  setHidden(card, "[data-picture-file]", isLive || !hasCounts(poll))
  const mayWrite = kindOf(poll).isWritten || poll.rules?.other
  setHidden(card, "[data-written-note]", !mayWrite || !poll.anonymous)
}

export function paintCard(card, poll, { pending, wanted, isJoined }) {
  const hasFailed = pending?.status === "failed" // then the form is back, with the choice that did not get through
  const mine = mineOf(poll, pending)
  const hasVoted = mine.options.length > 0 || Boolean(mine.hasVotedElsewhere)
  const shown = pending && !hasFailed && hasCounts(poll) ? withOptimism(poll, pending.before, pending.answer) : poll
  const view = viewOf(poll, hasVoted, hasFailed ? "form" : wanted)
  const isOtherKind = card.querySelector("[data-vote-form]")?.hasAttribute("data-joined") !== isJoined
  card.dataset.state = poll.state
  card.dataset.kind = poll.kind
  card.dataset.input = kindOf(poll).input
  card.dataset.look = kindOf(poll).look ?? ""
  card.toggleAttribute("data-long", poll.question.length > LONG_QUESTION)
  setText(card, "[data-label]", label(poll))
  setText(card, "[data-question]", poll.question)
  setText(card, "[data-changes]", changes(poll))
  setHidden(card, "[data-changes]", !changes(poll))
  setText(card, "[data-note]", note(poll, view, { isPending: mine.isPending, hasVoted }))
  if (card.dataset.view !== view || (view === "form" && isOtherKind)) setBody(card, poll, view, isJoined)
  card.dataset.view = view
  paintBody(card, shown, view, hasFailed ? pending : mine)
  paintRight(card, poll)
  paintOwnWords(card, poll)
  paintLinks(card, poll, hasVoted)
  setText(card, "[data-footnote]", footnote(poll))
  setHidden(card, "[data-footnote]", !footnote(poll))
  setText(card, "[data-hidden-note]", hiddenNote(poll))
  setText(card, "[data-privacy-note]", privacyNote(poll))
  setHidden(card, "[data-privacy-note]", !poll.anonymous)
  setHidden(card, "[data-named-note]", poll.anonymous || poll.state !== "live")
  setText(card, "[data-ballots]", shown.ballots)
  setClock(card, poll)
  return view
}
