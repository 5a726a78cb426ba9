// "I'm interested" in the notes, at the heading that it is about: pressing it presses the one on the line's own card.

import { press } from "./forms.js"
import { clone, on } from "./markup.js"
import { inPad } from "./pad_state.js"

function tapForm(card) {
  return card.querySelector("[data-tap-form]:not([hidden])")
}

function makeTap(card) {
  const tap = clone("note-tap")
  tap.dataset.noteTap = card.dataset.line
  tap.querySelector("[data-title-too]").textContent = `: ${card.querySelector("[data-title]").textContent}`
  return tap
}

function paint() {
  const notes = document.querySelector("[data-notes-lines]")
  if (!notes) return
  const wanted = new Map() // the body of a note -> the card of the line whose heading it is
  for (const card of document.querySelectorAll("[data-lines] > [data-line]")) {
    const body = notes.children[(inPad(card.dataset.line)?.number ?? 0) - 1]?.querySelector(".body")
    if (body && tapForm(card)) wanted.set(body, card)
  }
  for (const tap of notes.querySelectorAll("[data-note-tap]")) {
    const card = wanted.get(tap.parentElement)
    if (card?.dataset.line === tap.dataset.noteTap) wanted.delete(tap.parentElement)
    else tap.remove()
  }
  for (const [body, card] of wanted) body.append(makeTap(card))
}

document.addEventListener("click", (event) => {
  const tap = event.target.closest("[data-note-tap]")
  if (!tap) return
  const form = tapForm(document.querySelector(`[data-lines] > [data-line="${CSS.escape(tap.dataset.noteTap)}"]`))
  if (form) press(form.querySelector("button"))
})

for (const type of ["notes:painted", "lines:painted"]) on(type, paint)
