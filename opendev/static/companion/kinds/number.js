// A number: a histogram whose bins come from the poll's rules, and where half of the answers are.

import { clone } from "../markup.js"
import { text } from "../texts.js"
import { histogramOf, placeOf } from "./histogram.js"

const unitOf = ({ unit }) => (!unit || unit === "%" || unit === "°" ? unit : ` ${unit}`)

function note({ result, rules }) {
  return result?.median ? text("number_note", { ...result, unit: unitOf(rules) }) : ""
}

function pickNote({ may_change: mayChange, rules }) {
  return text(`number_pick_${mayChange ? "change" : "final"}`, { ...rules, unit: unitOf(rules) })
}

function paintRight(place, { options, rules, right_answer: right }) {
  const line = place.querySelector("[data-right-at]")
  line.toggleAttribute("hidden", !right?.revealed_at)
  if (!right?.revealed_at) return
  for (const end of ["x1", "x2"]) line.setAttribute(end, placeOf(rules, options.length, right.number))
}

function paintPicture(place, poll) {
  const { options, rules, result } = poll
  if (!result?.median) return place.replaceChildren()
  if (!place.firstElementChild) place.append(clone("picture-number"))
  const counts = options.map(({ count }) => count)
  const { bars, median_at: at } = histogramOf(rules, counts, result.median)
  const group = place.querySelector("[data-bars]")
  bars.forEach((bar, index) => {
    const node = group.children[index] ?? group.appendChild(document.createElementNS(group.namespaceURI, "rect"))
    for (const [name, value] of Object.entries(bar)) node.setAttribute(name, value)
  })
  while (group.children.length > bars.length) group.lastElementChild.remove()
  for (const end of ["x1", "x2"]) place.querySelector("[data-median]").setAttribute(end, at)
  paintRight(place, poll)
  const { from, to } = rules
  place.querySelector("[data-from]").textContent = from + unitOf(rules)
  place.querySelector("[data-to]").textContent = to + unitOf(rules)
}

function paintField(field, { rules: { unit } }) {
  field.querySelector("[data-unit]").textContent = unit
}

export default {
  name: "number",
  field: "number",
  input: "text",
  oneRow: true,
  isWritten: true,
  takesOne: true,
  withUnit: (number, { rules }) => number + unitOf(rules),
  look: "numbers",
  note,
  pickNote,
  paintField,
  paintPicture,
}
