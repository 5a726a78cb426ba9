// Items of the plan are dragged to their place: a line shows where one would go, and a drop presses "place". The form's own
// buttons do the same without a mouse; a drag that is given up (Escape, or let go elsewhere) changes nothing.

import "./gate.js"
import { press } from "./forms.js"
import { emit } from "./markup.js"

const plan = () => document.querySelector("[data-plan]")
let dragged = null
let place = null // {row, side}: before or after which row it would go

function rowOf(node) {
  return node.closest?.("[data-plan-item]") ?? null
}

// A row can be dragged by its number; its fields and buttons stay what they are.
document.addEventListener("pointerdown", ({ target }) => {
  for (const row of plan().children) row.draggable = row === rowOf(target) && target.closest(".gut") !== null
})

document.addEventListener("dragstart", (event) => {
  dragged = rowOf(event.target)
  if (!dragged) return
  event.dataTransfer.effectAllowed = "move"
  event.dataTransfer.setData("text/plain", dragged.querySelector("strong").textContent)
  dragged.classList.add("dragged")
})

function markPlace(next) {
  if (place) delete place.row.dataset.drop
  place = next
  if (place) place.row.dataset.drop = place.side
}

document.addEventListener("dragover", (event) => {
  const row = rowOf(event.target)
  if (!dragged || !row) return
  event.preventDefault()
  const { top, height } = row.getBoundingClientRect()
  markPlace({ row, side: event.clientY < top + height / 2 ? "before" : "after" })
})

document.addEventListener("drop", (event) => {
  if (!dragged || !place) return
  event.preventDefault()
  const { row, side } = place
  if (row === dragged) return
  const others = [...plan().children].filter((other) => other !== dragged)
  send(dragged, others.indexOf(row) + (side === "before" ? 1 : 2))
})

document.addEventListener("dragend", () => {
  if (!dragged) return
  dragged.classList.remove("dragged")
  dragged = null
  markPlace(null)
  emit("control:stale") // news that came in meanwhile have waited
})

function send(row, position) {
  const acts = row.querySelector("[data-plan-acts]")
  acts.querySelector("[name=position]")?.remove()
  const field = document.createElement("input")
  Object.assign(field, { type: "hidden", name: "position", value: position })
  const button = document.createElement("button")
  Object.assign(button, { name: "do", value: "place", hidden: true, formAction: acts.dataset.planActs })
  acts.append(field, button)
  press(button)
}
