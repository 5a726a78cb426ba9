// Asking, changing and withdrawing questions by socket. Without a socket the forms post as they are.

import { changeOwn, startAsking } from "./asking.js"

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

document.addEventListener("submit", async (event) => {
  const own = event.target
  const question = own.closest("[data-asked]")?.dataset.asked
  if (own.matches("[data-edit-form]"))
    changeOwn(event, { type: "question.edit", question, text: own.elements.text.value })
  if (own.matches("[data-withdraw-question]"))
    if (await changeOwn(event, { type: "question.withdraw", question })) field.focus()
})
