// Stars a session without leaving the page. Without script, and where the request fails, the form posts.

import "./gate.js"
import { bodyOf } from "./forms.js"
import { fetchPage, swapRegions } from "./regions.js"

async function send(form, button) {
  const { page, status } = await fetchPage(form.action, { method: "POST", body: bodyOf(form, button) })
  if (status !== 200) throw new Error(String(status))
  swapRegions(page)
  document.dispatchEvent(new CustomEvent("page:swapped"))
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-star]")
  if (!form) return
  event.preventDefault()
  const place = form.closest("[data-session]")?.id
  send(form, event.submitter)
    .then(() => document.querySelector(`#${place} [data-star] button`)?.focus({ preventScroll: true }))
    .catch(() => form.submit())
})
