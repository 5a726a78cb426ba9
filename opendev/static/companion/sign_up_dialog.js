// The dialog that asks for a name, once an event. Says `sign-up:said`; without a socket, and for whoever has not joined
// yet, its form posts.

import { emit, on } from "./markup.js"
import { text } from "./texts.js"

const dialog = document.querySelector("[data-sign-up-dialog]")
const form = dialog.querySelector("[data-sign-up-form]")
let line = null
let canSend = false

// Firefox 97 has no dialogs yet.
export function canAskName() {
  return "showModal" in dialog
}

export function askName(asked) {
  line = asked
  form.action = `${line.url}sign-up/`
  dialog.querySelector("[data-dialog-title]").textContent = line.title
  dialog.querySelector("[data-consent-words]").textContent = text("line_consent", { title: line.title })
  showErrors({})
  dialog.showModal()
  const name = form.elements.namedItem("name")
  if (name.value) dialog.querySelector("button[name=shown]").focus()
  else name.focus()
}

export function closeSignUp() {
  dialog.close()
}

// Each field has a place for its sentence; one that is folded away is opened.
export function showErrors(fields, code = "") {
  for (const place of form.querySelectorAll("[data-error-of]")) {
    const sentence = fields[place.dataset.errorOf]
    place.hidden = !sentence
    place.dataset.code = sentence ? code : ""
    place.querySelector("span").textContent = sentence ?? ""
    const field = form.elements.namedItem(place.dataset.errorOf)
    if (sentence) field.setAttribute("aria-invalid", "true")
    else field.removeAttribute("aria-invalid")
    if (sentence) place.closest("details")?.setAttribute("open", "")
  }
  form.querySelector("[aria-invalid]")?.focus()
}

function said(button) {
  const { name, company, email, consent, contact_until: until } = form.elements
  const words = { name: name.value, company: company.value, shown: button.value === "yes" }
  if (email.value) Object.assign(words, { email: email.value, consent: consent.checked, contact_until: until.value })
  return words
}

form.addEventListener("submit", (event) => {
  if (!canSend) return
  event.preventDefault()
  emit("sign-up:said", { line: line.id, said: said(event.submitter) })
})
dialog.querySelector("[data-dialog-close]").addEventListener("click", closeSignUp)
on("live:snapshot", ({ me }) => {
  canSend = Boolean(me.attendee)
})
on("live:status", ({ connected }) => {
  canSend = canSend && connected
})
