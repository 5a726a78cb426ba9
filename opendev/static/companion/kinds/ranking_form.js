// The form of a ranking. Its truth are the numbered selects that serve without script; here rows are put in order by
// buttons, or dragged by their number, and the selects follow.

import { clone, emit, setText, syncChildren } from "../markup.js"
import { withMoves } from "../moves.js"
import { text } from "../texts.js"

const FORM = "[data-poll] [data-vote-form]"
let dragged = null

function fieldOf(row) {
  return row.querySelector("[data-place-field]")
}

function rowsIn(form) {
  return [...form.querySelectorAll("[data-rows] > [data-option]")].filter(fieldOf)
}

function idOf(row) {
  return row.dataset.option
}

function mostIn(form) {
  const [row] = rowsIn(form)
  return row ? fieldOf(row).options.length - 1 : 0
}

export function readForm(form) {
  return rowsIn(form)
    .filter((row) => fieldOf(row).value)
    .sort((a, b) => fieldOf(a).value - fieldOf(b).value)
    .map(idOf)
}

// The ranked rows first, in their order, then the others in the poll's.
export function fillForm(form, answer) {
  const list = form.querySelector("[data-rows]")
  const rows = new Map(rowsIn(form).map((row) => [idOf(row), row]))
  for (const [index, row] of [...rows.values()].entries()) row.dataset.at ??= index
  const ranked = answer.filter((id) => rows.has(id)).slice(0, mostIn(form))
  const isOut = (id) => !ranked.includes(id)
  const others = [...rows.keys()].filter(isOut).sort((a, b) => rows.get(a).dataset.at - rows.get(b).dataset.at)
  const keys = [...ranked, ...others]
  withMoves(list, keys, idOf, () => syncChildren(list, keys, { keyOf: idOf }))
  for (const [index, id] of keys.entries()) {
    paintRow(rows.get(id), index < ranked.length ? index + 1 : 0, ranked.length, mostIn(form))
  }
}

function paintRow(row, place, count, most) {
  const field = fieldOf(row)
  field.value = place || ""
  field.hidden = true
  row.toggleAttribute("data-chosen", place > 0)
  row.toggleAttribute("data-movable", true)
  setText(row, "[data-place-shown]", place || "")
  row.querySelector(".place-acts").hidden = false
  for (const button of row.querySelectorAll("[data-place-act]")) {
    const act = button.dataset.placeAct
    button.hidden = (act === "add") === place > 0
    button.disabled = isIdle(act, place, count, most)
  }
}

function isIdle(act, place, count, most) {
  if (act === "add") return count >= most
  if (act === "up") return place === 1
  return act === "down" && place === count
}

export function paintForm(list, { options, max }) {
  const make = (id) => {
    const row = clone("option-row-ranking")
    row.dataset.option = id
    const field = fieldOf(row)
    field.name += id
    for (let place = 1; place <= max; place++) field.add(new Option(place, place))
    return row
  }
  const places = new Map(options.map(({ id }, index) => [id, index]))
  const present = [...list.children].map(idOf).filter((id) => places.has(id))
  const keys = [...present, ...options.map(({ id }) => id).filter((id) => !present.includes(id))]
  syncChildren(list, keys, { keyOf: idOf, make })
  for (const { id, text: words } of options) {
    const row = list.querySelector(`:scope > [data-option="${CSS.escape(id)}"]`)
    row.dataset.at = places.get(id)
    setText(row, "[data-option-text]", words)
  }
}

const STEPS = {
  add: (answer, id) => [...answer, id],
  remove: (answer, id) => answer.filter((other) => other !== id),
  up: (answer, id) => moved(answer, id, -1),
  down: (answer, id) => moved(answer, id, 1),
}

function moved(answer, id, by) {
  const next = answer.filter((other) => other !== id)
  next.splice(answer.indexOf(id) + by, 0, id)
  return next
}

function change(form, row, answer) {
  fillForm(form, answer)
  const option = row.querySelector("[data-option-text]").textContent
  const place = readForm(form).indexOf(idOf(row)) + 1
  const count = readForm(form).length
  emit("speak:now", text(place ? "rank_said" : "rank_said_out", { option, place, count }))
  fieldOf(row).dispatchEvent(new Event("change", { bubbles: true }))
}

function act(event) {
  const form = event.target.closest(FORM)
  const row = event.target.closest("[data-option]")
  if (!form || !row || !fieldOf(row) || dragged) return
  const button = event.target.closest("[data-place-act]")
  const isOut = !fieldOf(row).value
  const name = button?.dataset.placeAct ?? (isOut ? "add" : null)
  if (!name || (!button && readForm(form).length >= mostIn(form))) return
  change(form, row, STEPS[name](readForm(form), idOf(row)))
  if (button) focusIn(row, name)
}

// The button that was pressed may be gone or idle in the new place: the next one of the row takes its turn.
function focusIn(row, name) {
  const order = [name, "up", "down", "remove", "add"]
  const buttons = order.map((act) => row.querySelector(`[data-place-act="${act}"]`))
  buttons.find((button) => !button.hidden && !button.disabled)?.focus()
}

function take(event) {
  const form = event.target.closest(FORM)
  const handle = event.target.closest("[data-place-shown]")
  const row = handle?.closest("[data-option]")
  if (!form || !row || event.button !== 0 || row.querySelector(".place-acts").hidden) return
  event.preventDefault() // or the browser marks text
  dragged = { form, row, handle, hasMoved: false }
  handle.setPointerCapture(event.pointerId)
  row.toggleAttribute("data-dragged", true)
}

function drag({ clientY }) {
  if (!dragged) return
  const { form, row } = dragged
  const others = rowsIn(form).filter((other) => other !== row)
  const isBelow = (other) => {
    const { top, height } = other.getBoundingClientRect()
    return clientY < top + height / 2
  }
  const next = others.find(isBelow) ?? null
  if (next === row.nextElementSibling) return
  dragged.hasMoved = true
  row.parentElement.insertBefore(row, next)
}

function drop() {
  if (!dragged) return
  const { form, row, hasMoved } = dragged
  row.toggleAttribute("data-dragged", false)
  if (!hasMoved) {
    dragged = null
    return
  }
  const isIn = (other) => other === row || fieldOf(other).value
  change(form, row, rowsIn(form).filter(isIn).map(idOf))
  setTimeout(() => {
    dragged = null // the click that follows a drag is none
  })
}

document.addEventListener("click", act)
document.addEventListener("pointerdown", take)
document.addEventListener("pointermove", drag)
document.addEventListener("pointerup", drop)
document.addEventListener("pointercancel", drop)
