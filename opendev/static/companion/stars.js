// Stars a session without leaving the page. Without script, and where the request fails, the form posts.

import "./gate.js"
import { bodyOf } from "./forms.js"
import { fetchPage, swapRegions } from "./regions.js"

async function send(form, button) {
  const { page, status } = await fetchPage(button.formAction, { method: "POST", body: bodyOf(form, button) })
  if (status !== 200) throw new Error(String(status))
  swapRegions(page)
  document.dispatchEvent(new CustomEvent("page:swapped"))
}

let isPlain = false // the request failed: the same press is sent as any form

document.addEventListener("submit", (event) => {
  const button = event.submitter
  if (!event.target.closest("[data-stars]") || !button || isPlain) return
  event.preventDefault()
  const place = button.closest("[data-session]")?.id
  send(event.target, button)
    .then(() => document.querySelector(`#${place} [name="starred"]`)?.focus({ preventScroll: true }))
    .catch(() => {
      isPlain = true
      button.click()
    })
})
