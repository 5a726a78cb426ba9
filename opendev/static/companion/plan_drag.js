// Items of the plan are dragged to their place. The form's own buttons do the same without a mouse; a drop presses "place",
// and a drag that is given up (Escape, or let go elsewhere) leaves the item where it was.

import { emit } from "./markup.js"

const plan = () => document.querySelector("[data-plan]")
let dragged = null
let before = null // what stood behind the item when its drag began

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
  before = dragged.nextElementSibling
  event.dataTransfer.effectAllowed = "move"
  event.dataTransfer.setData("text/plain", dragged.querySelector("strong").textContent)
  dragged.classList.add("dragged")
})

document.addEventListener("dragover", (event) => {
  const row = rowOf(event.target)
  if (!dragged || !row) return
  event.preventDefault()
  event.dataTransfer.dropEffect = "move"
  const { top, height } = row.getBoundingClientRect()
  if (row !== dragged) row[event.clientY < top + height / 2 ? "before" : "after"](dragged)
})

document.addEventListener("drop", (event) => dragged && event.preventDefault())

document.addEventListener("dragend", ({ dataTransfer }) => {
  if (!dragged) return
  const row = dragged
  dragged = null
  row.classList.remove("dragged")
  if (dataTransfer.dropEffect === "none") plan().insertBefore(row, before)
  if (row.nextElementSibling !== before) place(row, [...plan().children].indexOf(row) + 1)
  else emit("control:stale") // news that came in meanwhile have waited
})

function place(row, position) {
  const form = row.querySelector("[data-plan-acts]")
  form.elements.position?.remove()
  const field = document.createElement("input")
  Object.assign(field, { type: "hidden", name: "position", value: position })
  const button = document.createElement("button")
  Object.assign(button, { name: "do", value: "place", hidden: true })
  form.append(field, button)
  form.requestSubmit(button)
}
