// The choice that is being made in a vote form: kept over reloads, named on the button, never overwritten by news.

import { kindOf, ownAnswer } from "./kinds/index.js"
import { emit, setText } from "./markup.js"
import { forget, keep, recall } from "./kept.js"
import { text } from "./texts.js"

const draftName = (pollId) => `choice:${pollId}`

export function formOf(pollId) {
  return document.getElementById(`vote-${pollId}`)
}

export function pollIdOf(form) {
  return form.id.replace(/^(vote|withdraw)-/, "")
}

// The ids of the options that are ticked, or what is written.
export function chosenIn(form) {
  const ticked = [...form.querySelectorAll("input[name=option]:checked")].map((input) => input.value)
  const written = [...form.querySelectorAll("[name=written]")].map((input) => input.value.trim())
  return [...ticked, ...written.filter(Boolean)]
}

export function draftFor(pollId) {
  return recall(draftName(pollId))
}

export function dropDraft(pollId) {
  forget(draftName(pollId))
}

// Somebody is in the middle of choosing: something is ticked that is not their vote yet.
export function isChoosing(poll) {
  const form = poll && formOf(poll.id)
  if (!form) return false
  const chosen = chosenIn(form)
  return chosen.length > 0 && chosen.sort().join() !== ownAnswer(poll).sort().join()
}

export function applyDraft(form, fallback) {
  const draft = draftFor(pollIdOf(form)) ?? fallback
  for (const input of form.querySelectorAll("input[name=option]")) input.checked = draft.includes(input.value)
  form.querySelectorAll("[name=written]").forEach((input, index) => {
    input.value = draft[index] ?? ""
  })
  markChosen(form)
}

// For the style sheet, in browsers without :has.
function markChosen(form) {
  for (const row of form.querySelectorAll(".opt"))
    row.toggleAttribute("data-chosen", row.querySelector(":checked") !== null)
}

function wordsFor(chosen, poll) {
  if (kindOf(poll).isWritten) return text("send")
  if (chosen.length === 0) return text("vote")
  if (chosen.length > 1) return text("vote_for_several", { count: chosen.length })
  const option = poll.options.find(({ id }) => id === chosen[0])
  return option ? text("vote_for", { option: option.text }) : text("vote")
}

// The button says what the tap will do; a box beyond the most that may be picked cannot be ticked.
export function paintChoice(poll) {
  const form = poll && formOf(poll.id)
  if (!form) return
  const chosen = chosenIn(form)
  markChosen(form)
  const isFull = !kindOf(poll).oneRow && chosen.length >= poll.max
  for (const input of form.querySelectorAll("input[name=option]")) input.disabled = isFull && !input.checked
  for (const button of document.querySelectorAll(`[data-vote-button][form="${form.id}"]`)) {
    const words = wordsFor(chosen, poll)
    setText(button, "[data-vote-words]", words)
    button.disabled = chosen.length < poll.min || chosen.length > poll.max
  }
}

// Forms that came with the page: a choice from before the reload (or before joining) comes back.
for (const form of document.querySelectorAll("[data-vote-form]")) {
  if (draftFor(pollIdOf(form))) applyDraft(form, [])
  else markChosen(form)
}

for (const type of ["change", "input"]) document.addEventListener(type, keepChoice)

function keepChoice(event) {
  const form = event.target.closest("[data-vote-form]")
  if (!form) return
  markChosen(form)
  const poll = pollIdOf(form)
  keep(draftName(poll), chosenIn(form))
  emit("choice:changed", { poll })
}
