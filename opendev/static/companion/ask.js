// Asking, changing and withdrawing questions by socket. Without a socket the forms post as they are.

import { startAsking } from "./asking.js"
import { showBanner } from "./banners.js"
import { ask, canAsk } from "./frames.js"
import { wordsFor } from "./refusals.js"

const form = document.querySelector("[data-ask-form]")
const named = form.elements.name
const field = startAsking(form, {
  name: "ask",
  field: "text",
  frame: () => ({ type: "question.ask", ...(named.disabled ? {} : { name: named.value }) }),
  said: "said_asked",
  linkOf: ({ id, text }) => [`#question-${id}`, text],
})

// ---- one's own

async function change(event, frame) {
  const own = event.target
  if (!canAsk()) return
  event.preventDefault()
  const { asked: question } = own.closest("[data-asked]").dataset
  const answer = await ask({ ...frame, question })
  if (answer.type === "error") return showBanner("notice", wordsFor(answer))
  own.closest("details")?.removeAttribute("open")
  if (frame.type === "question.withdraw") field.focus()
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-edit-form]"))
    change(event, { type: "question.edit", text: event.target.elements.text.value })
  if (event.target.matches("[data-withdraw-question]")) change(event, { type: "question.withdraw" })
})
