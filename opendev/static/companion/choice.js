// The choice that is being made in a vote form: kept over reloads, named on the button, never overwritten by news.

import { answerOf, asOther, isSameAnswer, optionsIn, otherIn } from "./answers.js"
import { kindNamed, kindOf } from "./kinds/index.js"
import { emit, setHidden, setText } from "./markup.js"
import { forget, keep, recall } from "./kept.js"
import { text } from "./texts.js"

const draftName = (pollId) => `choice:${pollId}`

export function formOf(pollId) {
  return document.getElementById(`vote-${pollId}`)
}

export function pollIdOf(form) {
  return form.id.replace(/^(vote|withdraw)-/, "")
}

function kindIn(form) {
  return kindNamed(form.closest("[data-poll]").dataset.kind)
}

export function chosenIn(form) {
  const read = kindIn(form).readForm
  return read ? read(form) : enteredIn(form)
}

// The ids of the options that are ticked, or what is written.
function enteredIn(form) {
  const ticked = [...form.querySelectorAll("input[name=option]:checked")].map((input) => input.value)
  const written = [...form.querySelectorAll("[name=written]")].map((input) => input.value.trim())
  const words = otherField(form)
  const other = words?.value.trim() && ticked.includes(otherOption(form)) ? [asOther(words.value.trim())] : []
  return [...ticked, ...written.filter(Boolean), ...other]
}

function otherField(form) {
  return form.querySelector("[name=other]")
}

function otherOption(form) {
  return form.querySelector("[name=other_option]")?.value
}

// "Other" without words is not ready to be sent.
function lacksWords(form, chosen, kind) {
  return Boolean(otherField(form)) && chosen.includes(otherOption(form)) && !otherIn(kind, chosen)
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
  const kind = kindOf(poll)
  return optionsIn(kind, chosen).length > 0 && !isSameAnswer(kind, chosen, answerOf(poll))
}

export function applyDraft(form, fallback) {
  const draft = draftFor(pollIdOf(form)) ?? fallback
  if (kindIn(form).fillForm) return kindIn(form).fillForm(form, draft)
  for (const input of form.querySelectorAll("input[name=option]")) input.checked = draft.includes(input.value)
  if (otherField(form)) otherField(form).value = otherIn(kindIn(form), draft)
  form.querySelectorAll("[name=written]").forEach((input, index) => {
    input.value = draft[index] ?? ""
  })
  markChosen(form)
}

// For the style sheet, in browsers without :has.
function markChosen(form) {
  if (kindIn(form).fillForm) return
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
  const kind = kindOf(poll)
  const picked = optionsIn(kind, chosen)
  const note = kind.formNote?.(chosen, poll) ?? ""
  const place = form.closest("[data-poll]")
  setText(place, "[data-form-note]", note)
  setHidden(place, "[data-form-note]", !note)
  const isFull = !kind.oneRow && picked.length >= poll.max
  for (const input of form.querySelectorAll("input[name=option]")) input.disabled = isFull && !input.checked
  for (const button of document.querySelectorAll(`[data-vote-button][form="${form.id}"]`)) {
    const words = kind.voteWords ? kind.voteWords(chosen, poll) : wordsFor(picked, poll)
    setText(button, "[data-vote-words]", words)
    const fits = picked.length >= poll.min && picked.length <= poll.max
    button.disabled = !(fits && !lacksWords(form, chosen, kind) && (kind.isReady?.(chosen, poll) ?? true))
  }
}

// Forms that came with the page: a choice from before the reload (or before joining) comes back.
for (const form of document.querySelectorAll("[data-vote-form]")) {
  if (kindIn(form).fillForm || draftFor(pollIdOf(form))) applyDraft(form, chosenIn(form))
  else markChosen(form)
}

for (const type of ["change", "input"]) document.addEventListener(type, keepChoice)

// Who writes means it.
function tickOther(form) {
  const input = form.querySelector(`input[name=option][value="${CSS.escape(otherOption(form))}"]`)
  if (input && !input.disabled) input.checked = true
}

function keepChoice(event) {
  const form = event.target.closest("[data-vote-form]")
  if (!form) return
  if (event.target.name === "other" && event.target.value) tickOther(form)
  markChosen(form)
  const poll = pollIdOf(form)
  keep(draftName(poll), chosenIn(form))
  emit("choice:changed", { poll })
}
