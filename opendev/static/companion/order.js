// Sessions of a day are put in order by dragging them; the buttons "Earlier" and "Later" do the same without a mouse.
// A session changes turns with those of its own room only. The order is sent as a form, and the page comes anew.

import "./gate.js"

const MARK = "data-dragged"
let dragged = null

function rowsBeside(row) {
  return [...row.parentElement.children].filter(({ dataset }) => dataset.place === row.dataset.place)
}

// A button of the page's form is pressed, so that what was typed on the page goes along.
function send(list, row) {
  const form = list.closest("form")
  for (const { dataset } of rowsBeside(row)) {
    const field = document.createElement("input")
    field.type = "hidden"
    field.name = "order"
    field.value = dataset.id
    form.append(field)
  }
  const button = document.createElement("button")
  button.formAction = list.dataset.order
  button.hidden = true
  form.append(button)
  button.click()
}

function follow(event) {
  const over = event.target.closest("[data-drag]")
  if (!dragged || !over || over === dragged || over.parentElement !== dragged.parentElement) return
  if (over.dataset.drag !== "yes" || over.dataset.place !== dragged.dataset.place) return
  event.preventDefault()
  const { top, height } = over.getBoundingClientRect()
  over[event.clientY < top + height / 2 ? "before" : "after"](dragged)
}

for (const list of document.querySelectorAll("[data-order]")) {
  for (const row of list.querySelectorAll('[data-drag="yes"]')) row.draggable = true
  let before = ""
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest('[data-drag="yes"]')
    if (!dragged) return
    before = rowsBeside(dragged)
      .map(({ dataset }) => dataset.id)
      .join()
    dragged.setAttribute(MARK, "")
    event.dataTransfer.effectAllowed = "move"
    event.dataTransfer.setData("text/plain", dragged.dataset.id)
  })
  list.addEventListener("dragover", follow)
  list.addEventListener("drop", (event) => event.preventDefault())
  list.addEventListener("dragend", () => {
    const row = dragged
    dragged = null
    row?.removeAttribute(MARK)
    if (
      row &&
      rowsBeside(row)
        .map(({ dataset }) => dataset.id)
        .join() !== before
    )
      send(list, row)
  })
}
