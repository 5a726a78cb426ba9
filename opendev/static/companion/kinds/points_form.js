// The form of a poll that shares out points: a number for each option, with buttons that step it.

import { clone, setText, syncChildren } from "../markup.js"

const FORM = "[data-poll] [data-vote-form]"
const STEPS = 20 // so many presses give everything to one option

function fieldOf(row) {
  return row.querySelector("[data-points-field]")
}

function rowsIn(form) {
  return [...form.querySelectorAll("[data-rows] > [data-option]")].filter(fieldOf)
}

function pointsIn(row) {
  return Math.max(0, Math.trunc(Number(fieldOf(row).value)) || 0)
}

export function readForm(form) {
  const given = rowsIn(form).map((row) => [row.dataset.option, pointsIn(row)])
  return Object.fromEntries(given.filter(([, points]) => points > 0))
}

export function fillForm(form, answer) {
  for (const row of rowsIn(form)) {
    const field = fieldOf(row)
    if (field !== document.activeElement) field.value = answer[row.dataset.option] ?? ""
    paintRow(row)
  }
}

function paintRow(row) {
  row.toggleAttribute("data-chosen", pointsIn(row) > 0)
  row.querySelector(".place-acts").hidden = false
  row.querySelector('[data-points-step="-1"]').disabled = pointsIn(row) === 0
}

export function paintForm(list, { options, rules }) {
  const make = (id) => {
    const row = clone("option-row-points")
    row.dataset.option = id
    fieldOf(row).name += id
    return row
  }
  const keys = options.map(({ id }) => id)
  syncChildren(list, keys, { keyOf: (row) => row.dataset.option, make })
  list.dataset.total = rules.total
  for (const { id, text } of options) {
    setText(list.querySelector(`:scope > [data-option="${CSS.escape(id)}"]`), "[data-option-text]", text)
  }
}

function step(event) {
  const button = event.target.closest("[data-points-step]")
  const form = button?.closest(FORM)
  if (!form) return
  const row = button.closest("[data-option]")
  const total = Number(form.querySelector("[data-rows]").dataset.total) || 100
  const left = total - rowsIn(form).reduce((sum, other) => sum + pointsIn(other), 0)
  const by = Math.max(1, Math.round(total / STEPS))
  const points = pointsIn(row)
  const next = button.dataset.pointsStep === "1" ? points + Math.max(0, Math.min(by, left)) : Math.max(0, points - by)
  fieldOf(row).value = next || ""
  changed(row)
}

function changed(row) {
  paintRow(row)
  fieldOf(row).dispatchEvent(new Event("change", { bubbles: true }))
}

document.addEventListener("click", step)
document.addEventListener("input", ({ target }) => {
  const row = target.matches("[data-points-field]") && target.closest("[data-option]")
  if (row) changed(row)
})
