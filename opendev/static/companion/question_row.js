// Paints one question into its row. Rows are clones of the server's own; only texts and attributes change.

import { clone, setHidden, setText } from "./markup.js"
import { counted, text } from "./texts.js"

const MINUTE = 60_000
const DAY = 24 * 60 // minutes

export function makeRow(template, id) {
  const row = clone(template)
  row.dataset.asked = id
  if (template === "question") row.id = `question-${id}`
  for (const form of row.querySelectorAll("form"))
    form.action = form.action.replace("/questions/0/", `/questions/${id}/`)
  for (const node of row.querySelectorAll("[id='edit-0'], [for='edit-0']")) {
    if (node.htmlFor) node.htmlFor = `edit-${id}`
    else node.id = `edit-${id}`
  }
  return row
}

function ageOf({ asked_at: askedAt }) {
  const minutes = Math.floor((Date.now() - Date.parse(askedAt)) / MINUTE)
  if (minutes < 1) return text("age_now")
  if (minutes < 60) return counted("age_minutes", minutes)
  if (minutes < DAY) return counted("age_hours", Math.floor(minutes / 60))
  return new Date(askedAt).toLocaleDateString(document.documentElement.lang || "en-gb", { dateStyle: "long" })
}

export function paintRow(row, question, { isOpen }) {
  const { mine, name, state, votes } = question
  setText(row, "[data-said]", question.text)
  setText(row, "[data-votes]", votes)
  setText(row, "[data-by]", `${name || text("anonymous")}${row.querySelector("[data-age]") ? "," : ""}`)
  setHidden(row, "[data-by]", mine.author && !name)
  setHidden(row, "[data-own]", !mine.author)
  setHidden(row, "[data-pinned]", !question.pinned)
  setHidden(row, "[data-answer]", !question.answer)
  setText(row, "[data-answer]", question.answer)
  setText(row, "[data-age]", ageOf(question))
  setText(row, "[data-own-state]", text(question.is_merged ? "own_merged" : `own_${state}`))
  paintUp(row.querySelector("[data-up]"), question, isOpen)
  paintOwnActs(row, question)
}

function paintUp(button, { mine, state, votes }, isOpen) {
  if (!button) return
  button.setAttribute("aria-pressed", String(mine.upvoted))
  button.setAttribute("aria-label", counted(mine.author ? "own_votes" : "upvote", votes))
  button.disabled = mine.author || !isOpen || state !== "open"
}

function paintOwnActs(row, { mine, state, votes, is_merged: isMerged }) {
  setHidden(row, "[data-own-acts]", !mine.author || state === "on_air" || state === "answered")
  setHidden(row, "[data-edit-own]", isMerged || votes > 0 || (state !== "open" && state !== "waiting"))
}
