// Stars a session without leaving the page. Without script, and where the request fails, the form posts.

import "./gate.js"
import { bodyOf } from "./forms.js"
import { fetchPage, inTurn, swapRegions } from "./regions.js"

async function send(form, button) {
  const { page, status } = await fetchPage(button.formAction, { method: "POST", body: bodyOf(form, button) })
  if (status !== 200) throw new Error(String(status))
  swapRegions(page)
  document.dispatchEvent(new CustomEvent("page:swapped"))
}

// The row was made anew, with its acts folded; whoever pressed a key stays where they were.
function focusOn(place) {
  const acts = document.querySelector(`#${place} .row-acts`)
  if (!acts) return
  acts.open = true
  acts.querySelector('[name="starred"]').focus({ preventScroll: true })
}

let isPlain = false // the request failed: the same press is sent as any form

document.addEventListener("submit", (event) => {
  const button = event.submitter
  if (!event.target.closest("[data-stars]") || !button || isPlain) return
  event.preventDefault()
  const place = button.closest("[data-session]")?.id
  inTurn(() => send(event.target, button))
    .then(() => focusOn(place))
    .catch(() => {
      isPlain = true
      button.click()
    })
})
