// Paints rows in place, keyed by option: nothing that stands is moved, bars glide by CSS.

import { kindOf } from "./kinds/index.js"
import { clone, setHidden, setText, syncChildren } from "./markup.js"
import { rowsOf } from "./result_rows.js"
import { rightOptions } from "./right_answer.js"
import { withMoves } from "./moves.js"

function syncRows(list, ids, template) {
  const make = (id) => {
    const row = clone(template)
    row.dataset.option = id
    return row
  }
  syncChildren(list, ids, { keyOf: (row) => row.dataset.option, make })
}

function rowOf(list, id) {
  return list.querySelector(`:scope > [data-option="${CSS.escape(id)}"]`)
}

function markMine(row, isMine, isPending) {
  row.toggleAttribute("data-mine", isMine)
  row.toggleAttribute("data-pending", isMine && isPending)
}

function markRight(row, poll, id) {
  row.toggleAttribute("data-right", rightOptions(poll).includes(id))
}

function paintResult(node, row) {
  setText(node, "[data-option-text]", row.text)
  setText(node, "[data-share]", row.figure)
  setText(node, "[data-unit]", row.sign)
  setText(node, "[data-count]", row.amount)
  setText(node, "[data-count-word]", row.word)
  setText(node, "[data-row-note]", row.note)
  setHidden(node, "[data-row-note]", !row.note)
  node.toggleAttribute("data-lead", row.lead)
  node.toggleAttribute("data-all", row.figure === 100)
  for (const bar of node.querySelectorAll("rect")) bar.setAttribute("width", row.width)
}

export function paintResults(list, poll, { mine = [], isPending = false } = {}) {
  const rows = rowsOf(poll)
  const ids = rows.map(({ id }) => id)
  withMoves(
    list,
    ids,
    (row) => row.dataset.option,
    () => syncRows(list, ids, "result-row"),
  )
  for (const row of rows) {
    const node = rowOf(list, row.id)
    paintResult(node, row)
    markMine(node, mine.includes(row.id), isPending)
    markRight(node, poll, row.id)
  }
}

export function paintChoices(list, poll, { mine = [], isPending = false } = {}) {
  syncRows(
    list,
    poll.options.map(({ id }) => id),
    "choice-row",
  )
  for (const option of poll.options) {
    const node = rowOf(list, option.id)
    setText(node, "[data-option-text]", option.text)
    markMine(node, mine.includes(option.id), isPending)
    markRight(node, poll, option.id)
  }
}

export function paintPicks(list, poll) {
  syncRows(
    list,
    poll.options.map(({ id }) => id),
    "pick-row",
  )
  poll.options.forEach((option, index) => {
    const node = rowOf(list, option.id)
    setText(node, "[data-option-text]", option.text)
    setText(node, "[data-place]", index + 1)
    markRight(node, poll, option.id)
  })
}

// The form's fields where voters write the answer; what they hold is theirs.
export function paintFields(list, poll) {
  const { name } = kindOf(poll)
  while (list.children.length < poll.max) {
    const field = list.appendChild(clone(`field-${name}`))
    const input = field.querySelector("[name=written]")
    const label = field.querySelector("label")
    input.id = `written-${poll.id}-${list.children.length}`
    label?.setAttribute("for", input.id)
    kindOf(poll).paintField?.(field, poll)
    setText(field, "[data-place]", poll.max > 1 ? list.children.length : "")
  }
}

function addOtherField(row, id) {
  if (row.querySelector("[name=other]")) return
  const field = clone("other-field")
  field.querySelector("[name=other_option]").value = id
  row.querySelector(".body").append(field)
}

// The form's rows: what somebody has ticked is theirs, only texts and missing rows are painted.
export function paintForm(list, poll, chosen) {
  if (kindOf(poll).paintForm) return kindOf(poll).paintForm(list, poll)
  const isNew = !list.firstElementChild
  syncRows(
    list,
    poll.options.map(({ id }) => id),
    "option-row",
  )
  for (const option of poll.options) {
    const node = rowOf(list, option.id)
    const input = node.querySelector("[name=option]")
    setText(node, "[data-option-text]", option.text)
    if (option.other) addOtherField(node, option.id)
    input.type = kindOf(poll).input
    input.value = option.id
    if (isNew) input.checked = chosen.includes(option.id)
  }
}
